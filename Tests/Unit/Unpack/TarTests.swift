// tar files of other programs, of every kind of entry, and of every kind that is refused.

import Testing
import Unpack

@Suite struct TarTests {
  @Test(arguments: Fixture.tars)
  func `what another program packed comes out`(fixture: Fixture) throws {
    var expected = Fixture.tree
    if fixture.program.contains("without") { expected[Fixture.wideName] = nil }
    let scratch = try Scratch()
    #expect(try scratch.unpack(fixture.bytes, .tarGzip) == expected)
    // The same without the compression.
    try Scratch().unpackTar(gunzip(fixture.bytes), expected)
  }

  @Test func `every way to name and measure an entry is understood`() throws {
    let file = TarEntry("a", "text")
    let long = String(repeating: "x", count: 180)
    let rows: [([TarEntry], String)] = [
      ([file], "a"), ([file.with { $0.type = "\u{0}" }], "a"), ([file.with { $0.type = "7" }], "a"),
      ([file.with { $0.magic = "ustar  \u{0}" }], "a"),
      ([file.with { $0.prefix = "p/q" }], "p/q/a"),
      (
        [
          file.with {
            $0.magic = "ustar  \u{0}"; $0.prefix = "times"
          }
        ], "a"
      ),
      ([file.with { $0.size = Array("          4 ".utf8) }], "a"),
      ([file.with { $0.size = TarEntry.octal(4, 12) }], "a"),
      ([file.with { $0.size = [0x80] + [UInt8](repeating: 0, count: 10) + [4] }], "a"),
      ([.longName(long), file], long), ([TarEntry("l", "else\u{0}", type: "K"), file], "a"),
      ([.longName("s/\(long)"), file], "s/\(long)"), ([.pax([("path", "é/b")]), file], "é/b"),
      ([.pax([("path", "b"), ("path", "c")]), file], "c"),
      ([.pax([("path", "b"), ("path", "")]), file], "a"),
      ([.pax([("mtime", "1.5"), ("SCHILY.xattr.user.a", "b=c\nd")]), file], "a"),
      ([.pax([("size", "4")]), file.with { $0.size = TarEntry.octal(0, 11) }], "a"),
      ([.pax([("comment", "00ff")], type: "g"), file], "a"), ([.pax([]), file], "a"),
      ([.pax([("path", "b")]), .longName("b"), file], "b"),
      ([TarEntry("./", type: "5"), TarEntry("./d", type: "5"), TarEntry("./d/a", "text")], "d/a"),
      ([TarEntry("d/a", "text"), TarEntry("d/", type: "5"), TarEntry("d/")], "d/a"),
    ]
    for (entries, name) in rows {
      let bytes = entries.flatMap(\.bytes) + [UInt8](repeating: 0, count: 1024)
      try Scratch().unpackTar(bytes, [name: Array("text".utf8)])
    }
  }

  @Test func `files of every size around a block keep their bytes`() throws {
    var chance = Chance(1)
    var expected: [String: [UInt8]] = [:]
    var bytes: [UInt8] = []
    for size in [0, 1, 511, 512, 513, 1023, 1024, 1025, 300_000, 1 << 20] {
      expected["f\(size)"] = chance.bytes(size)
      bytes += TarEntry("f\(size)").with { $0.contents = expected["f\(size)"] ?? [] }.bytes
    }
    bytes += [UInt8](repeating: 0, count: 10_240)
    try Scratch().unpackTar(bytes, expected)
    let scratch = try Scratch()
    #expect(try scratch.unpack(DeflateWriter.gzip(stored: bytes), .tarGzip) == expected)
    try Scratch().unpackTar(tar(), [:])
  }

  @Test func `names that lead anywhere else are refused`() throws {
    let deep = String(repeating: "a/", count: 32) + "b"
    let dots =
      "has a '.' or '..' in its name; do not unpack it, get the data from a source you trust"
    let rows: [(name: String, shown: String, words: String)] = [
      ("../a", "../a", dots), ("a/../../b", "a/../../b", dots), ("a/..", "a/..", dots),
      ("..", "..", dots), ("a/./b", "a/./b", dots), ("././a", "././a", dots),
      ("./../a", "./../a", dots), ("../", "../", dots), ("a/../", "a/../", dots),
      ("/", "/", "has an absolute path as its name"),
      ("/etc/a", "/etc/a", "has an absolute path as its name"),
      ("//a", "//a", "has an absolute path as its name"),
      ("", "", "has an empty component in its name"),
      ("a//b", "a//b", "has an empty component in its name"),
      (".//a", ".//a", "has an empty component in its name"),
      ("a//", "a//", "has an empty component in its name"),
      ("..\\a", "..\\a", "has a backslash in its name"),
      ("a\nb", "a\\x0ab", "has control characters in its name"),
      ("a\u{1b}[2Jb", "a\\x1b[2Jb", "has control characters in its name"),
      ("a\u{85}b", "a\\xc2\\x85b", "has control characters in its name"),
      (deep, deep, "is more than 32 folders deep; if you trust it, unpack it by hand"),
    ]
    for (name, shown, words) in rows {
      let first = TarEntry("first", "text")
      try expectRefusal(
        tar(TarEntry(name, "text"), first), .tar, "'\(shown)' at byte 0 of the tar: \(words)")
      try expectRefusal(
        tar(first, .longName(name), TarEntry("a", "text")), .tar,
        "'\(shown)' at byte 2048 of the tar: \(words)")
    }
  }

