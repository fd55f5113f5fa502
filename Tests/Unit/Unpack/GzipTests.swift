// gzip around DEFLATE: headers, members, checksums, bombs; and files as streams.

import Testing
import Unpack

@Suite struct GzipTests {
  private static let text = Array("some text\n".utf8)

  /// A member with these flags and header fields.
  private static func member(
    flags: UInt8 = 0, fields: [UInt8] = [], _ output: [UInt8] = text
  ) -> [UInt8] {
    let plain = DeflateWriter.gzip(stored: output)
    return [0x1f, 0x8b, 8, flags] + plain[4..<10] + fields + plain[10...]
  }

  /// A header with everything, and its checksum.
  private static let full: [UInt8] = {
    let fields = little(5, 2) + [1, 0, 2, 0, 3] + "name\0a comment\0".utf8
    let head = Array(member(flags: 31, fields: fields).prefix(10 + fields.count))
    return member(flags: 31, fields: fields + little(Int(crc32(head) & 0xffff), 2))
  }()

  @Test func `every field of a header is read over`() throws {
    let name = [UInt8](repeating: 0x6e, count: 5000) + [0]
    let extra = little(65535, 2) + [UInt8](repeating: 0, count: 65535)
    let files = [
      GzipTests.member(flags: 1), GzipTests.member(flags: 4, fields: little(0, 2)),
      GzipTests.member(flags: 4, fields: extra), GzipTests.member(flags: 8, fields: name),
      GzipTests.member(flags: 16, fields: name), GzipTests.member(flags: 24, fields: name + name),
      GzipTests.full,
    ]
    for (index, file) in files.enumerated() {
      for pieces in [1, 1000, 1 << 20] {
        #expect(try gunzip(file, pieces: pieces) == GzipTests.text, "\(index)")
      }
    }
    for count in 0..<GzipTests.full.count {
      #expect(throws: UnpackError.self) { try gunzip(Array(GzipTests.full.prefix(count))) }
    }
  }

  @Test func `members follow each other and padding follows them`() throws {
    let empty = GzipTests.member([])
    let zeros = [UInt8](repeating: 0, count: 3000)
    let files: [([UInt8], Int)] = [
      (GzipTests.member() + GzipTests.full, 2), (empty, 0), (empty + empty + GzipTests.member(), 1),
      (GzipTests.member() + [0], 1), (GzipTests.member() + GzipTests.member() + zeros, 2),
      (GzipTests.member() + empty + [0, 0], 1),
    ]
    for (file, count) in files {
      for pieces in [1, 70, 1 << 20] {
        let expected = Array(repeating: GzipTests.text, count: count).flatMap(\.self)
        #expect(try gunzip(file, pieces: pieces) == expected)
      }
    }
  }

  @Test func `what is no gzip file is refused with place and advice`() {
    let good = GzipTests.member()
    let end = good.count
    func changed(_ index: Int, _ byte: UInt8) -> [UInt8] {
      var file = good
      file[index] = byte
      return file
    }
    func wrongTrailer(_ index: Int) -> [UInt8] { changed(end - index, ~good[end - index]) }
    var fullDamaged = GzipTests.full
    fullDamaged[12] ^= 1
    let rows: [([UInt8], Int, String)] = [
      ([], 0, "is empty, which no gzip file is; fetch the file again"),
      (Array("PK".utf8), 1, "is no gzip file; fetch the file again"),
      (changed(1, 0), 10, "is no gzip file; fetch the file again"),
      (
        changed(2, 7), 10,
        "is compressed with method 7, not with DEFLATE; pack the data again as plain files and folders"
      ),
      (
        changed(3, 0x20), 10,
        "uses header flags that gzip does not define; pack the data again as plain files and folders"
      ),
      (fullDamaged, 34, "a gzip header does not have its checksum; fetch the file again"),
      (
        Array(good.dropLast()), end - 1,
        "ends in the middle of the compressed data; fetch the file again"
      ),
      (
        wrongTrailer(8), end,
        "the decompressed bytes do not have the checksum they were packed with; fetch the file again"
      ),
      (
        wrongTrailer(1), end,
        "the decompressed bytes do not have the length they were packed with; fetch the file again"
      ),
      (
        changed(end - 4, 9), end,
        "the decompressed bytes do not have the length they were packed with; fetch the file again"
      ),
      (good + [1], end + 1, "something follows the compressed data; fetch the file again"),
      (good + [0x1f], end + 1, "ends in the middle of the compressed data; fetch the file again"),
      (
        good + [0x1f] + good, end + 10,
        "something follows the compressed data; fetch the file again"
      ),
      (
        good + [0, 0, 1], end + 1,
        "something follows the padding after the compressed data; fetch the file again"
      ),
    ]
    for (file, byte, words) in rows {
      let failure = #expect(throws: UnpackError.self) { try gunzip(file) }
      #expect(failure?.description == "test.gz at byte \(byte) of the gzip: \(words)")
    }
  }

