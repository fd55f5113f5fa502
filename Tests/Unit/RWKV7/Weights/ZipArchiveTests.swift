// Archives that contradict themselves. Fields are patched where the format has them.

import RWKV7Core
import Testing

struct ZipArchiveTests {
  private static let plain = ZipBytes(hasEnd64: false, hasDescriptors: false, isAligned: false)
  private let folder: WeightFolder

  init() throws { folder = try WeightFolder() }

  /// The place of the `number`-th record with `signature`, counted from 0.
  private static func place(_ signature: UInt32, _ number: Int, in bytes: [UInt8]) -> Int {
    let wanted = littleEndian(signature)
    let places = bytes.indices.dropLast(3).filter { Array(bytes[$0..<$0 + 4]) == wanted }
    return number < places.count ? places[number] : 0
  }

  /// Patches of one field: the record, which of them, the field's place in it, its new bytes.
  @Test(
    arguments: [
      // The end record: disks, counts, the directory's size and start, the comment.
      (plain, 0x0605_4b50, 0, 4, [1, 0], "several files"),
      (plain, 0x0605_4b50, 0, 8, [9, 0], "several files"),
      (plain, 0x0605_4b50, 0, 8, [9, 0, 9, 0], "damaged"),
      (plain, 0x0605_4b50, 0, 8, [2, 0, 2, 0], "longer than its 2 entries"),
      (plain, 0x0605_4b50, 0, 12, [0xff, 0xff, 0xff, 0x7f], "reaches beyond"),
      (plain, 0x0605_4b50, 0, 16, [0xff, 0xff, 0xff, 0xff], "reaches beyond"),
      (plain, 0x0605_4b50, 0, 16, [0, 0, 0, 0], "damaged"),
      (plain, 0x0605_4b50, 0, 20, [1, 0], "the end of the zip archive is missing"),
      (plain, 0x0605_4b50, 0, 0, [0], "the end of the zip archive is missing"),
      // Headers of the directory: flags, method, sizes, lengths, where the entry is.
      (plain, 0x0201_4b50, 1, 8, [1, 0], "'weights/byteorder' is encrypted"),
      (plain, 0x0201_4b50, 1, 10, [8, 0], "'weights/byteorder' is compressed (method 8)"),
      (plain, 0x0201_4b50, 1, 20, [7], "two sizes"),
      (plain, 0x0201_4b50, 2, 20, [0, 0, 0, 0x7f, 0, 0, 0, 0x7f], "beyond the file's data"),
      (plain, 0x0201_4b50, 2, 20, [0xff, 0xff, 0xff, 0xff], "ZIP64 sizes"),
      (plain, 0x0201_4b50, 0, 28, [0xff, 0xff], "damaged"),
      (plain, 0x0201_4b50, 0, 28, [0, 0], "no name in UTF-8"),
      (plain, 0x0201_4b50, 0, 32, [0xff, 0xff], "damaged"),
      (plain, 0x0201_4b50, 0, 46, [0xff], "no name in UTF-8"),
      (plain, 0x0201_4b50, 2, 42, [0, 0, 0, 0], "does not begin where it should"),
      (plain, 0x0201_4b50, 2, 42, [0xff, 0xff, 0xff, 0x7f], "does not begin where it should"),
      (plain, 0x0201_4b50, 0, 20, [0, 1, 0, 0, 0, 1, 0, 0], "overlap"),
      // Local headers: signature, lengths.
      (plain, 0x0403_4b50, 1, 0, [0], "does not begin where it should"),
      (plain, 0x0403_4b50, 1, 26, [0, 0], "does not begin where it should"),
      (plain, 0x0403_4b50, 2, 28, [0xff, 0xff], "beyond the file's data"),
      // The ZIP64 records: the locator, the counts, the start; sizes of entries in extra fields.
      (
        ZipBytes(), 0x0706_4b50, 0, 8, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "ZIP64 end"
      ),
      (ZipBytes(), 0x0706_4b50, 0, 8, [0, 0, 0, 0], "ZIP64 end"),
      (ZipBytes(), 0x0606_4b50, 0, 24, [9], "ZIP64 end"),
      (ZipBytes(), 0x0606_4b50, 0, 48, [1], "contradict"),
      (ZipBytes(hasWideEnd: true), 0x0606_4b50, 0, 48 + 7, [0xff], "ZIP64 end"),
      (ZipBytes(hasWideEnd: true), 0x0606_4b50, 0, 48 + 7, [0x7f], "reaches beyond"),
      (ZipBytes(hasWideEnd: true), 0x0606_4b50, 0, 40 + 7, [0x7f], "reaches beyond"),
      (ZipBytes(hasWideEntries: true), 0x0201_4b50, 1, 46 + 17 + 5, [2, 0], "ZIP64 sizes"),
      (ZipBytes(hasWideEntries: true), 0x0201_4b50, 1, 46 + 17 + 7, [8, 0], "cut off"),
      (ZipBytes(hasWideEntries: true), 0x0201_4b50, 1, 46 + 17 + 9 + 7, [0xff], "cut off"),
      (ZipBytes(hasWideEntries: true), 0x0201_4b50, 1, 46 + 17 + 9 + 7, [0x7f], "two sizes"),
      (ZipBytes(hasWideEntries: true), 0x0201_4b50, 1, 46 + 17 + 25 + 7, [0x7f], "does not begin"),
    ] as [(ZipBytes, UInt32, Int, Int, [UInt8], String)])
  func `an archive with a wrong field is refused`(
    zip: ZipBytes, signature: UInt32, number: Int, field: Int, patch: [UInt8], reason: String
  ) throws {
    var bytes = torchFile([SampleTensor()], zip: zip)
    let place = Self.place(signature, number, in: bytes) + field
    bytes.replaceSubrange(place..<place + patch.count, with: patch)
    let error = try #require(try folder.refusal(bytes))
    #expect(error.reason.contains(reason), "\(error)")
  }

  @Test func `an archive that torch save did not make is refused`() throws {
    let pickle = PickleBytes.dictionary([])
    let cases: [(entries: [(name: String, data: [UInt8])], reason: String)] = [
      ([], "0 entries named data.pkl"),
      ([("data.pkl", pickle)], "0 entries named data.pkl"),
      ([("a/data.pkl", pickle), ("b/data.pkl", pickle)], "2 entries named data.pkl"),
      ([("a/data.pkl", pickle), ("a/data.pkl", pickle)], "twice"),
      ([("", pickle)], "no name"),
    ]
    for (entries, reason) in cases {
      let bytes = Self.plain.archive(entries)
      // An empty archive begins with its end record.
      let error = try #require(try folder.refusal(bytes))
      #expect(error.reason.contains(reason), "\(error)")
    }
  }

  @Test func `compressed entries are refused by name`() throws {
    var zip = Self.plain
    zip.method = 8
    let error = try #require(try folder.refusal(torchFile([SampleTensor()], zip: zip)))
    #expect(error.kind == .unsupported && error.reason.contains("'weights/data.pkl' is compressed"))
  }
}