  @Test func `names that no file should have are refused`() throws {
    let wide = String(repeating: "a", count: 256)
    let long = String(repeating: "a/", count: 513)
    let rows: [(TarEntry, String)] = [
      (
        .pax([("path", "a\u{0}b")]),
        "'a\\x00b' at byte 1024 of the tar: has a zero byte in its name"
      ),
      (.longName("a\u{0}b"), "'a\\x00b' at byte 1024 of the tar: has a zero byte in its name"),
      (.longName(wide), "has a component longer than 255 bytes in its name; pack the data again"),
      (.longName(long), "a/a/...' at byte 2048 of the tar: has a name longer than 1024 bytes"),
    ]
    for (record, words) in rows {
      try expectRefusal(tar(record, TarEntry("b")), .tar, words)
    }
    let latin = TarEntry("").with { $0.name = [0x61, 0xe9] }
    try expectRefusal(
      tar(latin), .tar, "'a\\xe9' at byte 0 of the tar: has a name that is not UTF-8")
    // Turning the direction of writing is not refused, but not shown either.
    try expectRefusal(
      tar(TarEntry("\u{202e}a", type: "2")), .tar, "'\\xe2\\x80\\xaea' at byte 0 of the tar: is a")
  }

  @Test func `whatever is no file or folder is refused`() throws {
    let rows: [(TarEntry, String)] = [
      (TarEntry("a", type: "1"), "is a hard link"),
      (TarEntry("a", type: "2"), "is a symbolic link"),
      (TarEntry("a", type: "3"), "is a device"), (TarEntry("a", type: "4"), "is a device"),
      (TarEntry("a", type: "6"), "is a pipe"), (TarEntry("a", type: "S"), "is a file with holes"),
      (TarEntry("a", type: "V"), "is of type 'V', no file or folder"),
      (TarEntry("a", type: "\u{7}"), "is of type '\\x07', no file or folder"),
      (TarEntry("a", "text", type: "5"), "is a folder with contents"),
      (TarEntry("a/", "text"), "is a folder with contents"), (TarEntry(".", "text"), "is a folder"),
    ]
    for (entry, words) in rows {
      // Before it and through it, as an attack would.
      try expectRefusal(
        tar(TarEntry("b", "text"), entry, TarEntry("a/c", "text")), .tar, ": \(words)")
    }
    for key in ["GNU.sparse.major", "GNU.sparse.map"] {
      try expectRefusal(tar(.pax([(key, "1")]), TarEntry("a")), .tar, "is a file with holes")
    }
  }

  @Test func `two entries with one name are refused`() throws {
    let file = TarEntry("a/b", "text")
    for second in ["a/b", "a/b/c", "a", "./a/b"] {
      try expectRefusal(
        tar(file, TarEntry(second, "more")), .tar,
        "'\(second)' at byte 1024 of the tar: has the name of an entry before it")
    }
    try expectRefusal(
      tar(file, TarEntry("a/b", type: "5")), .tar, "has the name of an entry before")
    try expectRefusal(
      tar(TarEntry("a", type: "5"), TarEntry("a")), .tar, "has the name of an entry")
  }

