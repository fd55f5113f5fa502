// .pth files that are as they should be: all the ways in which tensors lie in storages.

import RWKV7Core
import Testing

struct TorchFileTests {
  private let folder: WeightFolder

  init() throws { folder = try WeightFolder() }

  @Test(
    arguments: [
      // Offset, shape, strides, and the values seen in a storage of 0 to 11.
      (0, [3, 4], [4, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
      (0, [4, 3], [1, 4], [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]),
      (4, [2, 3], [4, 1], [4, 5, 6, 8, 9, 10]),
      (1, [2, 2], [6, 3], [1, 4, 7, 10]),
      (11, [1], [1], [11]),
      (5, [], [], [5]),
      (0, [12], [1], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
      (0, [2, 3, 2], [1, 4, 2], [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]),
      (2, [1, 1, 3], [999, 77, 2], [2, 4, 6]),
      (0, [3, 1], [1, 1 << 40], [0, 1, 2]),
      (12, [0], [1], []),
      (0, [0, 1 << 62, 4], [1, 1, 1], []),
    ] as [(Int, [Int], [Int], [Float])])
  func `a view shows the elements that its offset and strides say`(
    offset: Int, shape: [Int], strides: [Int], expected: [Float]
  ) throws {
    let sample = SampleTensor(offset: offset, shape: shape, strides: strides)
    let tensor = try #require(try folder.open(torchFile([sample])).tensors["a"])
    #expect(tensor.name == "a" && tensor.type == .float32)
    #expect(tensor.shape == shape && tensor.strides == strides && tensor.count == expected.count)
    #expect(tensor.contiguousFloat32() == expected)
    #expect(tensor.contiguousBytes() == floatBytes(expected))
    #expect(tensor.isContiguous == (Array(tensor.bytes) == floatBytes(expected)))
  }

  @Test(
    arguments: [
      ("BFloat16Storage", ElementType.bfloat16, [0x00, 0x3f, 0xc0, 0xbf, 0x80, 0x7f]),
      ("HalfStorage", .float16, [0x00, 0x38, 0x00, 0xbe, 0x00, 0x7c]),
      ("FloatStorage", .float32, [0, 0, 0, 0x3f, 0, 0, 0xc0, 0xbf, 0, 0, 0x80, 0x7f]),
    ] as [(String, ElementType, [UInt8])])
  func `each type of storage is read as its own`(
    storageType: String, type: ElementType, bytes: [UInt8]
  ) throws {
    let plain = SampleTensor(
      name: "plain", storageType: storageType, storageCount: 3, shape: [3], strides: [1])
    var strided = plain
    (strided.name, strided.shape, strided.strides) = ("strided", [2], [2])
    let pickle = PickleBytes.dictionary([plain, strided])
    let file = try folder.open(torchFile(pickle, storages: ["0": bytes]))
    let tensors = try #require(file.tensors["plain"])
    #expect(tensors.type == type && tensors.type.size * 3 == bytes.count)
    #expect(tensors.contiguousFloat32() == [0.5, -1.5, .infinity])
    #expect(file.tensors["strided"]?.contiguousFloat32() == [0.5, .infinity])
    #expect(
      file.tensors["strided"]?.contiguousBytes()
        == Array(bytes.prefix(type.size) + bytes.suffix(type.size)))
  }

  @Test func `tensors may share a storage and outlive the file object`() throws {
    let rows = (0..<3).map { row in
      SampleTensor(name: "row\(row)", offset: row * 4, shape: [4], strides: [1])
    }
    let tensors = try folder.open(torchFile(rows)).tensors
    #expect(tensors.count == 3)
    #expect(tensors["row2"]?.contiguousFloat32() == [8, 9, 10, 11])
  }

  @Test(arguments: [
    ZipBytes(), ZipBytes(hasEnd64: false), ZipBytes(hasWideEntries: true),
    ZipBytes(hasWideEntries: true, hasWideEnd: true), ZipBytes(hasDescriptors: false),
    ZipBytes(isAligned: false), ZipBytes(hasEnd64: false, isAligned: false, comment: "made here"),
  ])
  func `the same tensors come out of every way to write the archive`(zip: ZipBytes) throws {
    let tensor = try folder.open(torchFile([SampleTensor()], zip: zip)).tensors["a"]
    #expect(tensor?.contiguousFloat32() == (0..<12).map { Float($0) })
  }

  @Test func `the archive's folder has any name and old files say no byte order`() throws {
    let pickle = PickleBytes.dictionary([SampleTensor()])
    for folderName in ["archive", "RWKV-x070-World-0.1B", "a b/ü", "data"] {
      let file = try folder.open(torchFile(pickle, byteOrder: nil, folder: folderName))
      #expect(file.tensors.keys.sorted() == ["a"])
    }
  }

  @Test func `a state dictionary with metadata gives its tensors`() throws {
    // OrderedDict(a=tensor), with the attribute _metadata = OrderedDict({'': {'version': 1}}).
    var pickle = PickleBytes()
    pickle.global("collections", "OrderedDict")
    pickle.raw("q\u{1})Rq\u{2}")
    pickle.text("a")
    pickle.tensor(SampleTensor())
    pickle.raw("s}")
    pickle.text("_metadata")
    pickle.raw("h\u{1})R(")
    pickle.text("")
    pickle.raw("}")
    pickle.text("version")
    pickle.raw("K\u{1}susb.")
    let file = try folder.open(torchFile(pickle.bytes))
    #expect(file.tensors.keys.sorted() == ["a"])
  }

  @Test func `numbers of every length mean what Python means`() throws {
    // Each is the offset of a single element, as LONG1 of 0 to 8 bytes and as the other opcodes.
    let numbers: [([UInt8], Float)] = [
      ([0x8a, 0], 0), ([0x8a, 1, 7], 7), ([0x8a, 2, 7, 0], 7), ([0x8a, 4, 9, 0, 0, 0], 9),
      ([0x8a, 8, 11, 0, 0, 0, 0, 0, 0, 0], 11), ([0x4b, 3], 3), ([0x4d, 3, 0], 3),
      ([0x4a, 3, 0, 0, 0], 3),
    ]
    for (opcodes, expected) in numbers {
      let pickle = Self.withOffset(opcodes)
      let tensor = try folder.open(torchFile(pickle)).tensors["a"]
      #expect(tensor?.contiguousFloat32() == [expected])
    }
    let negative: [[UInt8]] = [
      [0x8a, 1, 0xff], [0x8a, 2, 0, 0x80], [0x4a, 0xff, 0xff, 0xff, 0xff],
    ]
    for opcodes in negative {
      let error = try folder.refusal(torchFile(Self.withOffset(opcodes)))
      #expect(error?.tensor == "a")
      #expect(error?.reason.contains("negative") == true, "\(error?.reason ?? "")")
    }
  }

  /// A tensor of one element whose offset is the number that `opcodes` make.
  private static func withOffset(_ opcodes: [UInt8]) -> [UInt8] {
    let marked = SampleTensor(offset: 0x55, shape: [], strides: [])
    let pickle = PickleBytes.dictionary([marked])
    guard let place = pickle.indices.first(where: { pickle[$0...].starts(with: [0x4b, 0x55]) })
    else { return [] }
    return pickle[..<place] + opcodes + pickle[(place + 2)...]
  }
}
