// Whole files, folders, record locks and the clock.

import Foundation
import Posix
import Testing

@Suite struct FilesTests {
  @Test func `a file is replaced in one step`() throws {
    let folder = try Scratch()
    let path = folder.path("a.json")
    try Files.replace(path, with: Array("old".utf8))
    let reader = try Descriptor.reading(path)
    let before = try reader.stamp()
    try Files.replace(path, with: Array("newer".utf8))
    // Whoever has the old file open goes on reading the old bytes.
    #expect(try reader.read(count: 100, at: 0) == Array("old".utf8))
    #expect(try Files.read(path) == Array("newer".utf8))
    #expect(try Descriptor.reading(path).stamp() != before && before.size == 3)
    try Files.replace(path, with: [])
    #expect(try Files.read(path).isEmpty)
    #expect(try folder.names() == ["a.json"])
  }

  @Test func `a failed replacement leaves everything as it was`() throws {
    let folder = try Scratch()
    try Files.makeFolder(folder.path("taken/inside"))
    let failure = #expect(throws: PosixError.self) {
      try Files.replace(folder.path("taken"), with: [1])
    }
    #expect(failure?.subject == folder.path("taken") && failure?.call == "rename")
    #expect(try folder.names() == ["taken"])
    let missing = #expect(throws: PosixError.self) {
      try Files.replace(folder.path("none/a"), with: [1])
    }
    #expect(missing?.isMissing == true && missing?.isFull == false)
    #expect(missing?.description.hasSuffix("none/a: No such file or directory") == true)
  }

  @Test func `what a process left that has ended is cleared, even one that nobody has waited for`()
    throws
  {
    let folder = try Scratch()
    var ended = pid_t()
    try #require(posix_spawn(&ended, "/bin/true", nil, nil, [strdup("true"), nil], nil) == 0)
    defer { waitpid(ended, nil, 0) }
    var facts = siginfo_t()
    try #require(waitid(P_PID, id_t(ended), &facts, WEXITED | WNOWAIT) == 0)
    for name in ["a.json.\(ended).tmp", "a.json.1.tmp", "b.json.\(ended).tmp"] {
      try Descriptor.writing(folder.path(name), appending: false).write([1])
    }
    try Files.replace(folder.path("a.json"), with: [2])
    #expect(
      try folder.names().sorted() == ["a.json", "a.json.1.tmp", "b.json.\(ended).tmp"].sorted())
  }

  @Test func `files and folders are made, found and missed`() throws {
    let folder = try Scratch()
    #expect(try Files.readIfPresent(folder.path("x")) == nil)
    #expect(throws: PosixError.self) { try Files.read(folder.path("x")) }
    #expect(throws: PosixError.self) { try Files.readIfPresent(folder.path("")) }
    try Files.makeFolder(folder.path("p/q/r"))
    try Files.makeFolder(folder.path("p/q/r"))
    try Files.makeFolder(folder.path("p/s/"))
    #expect(Files.exists(folder.path("p/q/r")) && Files.exists(folder.path("p/s")))
    try Files.replace(folder.path("p/file"), with: [7])
    let failure = #expect(throws: PosixError.self) { try Files.makeFolder(folder.path("p/file")) }
    #expect(failure?.description.contains("Not a directory") == true)
    #expect(throws: PosixError.self) { try Files.makeFolder(folder.path("p/file/q")) }
    #expect(Files.resolved(folder.path("p/../p/file"))?.hasSuffix("/p/file") == true)
    #expect(Files.resolved(folder.path("none")) == nil)
    #expect(Files.isWritable(folder.path("p")) && !Files.isWritable(folder.path("none")))
    // A file of the kernel says nothing true about its size.
    #expect(try Files.read("/proc/self/status").starts(with: Array("Name:".utf8)))
  }

  @Test func `appending and reading at a place`() throws {
    let folder = try Scratch()
    for text in ["ab", "cd"] {
      try Descriptor.writing(folder.path("log"), appending: true).write(Array(text.utf8))
    }
    let file = try Descriptor.reading(folder.path("log"))
    #expect(try file.read(count: 2, at: 1) == Array("bc".utf8))
    #expect(try file.read(count: 9, at: 3) == Array("d".utf8))
    #expect(try file.read(count: 9, at: 9).isEmpty && file.read(count: 0, at: 0).isEmpty)
    let copy = try #require(Descriptor(duplicating: file.number))
    #expect(copy.number != file.number && Descriptor(duplicating: -1) == nil)
    try Descriptor.writing(folder.path("log"), appending: false).write([])
    #expect(try file.stamp().size == 0)
    #expect(throws: PosixError.self) { try file.write([1]) }
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
    (951_782_400, "2000-02-29T00:00:00Z"), (1_709_214_300, "2024-02-29T13:45:00Z"),
    (1_795_363_631, "2026-11-22T16:07:11Z"), (4_102_444_799, "2099-12-31T23:59:59Z"),
  ])
  func `a time is written in UTC`(seconds: Int, text: String) {
    #expect(Clock.timestamp(ofSeconds: seconds) == text)
  }

  @Test func `the clocks go on`() {
    let first = Clock.monotonic()
    #expect(Clock.monotonic() >= first && Clock.wall() > 1_700_000_000_000_000_000)
    #expect(Clock.processCPU() > 0 && Clock.timestamp().count == 20)
    #expect(processorCount() >= 1 && peakResidentBytes() > 1 << 20 && ownPID() > 0)
  }
}