  @Test func `damage is refused with its place`() throws {
    let file = TarEntry("a", "text")
    let pax = TarEntry("pax", type: "x")
    func size(_ text: String) -> TarEntry { file.with { $0.size = Array(text.utf8) } }
    let huge: [UInt8] = [0x80, 0, 0, 0, 0x7f] + [UInt8](repeating: 0xff, count: 7)
    let records = ["6a=b\n", " 6 a=b\n", "7 a=b\n", "6 a=bc", "6 ab\n\n", "3 \n", "0 a=b\n"]
    var rows: [([UInt8], String)] = [
      ([], "ends before its contents do"), (Array(tar().dropLast(512)), "ends before its contents"),
      (file.bytes, "at byte 1024 of the tar: ends before its contents do; fetch the file again"),
      (tar(file) + [1], "at byte 1024 of the tar: something follows the end of the tar"),
      (tar(file) + file.bytes, "something follows the end of the tar"),
      (Array(tar().dropLast(512)) + file.bytes, "something follows the end of the tar"),
      (Array(repeating: 1, count: 512), "at byte 0 of the tar: is no header of a tar file"),
      (tar(file.with { $0.magic = "" }), "is no header of a tar file"),
      (tar(file.with { $0.checksumError = 1 }), "a header does not have its checksum"),
      (tar(size("00000000009\0")), "a header has a size that is no number"),
      (tar(size("           \0")), "a header has a size that is no number"),
      (tar(size("-0000000004\0")), "a header has a size that is no number"),
      (tar(size("0000 000004\0")), "a header has a size that is no number"),
      (
        tar(size("\0\0\0\0\0\0\0\0\0\0\0\0").with { $0.size?[0] = 0xff }),
        "a header has a size that is no"
      ),
      (tar(size("777777777777")), "'a' at byte 0 of the tar: ends before its contents do"),
      (tar(file.with { $0.size = [0x80] + Array(repeating: 255, count: 11) }), "that is no number"),
      (tar(file.with { $0.size = huge }), "is larger than any file can be"),
      (tar(.pax([]), .pax([]), file), "an entry has two extended headers"),
      (tar(.longName("a"), .longName("a"), file), "an entry has two long names"),
      (
        tar(.pax([("path", "b")]), .longName("c"), file),
        "'b' at byte 2048 of the tar: has two names"
      ),
      (tar(.pax([("size", "5x")]), file), "an extended header is malformed"),
      (tar(.pax([("size", "9999999999999999999")]), file), "an extended header is malformed"),
      (tar(.pax([("path", "b")], type: "g"), file), "gives all entries one name or size"),
      (tar(.longName("a")), "the entry that the last record is about is missing"),
      (tar(TarEntry("l", "x", type: "K")), "the entry that the last record is about is missing"),
      (tar(pax.with { $0.size = TarEntry.octal(1 << 20 + 1, 11) }), "is longer than 1 MiB"),
      (tar(pax.with { $0.size = TarEntry.octal(1 << 20, 11) }), "ends before its contents do"),
    ]
    for record in records {
      rows.append((tar(TarEntry("p", record, type: "x"), file), "an extended header is malformed"))
    }
    for (bytes, words) in rows { try expectRefusal(bytes, .tar, words) }
  }

  @Test func `limits hold for every number`() throws {
    let files = tar(TarEntry("d/a", "12345"), TarEntry("d/b", "678"))
    let rows: [(UnpackLimits, String?)] = [
      (UnpackLimits(totalBytes: 8), nil), (UnpackLimits(fileBytes: 5), nil),
      (UnpackLimits(entries: 3), nil), (UnpackLimits(pathBytes: 3), nil),
      (UnpackLimits(depth: 2), nil),
      (
        UnpackLimits(totalBytes: 7),
        "'d/b' at byte 1024 of the tar: makes all files together larger"
      ),
      (UnpackLimits(fileBytes: 4), "is larger than 4 bytes; if you trust it, unpack it by hand"),
      (UnpackLimits(entries: 2), "has more than 2 entries"),
      (UnpackLimits(pathBytes: 2), "has a name longer than 2 bytes"),
      (UnpackLimits(depth: 1), "is more than 1 folders deep"),
    ]
    for (limits, words) in rows {
      if let words {
        try expectRefusal(files, .tar, words, limits: limits)
      } else {
        #expect(try Scratch().unpack(files, .tar, limits).count == 2)
      }
    }
    let records = tar(TarEntry.pax([], type: "g"), .pax([], type: "g"), .pax([], type: "g"))
    try expectRefusal(records, .tar, "has more than 2 entries", limits: UnpackLimits(entries: 2))
    // A path makes as many folders as it is deep.
    let deep = tar(TarEntry("a/b/c/d/e"))
    try expectRefusal(deep, .tar, "has more than 4 entries", limits: UnpackLimits(entries: 4))
    let bomb = DeflateWriter.zeros(300_000)
    try expectRefusal(
      DeflateWriter.gzip(bomb.stream, bomb.output), .tarGzip,
      "of the gzip: grows more than 9 times",
      limits: UnpackLimits(inflate: InflateLimits(ratio: 9, freeBytes: 0)))
  }

  @Test func `a tar that ends early is refused at every byte`() throws {
    try expectEveryCutRefused(tar(TarEntry("d/a", "12345")), .tar)
    try expectEveryCutRefused(Fixture.tars[0].bytes, .tarGzip)
  }

  @Test func `no flipped bit does harm`() throws {
    // Names and contents have no checksum of their own, so all that counts is that nothing leaves its folder.
    try flipBits(of: tar(.longName("d/b"), TarEntry("b", "678")), .tar) { _ in true }
    try flipBits(of: Fixture.tars[0].bytes, .tarGzip, step: 11) { $0 == Fixture.tree }
  }

  @Test func `an archive in an archive stays packed`() throws {
    // Even one that would be hostile, and one that has the name of the archive it lies in.
    var inner = tar(TarEntry("../a", "text"))
    for _ in 0..<3 {
      let contents = inner
      inner = tar(TarEntry("archive").with { $0.contents = contents })
      try Scratch().unpackTar(inner, ["archive": contents])
    }
  }
}

extension Scratch {
  /// Unpacks a tar file and expects these files.
  fileprivate func unpackTar(
    _ bytes: [UInt8], _ expected: [String: [UInt8]], location: SourceLocation = #_sourceLocation
  ) throws {
    let found = try unpack(bytes, .tar)
    #expect(found == expected, "\(expected.keys)", sourceLocation: location)
  }
}
