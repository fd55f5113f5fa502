// What can be mapped, and what is refused without waiting for it.

import Foundation
import Glibc
import RWKV7Core
import Testing

struct MappedFileTests {
  private let folder: WeightFolder

  init() throws { folder = try WeightFolder() }

  @Test(arguments: [1, 4095, 4096, 4097, 100_000])
  func `a mapping is the bytes of the file`(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let file = try MappedFile(path: try folder.file(bytes))
    #expect(Array(file.bytes) == bytes)
  }

  @Test func `a mapping outlives the file's name`() throws {
    let path = try folder.file([1, 2, 3])
    let file = try MappedFile(path: path)
    try FileManager.default.removeItem(atPath: path)
    #expect(Array(file.bytes) == [1, 2, 3])
  }

  @Test func `what is no regular file with something in it is refused by name`() throws {
    let pipe = folder.path("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    let locked = try folder.file([1])
    try #require(chmod(locked, 0) == 0)
    let loop = folder.path("loop")
    try #require(symlink(loop, loop) == 0)
    var cases: [(path: String, kind: WeightFileError.Kind, reason: String)] = [
      (folder.path("none"), .notFound, "No such file or directory"),
      ("", .notFound, "No such file or directory"),
      (folder.path("none") + "\0.pth", .notFound, "zero byte"),
      (folder.path(""), .unreadable, "is a folder"),
      (pipe, .unreadable, "not a regular file"),
      ("/dev/zero", .unreadable, "not a regular file"),
      (loop, .unreadable, "symbolic links"),
      (try folder.file([]), .damaged, "is empty"),
      (locked + "/below", .unreadable, "Not a directory"),
    ]
    // Root may read everything.
    if geteuid() != 0 { cases.append((locked, .unreadable, "Permission denied")) }
    for (path, kind, reason) in cases {
      let error = #expect(throws: WeightFileError.self) { try MappedFile(path: path) }
      #expect(error?.kind == kind, "\(path)")
      #expect(error?.path == path)
      #expect(error?.reason.contains(reason) == true, "\(error?.description ?? "")")
    }
  }

  @Test func `a message shows no control characters of a name`() throws {
    let error = #expect(throws: WeightFileError.self) {
      try MappedFile(path: folder.path("a\u{1b}[31m\n\u{202e}b"))
    }
    let text = error?.description ?? ""
    #expect(text.contains(#"a\u{1B}[31m\n\u{202E}b"#), "\(text)")
  }
}