  @Test func `bombs are refused as soon as they are seen`() throws {
    let (stream, output) = DeflateWriter.zeros(600_000)
    let file = DeflateWriter.gzip(stream, output)
    #expect(try gunzip(file) == output)
    let rows: [(InflateLimits, String?)] = [
      (InflateLimits(outputBytes: output.count), nil),
      (InflateLimits(outputBytes: output.count - 1), "grows past the limit of 599850 bytes"),
      (InflateLimits(outputBytes: 0), "grows past the limit of 0 bytes"),
      (InflateLimits(ratio: 200, freeBytes: 0), nil),
      (InflateLimits(ratio: 100, freeBytes: output.count), nil),
      (InflateLimits(ratio: 100, freeBytes: 1000), "grows more than 100 times after 1000 bytes"),
      (InflateLimits(ratio: 0, freeBytes: 0), "grows more than 0 times after 0 bytes"),
    ]
    for (limits, words) in rows {
      guard let words else {
        #expect(try gunzip(file, limits: limits) == output)
        continue
      }
      let failure = #expect(throws: UnpackError.self) { try gunzip(file, limits: limits) }
      #expect(failure?.kind == .tooLarge && failure?.problem.hasPrefix(words) == true)
    }
    // Together members count as one.
    let limits = InflateLimits(outputBytes: output.count * 2)
    #expect(try gunzip(file + file, limits: limits).count == output.count * 2)
    #expect(throws: UnpackError.self) { try gunzip(file + file + file, limits: limits) }
    // With the default limits nothing of that size is a bomb.
    #expect(InflateLimits().freeBytes == 100_000_000 && InflateLimits().outputBytes == 64 << 30)
  }

  @Test func `a file is read in pieces and ends for good`() throws {
    let scratch = try Scratch()
    let bytes = (0..<1_100_000).map { UInt8(truncatingIfNeeded: $0 / 1000) }
    try scratch.write("file", bytes)
    let stream = try FileStream(scratch.path("file"))
    var found: [[UInt8]] = []
    repeat { found.append(try stream.next()) } while found.last?.isEmpty == false
    #expect(found.map(\.count) == [1 << 20, 1_100_000 - 1 << 20, 0])
    #expect(found.flatMap(\.self) == bytes)
    #expect(try stream.next().isEmpty)
    try scratch.write("file.gz", GzipTests.member())
    let path = scratch.path("file.gz")
    let text = GzipStream(try FileStream(path), name: path)
    #expect(try text.next() == GzipTests.text && text.next().isEmpty && text.next().isEmpty)
  }

  @Test func `only files are streams`() throws {
    let scratch = try Scratch()
    for (name, reason) in [("none", "No such file or directory"), (".", "Is a directory")] {
      let path = scratch.path(name)
      let failure = #expect(throws: UnpackError.self) { try FileStream(path) }
      #expect(failure?.description.hasPrefix("\(path): cannot be opened: ") == true)
      #expect(failure?.description.contains(reason) == true && failure?.isFull == false)
    }
    #expect(throws: UnpackError.self) { try FileStream("/dev/zero") }
  }
}
