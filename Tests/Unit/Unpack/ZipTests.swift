// zip files of other programs, of every kind of member, and of every kind that is refused.

import Testing
import Unpack

@Suite struct ZipTests {
  private static let tree = Fixture.tree.filter {
    $0.key != Fixture.longPath && $0.key != Fixture.wideName
  }

  /// A member that is compressed.
  private static let deflated: ZipEntry = {
    let (stream, output) = DeflateWriter.random(900, seed: 4)
    return ZipEntry("d/b", stream: stream, output: output)
  }()

  private static let stored = ZipEntry("a", "text")

  @Test(arguments: Fixture.zips)
  func `what another program packed comes out`(fixture: Fixture) throws {
    #expect(try Scratch().unpack(fixture.bytes, .zip) == ZipTests.tree)
  }

  @Test func `every way to write a member is understood`() throws {
    let descriptors: [ZipEntry.Descriptor] = [.none, .plain, .signed, .wide, .wideSigned]
    var entries: [ZipEntry] = []
    for isWide in [false, true] {
      for descriptor in descriptors {
        for entry in [ZipTests.stored, ZipTests.deflated, ZipEntry("empty")] {
          let name = Array("\(entries.count)/é".utf8)
          entries.append(
            entry.with {
              $0.name = name
              $0.isWide = isWide
              $0.descriptor = descriptor
            })
        }
      }
    }
    // Numbers that are known in spite of a descriptor, other extra fields, other flags.
    entries.append(
      ZipTests.stored.with {
        $0.name = Array("known".utf8)
        $0.descriptor = .signed
        ($0.ownChecksum, $0.ownSize, $0.ownPackedSize) = ($0.checksum, 4, 4)
        $0.extra = little(0x5455, 2) + little(5, 2) + [1, 2, 3, 4, 5] + [0, 0, 0]
        $0.flags = 0x0806
        $0.ownFlags = 0x000e
        $0.mode = 0o100755
      })
    let expected = Dictionary(
      uniqueKeysWithValues: entries.map { (String(decoding: $0.name, as: UTF8.self), $0.contents) })
    for isWide in [false, true] {
      let bytes = zip(entries) { end in
        end.isWide = isWide
        end.comment = Array("PK\u{5}\u{6} is no end".utf8)
      }
      #expect(try Scratch().unpack(bytes, .zip) == expected)
    }
    // Folders, in any order, and members in another order than in the directory.
    let folders = [
      ZipEntry("d/"), ZipTests.deflated, ZipEntry("d/").with { $0.mode = 0o40755 },
      ZipEntry("./"), ZipEntry("e/", stream: [3, 0], output: []),
    ]
    #expect(
      try Scratch().unpack(zip(folders), .zip) == ["d/b": ZipTests.deflated.contents])
    let first = ZipEntry("x", "1")
    let second = ZipEntry("y", "2")
    let directory = second.listed(at: first.bytes.count) + first.listed(at: 0)
    let bytes = first.bytes + second.bytes
    let end = ZipEnd(count: 2, size: directory.count, offset: bytes.count)
    #expect(
      try Scratch().unpack(bytes + directory + end.bytes, .zip) == ["x": [0x31], "y": [0x32]])
    #expect(try Scratch().unpack(zip(), .zip) == [:])
  }

  @Test func `large members come out`() throws {
    var chance = Chance(9)
    let large = ZipEntry("stored").with {
      $0.contents = chance.bytes(1_200_000)
      $0.packed = $0.contents
      $0.checksum = Int(crc32($0.contents))
      $0.size = $0.contents.count
    }
    let (stream, output) = DeflateWriter.random(400_000, seed: 5)
    let other = ZipEntry("deflated", stream: stream, output: output)
    #expect(
      try Scratch().unpack(zip(large, other), .zip)
        == ["stored": large.contents, "deflated": output])
  }

  @Test func `members that lead anywhere else are refused`() throws {
    let rows: [(ZipEntry, String)] = [
      (ZipEntry("../a"), "'../a' at byte 31 of the zip: has a '.' or '..' in its name"),
      (ZipEntry("/a"), "'/a' at byte 31 of the zip: has an absolute path as its name"),
      (ZipEntry("a\\b"), "has a backslash in its name"), (ZipEntry(""), "has an empty component"),
      (ZipEntry("a\u{0}b"), "'a\\x00b' at byte 31 of the zip: has a zero byte in its name"),
      (ZipEntry("").with { $0.name = [0x81] }, "'\\x81' at byte 31 of the zip: has a name that is"),
      (ZipEntry(String(repeating: "n", count: 1025)), "has a name longer than 1024 bytes"),
      (ZipEntry("a/", "text"), "is a folder with contents"),
      (ZipEntry("a").with { $0.mode = 0o40755 }, "is a folder with the name of a file"),
      (
        ZipEntry("a", "/etc").with { $0.mode = 0o120777 }, "is a symbolic link; pack the data again"
      ),
      (ZipEntry("a").with { $0.mode = 0o20666 }, "is a device or a pipe"),
      (ZipEntry("a").with { $0.mode = 0o10666 }, "is a device or a pipe"),
      (ZipEntry("b"), "'b' at byte 31 of the zip: has the name of an entry before it"),
      (ZipEntry("b/c"), "has the name of an entry before it"),
      (ZipEntry("b/"), "has the name of an entry before it"),
    ]
    for (entry, words) in rows {
      try expectRefusal(zip(ZipEntry("b"), entry, ZipEntry("a/c", "text")), .zip, words)
    }
  }

  @Test func `members that share bytes are refused`() throws {
    // The same contents twice under two names is refused by the name in its header already.
    let twice = ZipTests.deflated.with { $0.offset = 0 }
    let bomb = zip(ZipTests.deflated, twice, twice)
    try expectRefusal(bomb, .zip, "'d/b' at byte 0 of the zip: shares bytes with the member before")
    // A header inside the contents of the member before it, as in a bomb without repetitions.
    let inner = ZipEntry("inner", "text")
    let outer = ZipEntry("outer").with {
      $0.contents = inner.bytes
      $0.packed = inner.bytes
      $0.size = inner.bytes.count
      $0.checksum = Int(crc32(inner.bytes))
    }
    let hidden = outer.listed(at: 0) + inner.listed(at: 35)
    let end = ZipEnd(count: 2, size: hidden.count, offset: outer.bytes.count)
    try expectRefusal(
      outer.bytes + hidden + end.bytes, .zip, "'inner' at byte 35 of the zip: shares bytes")
    // One that goes on into the descriptor of the one before it.
    let described = ZipEntry("a").with { $0.descriptor = .signed }
    let follower = ZipEntry("b").with { $0.offset = described.bytes.count - 4 }
    try expectRefusal(zip(described, follower), .zip, "shares bytes with the member before it")
  }

  @Test func `members that are not what the directory says are refused`() throws {
    let stored = ZipTests.stored
    let deflated = ZipTests.deflated
    let late = stored.with { $0.descriptor = .plain }
    let differs = "'a' at byte 0 of the zip: is not what the directory says it is; do not unpack it"
    let rows: [(ZipEntry, String)] = [
      (stored.with { $0.ownName = [0x62] }, differs), (stored.with { $0.ownName = [] }, differs),
      (stored.with { $0.ownMethod = 8 }, differs), (stored.with { $0.ownFlags = 1 }, differs),
      (stored.with { $0.ownFlags = 8 }, differs), (stored.with { $0.ownChecksum = 0 }, differs),
      (stored.with { $0.ownSize = 3 }, differs), (stored.with { $0.ownPackedSize = 3 }, differs),
      (late.with { $0.ownChecksum = 1 }, differs), (late.with { $0.ownSize = 1 }, differs),
      (late.with { $0.ownPackedSize = 1 }, differs), (late.with { $0.ownFlags = 0 }, differs),
      (stored.with { $0.offset = 1 }, "does not lie between the beginning and the directory"),
      (stored.with { $0.offset = 1 << 20 }, "does not lie between the beginning and the directory"),
      (
        stored.with { $0.flags = 1 }, "is encrypted; pack the data again as plain files and folders"
      ),
      (stored.with { $0.flags = 1 << 6 }, "is encrypted"),
      (stored.with { $0.flags = 1 << 13 }, "is encrypted"),
      (stored.with { $0.method = 12 }, "is compressed with method 12, not with DEFLATE"),
      (stored.with { $0.disk = 1 }, "is on another part of a split zip file"),
      (stored.with { $0.size = 5 }, "is not compressed and has two sizes"),
      (stored.with { $0.checksum = 1 }, "does not have the checksum it was packed with"),
      (deflated.with { $0.checksum = 1 }, "does not have the checksum it was packed with"),
      (deflated.with { $0.size += 1 }, "is smaller than the directory says"),
      (deflated.with { $0.size -= 1 }, "is larger than the directory says"),
      (deflated.with { $0.size = 0 }, "is larger than the directory says"),
      (deflated.with { $0.packed += [0] }, "is smaller than the directory says"),
      (deflated.with { $0.packed.removeLast() }, "ends in the middle of the compressed data"),
      (deflated.with { $0.packed = [7] }, "a block has a type that does not exist"),
      (stored.with { $0.extra = little(9, 2) + little(1, 2) }, "its directory is damaged"),
    ]
    for (entry, words) in rows { try expectRefusal(zip(entry), .zip, words) }
    try expectRefusal(
      zip(ZipEntry("x", "1").with { $0.offset = 32 }, ZipEntry("y", "2").with { $0.offset = 0 }),
      .zip, "'y' at byte 0 of the zip: is not what the directory says it is")
    // A field of zip64 that is not needed is not read.
    let unneeded = stored.with { $0.extra = little(1, 2) + little(8, 2) + little(5, 8) }
    #expect(try Scratch().unpack(zip(unneeded), .zip) == ["a": Array("text".utf8)])
    // Numbers behind the contents that are others.
    var bytes = zip(late)
    bytes[31 + 4] ^= 1
    try expectRefusal(bytes, .zip, "does not have the directory's numbers behind it")
  }

  @Test func `a damaged directory is refused`() throws {
    let good = zip(ZipTests.stored)
    let damaged = "is no zip file, or its directory is damaged; fetch the file again"
    let split = "is one part of a split zip file"
    let rows: [([UInt8], String)] = [
      ([], damaged), ([UInt8](repeating: 0x50, count: 100_000), damaged), (good + [0], damaged),
      ([0] + good, damaged), (Array(good.dropFirst()), damaged),
      (zip([ZipTests.stored]) { $0.count = 2 }, damaged),
      (zip([ZipTests.stored]) { $0.count = 0 }, damaged),
      (zip([ZipTests.stored]) { $0.size -= 1 }, damaged),
      (zip([ZipTests.stored]) { $0.size = 1 << 30 }, damaged),
      (zip([ZipTests.stored]) { $0.offset += 1 }, damaged),
      (zip([ZipTests.stored]) { $0.disk = 1 }, split),
      (
        zip([ZipTests.stored]) {
          $0.disk = 1; $0.isWide = true
        }, split
      ),
      (
        zip([ZipTests.stored]) {
          $0.isWide = true; $0.oldCount = 2
        }, damaged
      ),
      (
        zip([ZipTests.stored]) {
          $0.isWide = true; $0.locatorError = 1
        }, damaged
      ),
      (
        zip([ZipTests.stored]) {
          $0.isWide = true; $0.locatorError = -1
        }, damaged
      ),
      (
        zip([ZipTests.stored]) {
          $0.isWide = true; $0.locatorError = 1 << 40
        }, damaged
      ),
      (
        zip([ZipTests.stored]) {
          $0.isWide = true; $0.locatorError = .min
        }, damaged
      ),
      (
        zip([]) {
          $0.isWide = true; $0.count = 1_000_000
        }, "has more than 100000 entries"
      ),
    ]
    for (bytes, words) in rows { try expectRefusal(bytes, .zip, words) }
  }

  @Test func `limits hold for every number`() throws {
    let zeros = DeflateWriter.zeros(100_000)
    let bomb = ZipEntry("d/bomb", stream: zeros.stream, output: zeros.output)
    let bytes = zip(ZipTests.stored, bomb)
    let total = 4 + zeros.output.count
    let rows: [(UnpackLimits, String?)] = [
      (UnpackLimits(totalBytes: total), nil), (UnpackLimits(fileBytes: total - 4), nil),
      (UnpackLimits(entries: 3), nil), (UnpackLimits(pathBytes: 6, depth: 2), nil),
      (UnpackLimits(inflate: InflateLimits(outputBytes: total)), nil),
      (UnpackLimits(totalBytes: total - 1), "makes all files together larger than"),
      (UnpackLimits(fileBytes: total - 5), "'d/bomb' at byte 35 of the zip: is larger than"),
      (UnpackLimits(entries: 2), "has more than 2 entries"),
      (UnpackLimits(entries: 1), "has more than 1 entries"),
      (UnpackLimits(pathBytes: 5), "has a name longer than 5 bytes"),
      (UnpackLimits(depth: 1), "is more than 1 folders deep"),
      (UnpackLimits(inflate: InflateLimits(outputBytes: total - 1)), "grows past the limit of"),
      (UnpackLimits(inflate: InflateLimits(ratio: 99, freeBytes: 0)), "grows more than 99 times"),
    ]
    for (limits, words) in rows {
      if let words {
        try expectRefusal(bytes, .zip, words, limits: limits)
      } else {
        #expect(try Scratch().unpack(bytes, .zip, limits).count == 2)
      }
    }
  }

  @Test func `a zip that ends early is refused at every byte`() throws {
    // One that contains another, whose end could be taken for its own.
    let inner = zip(ZipTests.stored)
    let outer = ZipEntry("zip").with {
      $0.contents = inner
      $0.packed = inner
      $0.size = inner.count
      $0.checksum = Int(crc32(inner))
    }
    try expectEveryCutRefused(zip(outer, ZipTests.stored), .zip)
    try expectEveryCutRefused(Fixture.zips[0].bytes, .zip)
    try expectEveryCutRefused(
      zip([ZipTests.stored.with { $0.descriptor = .wide }]) { $0.isWide = true }, .zip)
  }

  @Test func `no flipped bit gives other bytes`() throws {
    let entry = ZipEntry("a/b", stream: [0x2b, 0x49, 0xad, 0x28, 1, 0], output: Array("text".utf8))
    let bytes = zip([entry.with { $0.descriptor = .signed }]) { $0.isWide = true }
    try flipBits(of: bytes, .zip) { $0 == ["a/b": Array("text".utf8)] }
    try flipBits(of: Fixture.zips[3].bytes, .zip, step: 3) { $0 == ZipTests.tree }
  }
}
