// The folder that an archive becomes: complete or not there, and nothing beside it.

import Foundation
import Glibc
import Testing
import Unpack

@Suite struct DestinationTests {
  private static let archive = tar(TarEntry("d/a", "text"), TarEntry("e", type: "5"))

  @Test func `files and folders have plain modes and no program is made`() throws {
    let scratch = try Scratch()
    _ = try scratch.unpack(DestinationTests.archive, .tar)
    let modes = try ["out", "out/d", "out/d/a", "out/e"].map { name in
      let facts = try FileManager.default.attributesOfItem(atPath: scratch.path(name))
      return (facts[.posixPermissions] as? Int) ?? 0
    }
    let mask = Int(umask(0o022))
    umask(mode_t(mask))
    #expect(modes == [0o755, 0o755, 0o644, 0o755].map { $0 & ~mask })
    #expect(
      try scratch.contents().keys.sorted() == ["archive", "out", "out/d", "out/d/a", "out/e"])
  }

  @Test func `files are reported in the archive's order`() throws {
    let scratch = try Scratch()
    try scratch.write("z.tar", tar(TarEntry("./b", "1"), TarEntry("c/a", "22"), TarEntry("a")))
    let files = try Archive.unpack(scratch.path("z.tar"), kind: .tar, into: scratch.path("out///"))
    #expect(files.map(\.path) == ["b", "c/a", "a"] && files.map(\.size) == [1, 2, 0])
  }

  @Test func `what exists is never replaced`() throws {
    let scratch = try Scratch()
    try scratch.write("a.tar", DestinationTests.archive)
    try scratch.makeFolder("empty")
    try scratch.makeFolder("full/inside")
    try scratch.write("file", [1])
    let link = scratch.path("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "nowhere")
    let before = try scratch.contents()
    for name in ["empty", "full", "file", "link"] {
      let failure = #expect(throws: UnpackError.self) {
        try Archive.unpack(scratch.path("a.tar"), kind: .tar, into: scratch.path(name))
      }
      let place = scratch.path(name)
      #expect(
        failure?.description
          == "\(scratch.path("a.tar")): its destination \(place) exists; remove it or choose another"
      )
      #expect(failure?.kind == .destination)
    }
    #expect(try scratch.contents() == before)
  }

  @Test func `a destination that cannot be is refused`() throws {
    let scratch = try Scratch()
    try scratch.write("a.tar", DestinationTests.archive)
    let rows = [
      (scratch.path("none/out"), "its destination's folder cannot be opened: open "),
      (scratch.path("a.tar/out"), "its destination's folder cannot be opened: open "),
      (
        scratch.path("n" + String(repeating: "n", count: 250)),
        "a folder beside its destination cannot"
      ),
      ("", "its destination '' names no folder; choose another"), ("/", "'/' names no folder"),
      (scratch.path("."), "names no folder"), (scratch.path("x/.."), "names no folder"),
    ]
    for (path, words) in rows {
      let failure = #expect(throws: UnpackError.self) {
        try Archive.unpack(scratch.path("a.tar"), kind: .tar, into: path)
      }
      #expect(failure?.description.contains(words) == true, "\(failure as Any)")
    }
    let missing = #expect(throws: UnpackError.self) {
      try Archive.unpack(scratch.path("b.tar"), kind: .zip, into: scratch.path("out"))
    }
    let path = scratch.path("b.tar")
    #expect(
      missing?.description == "\(path): cannot be opened: open \(path): No such file or directory")
    #expect(try scratch.contents().keys.sorted() == ["a.tar"])
  }

  @Test func `what a killed process left is removed and what another one fills is not`() throws {
    let scratch = try Scratch()
    let own = getpid()
    // Files of that name, other destinations and names that are almost alike stay.
    for name in [
      "out.1.unpacking/d/e", "out.\(own).unpacking/d", "out.2.unpacking/d", "other.3.unpacking",
      "out.x.unpacking", "out..unpacking", "out.4.unpacking.txt",
    ] { try scratch.makeFolder(name) }
    try scratch.write("out.1.unpacking/d/e/f", [1])
    try scratch.write("out.5.unpacking", [1])
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("out.1.unpacking/d/link"), withDestinationPath: "../../other.3.unpacking"
    )
    let busy = open(scratch.path("out.2.unpacking"), O_RDONLY | O_DIRECTORY)
    defer { close(busy) }
    #expect(flock(busy, LOCK_EX | LOCK_NB) == 0)
    #expect(try scratch.unpack(DestinationTests.archive, .tar) == ["d/a": Array("text".utf8)])
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path("")).sorted()
    #expect(
      left == [
        "archive", "other.3.unpacking", "out", "out..unpacking", "out.2.unpacking",
        "out.4.unpacking.txt", "out.5.unpacking", "out.x.unpacking",
      ])
  }

  @Test func `another process may be at work under every name but one`() throws {
    let scratch = try Scratch()
    var busy: [Int32] = []
    defer { for number in busy { close(number) } }
    for number in getpid()..<getpid() + 3 {
      try scratch.makeFolder("out.\(number).unpacking")
      busy.append(open(scratch.path("out.\(number).unpacking"), O_RDONLY | O_DIRECTORY))
      #expect(flock(busy[busy.count - 1], LOCK_EX | LOCK_NB) == 0)
    }
    #expect(try scratch.unpack(DestinationTests.archive, .tar).count == 1)
    #expect(try scratch.contents().keys.filter { $0.hasSuffix(".unpacking") }.count == 3)
  }

  @Test func `spellings of one character are two files`() throws {
    let composed = "\u{e9}"
    let decomposed = "e\u{301}"
    let scratch = try Scratch()
    try scratch.write("a.tar", tar(TarEntry(composed, "1"), TarEntry("\(decomposed)/x", "2")))
    let files = try Archive.unpack(scratch.path("a.tar"), kind: .tar, into: scratch.path("out"))
    #expect(files.map { $0.path.utf8.count } == [2, 5])
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path("out"))
    #expect(names.count == 2)
  }

  @Test func `a file that cannot be written is an error and leaves nothing`() async {
    // In a process of its own, because the limit holds for all of it.
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      try scratch.write("a.tar", tar(TarEntry("small", "text"), TarEntry("large", long)))
      signal(SIGXFSZ, SIG_IGN)
      try setLimit(RLIMIT_FSIZE, to: 1000)
      let failure = #expect(throws: UnpackError.self) {
        try Archive.unpack(scratch.path("a.tar"), kind: .tar, into: scratch.path("out"))
      }
      let path = scratch.path("a.tar")
      #expect(
        failure?.description
          == "\(path): 'large' at byte 1024 of the tar: cannot be written: write: File too large"
          + "; free some space and run the same command again")
      #expect(try scratch.contents().keys.sorted() == ["a.tar"])
    }
  }

  @Test func `whichever descriptor cannot be had, nothing is left`() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      try scratch.write("a.tar", DestinationTests.archive)
      let first = dup(0)
      close(first)
      var failures: Set<String> = []
      for limit in Int(first)... {
        try setLimit(RLIMIT_NOFILE, to: limit)
        do throws(UnpackError) {
          _ = try Archive.unpack(scratch.path("a.tar"), kind: .tar, into: scratch.path("out"))
          break
        } catch {
          failures.insert(error.problem)
          // Listing needs descriptors as well.
          try setLimit(RLIMIT_NOFILE, to: limit + 20)
          #expect(try scratch.contents().keys.sorted() == ["a.tar"], "\(error)")
        }
      }
      #expect(
        failures == [
          "its destination's folder cannot be opened",
          "a folder beside its destination cannot be made",
          "cannot be opened", "cannot be made",
        ])
      try setLimit(RLIMIT_NOFILE, to: Int(first) + 20)
      #expect(try scratch.files("out") == ["d/a": Array("text".utf8)])
    }
  }
}

private let long = String(repeating: "x", count: 2000)

/// Sets what this process may use at most; it can be raised again.
private func setLimit(_ resource: __rlimit_resource, to value: Int) throws {
  var limit = rlimit()
  try #require(getrlimit(Int32(resource.rawValue), &limit) == 0)
  limit.rlim_cur = rlim_t(value)
  try #require(setrlimit(Int32(resource.rawValue), &limit) == 0)
}
