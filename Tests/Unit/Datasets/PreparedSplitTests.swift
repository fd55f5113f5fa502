// Prepared splits on disk against a reader that reads everything.

import Datasets
import Foundation
import Model
import Posix
import Testing

@Suite struct PreparedSplitTests {
  @Test(arguments: [1, 2, 63, 64, 65, 127, 128, 129, 1000], [true, false])
  func `a stretch holds just the rows asked for`(count: Int, endsWithNewline: Bool) throws {
    let folder = try Folder()
    let rows = (0..<count).map {
      "{\"n\":\($0),\"pad\":\"\(String(repeating: "é", count: $0 % 9))\"}"
    }
    let text = rows.joined(separator: "\n") + (endsWithNewline ? "\n" : "")
    let split = try open(folder, text)
    let bytes = Array(text.utf8)
    #expect(split.manifest.rowCount == count && split.blocks.last == UInt64(bytes.count))
    #expect(split.blocks == split.blocks.sorted() && split.blocks.count == (count + 63) / 64 + 1)
    let edges = [0, 1, 62, 63, 64, 65, 127, 128, count / 2, count - 1].filter { $0 < count }
    for first in edges {
      for length in [1, 2, 63, 64, 65, count - first] where first + length <= count {
        let stretch = split.stretch(first: first, count: length)
        let part = bytes[Int(stretch.offset)..<Int(stretch.end)]
        let lines = part.split(separator: 0x0a).map { String(decoding: $0, as: UTF8.self) }
        let found = lines.dropFirst(stretch.skippedRows).prefix(length)
        #expect(Array(found) == Array(rows[first..<first + length]), "\(first) + \(length)")
      }
    }
    let shown = try PreparedSplit.firstRows(of: split.path, count: min(5, count))
    #expect(shown == Array(rows.prefix(5)))
    #expect(try PreparedSplit.firstRows(of: split.path, count: count) == rows)
  }

  @Test func `a row longer than every buffer is one row`() throws {
    let folder = try Folder()
    let long = "{\"a\":\"\(String(repeating: "x", count: 1_200_000))\"}"
    let split = try open(folder, "{}\n\(long)\n{}")
    #expect(split.manifest.rowCount == 3)
    #expect(try PreparedSplit.firstRows(of: split.path, count: 2) == ["{}", long])
  }

  @Test func `a split without manifest says what it is itself`() throws {
    let folder = try Folder()
    let manifest = try open(folder, "abc").manifest
    #expect(
      manifest
        == DatasetManifest(
          benchmark: "gsm8k", split: "test", sourceDataset: "test.jsonl", sourceSplit: "test",
          revision: "",
          checksum: "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
          rowCount: 1))
  }

  @Test func `a manifest names the source and must fit the file`() throws {
    let folder = try Folder()
    let checksum = try open(folder, "{}\n{}\n").manifest.checksum
    func manifest(_ checksum: String, _ rows: String) throws -> DatasetManifest {
      try folder.write(
        "test.manifest.json",
        "{\"checksum\":\"\(checksum)\",\"row_count\":\(rows),\"revision\":\"r1\","
          + "\"source_dataset\":\"hub/gsm8k\",\"source_split\":\"main\"}")
      return try open(folder, "{}\n{}\n").manifest
    }
    let right = try manifest(checksum, "2")
    #expect(right.sourceDataset == "hub/gsm8k" && right.sourceSplit == "main")
    #expect(right.revision == "r1" && right.benchmark == "gsm8k" && right.checksum == checksum)
    let wrong: [(String, String, String)] = [
      ("sha256:00", "2", "its manifest says sha256:00; prepare it again"),
      (checksum, "3", "has 2 rows, its manifest says 3; prepare it again"),
      (checksum, "\"2\"", "'checksum' and 'row_count' are needed"),
      (checksum, "2,", "test.manifest.json: "),
    ]
    for (checksum, rows, message) in wrong {
      let failure = #expect(throws: DatasetError.self) { try manifest(checksum, rows) }
      #expect(failure?.description.contains(message) == true, "\(failure as Any)")
    }
  }

  @Test func `files that are missing or empty are refused with advice`() throws {
    let folder = try Folder()
    let missing = #expect(throws: DatasetError.self) {
      try PreparedSplit.open(
        path: folder.path("none.jsonl"), benchmark: "gsm8k", split: "test", cacheRoot: "")
    }
    #expect(missing?.description.hasPrefix("dataset gsm8k_test: open ") == true)
    #expect(missing?.description.hasSuffix("or set datasets.path to a JSONL file") == true)
    let empty = #expect(throws: DatasetError.self) { try open(folder, "") }
    #expect(empty?.description.hasSuffix("test.jsonl is empty") == true)
  }

  @Test func `examples that cannot be shown are refused`() throws {
    let folder = try Folder()
    let path = try open(folder, "{}\nnot json\n{}").path
    #expect(try PreparedSplit.firstRows(of: path, count: 0) == [])
    let few = #expect(throws: DatasetError.self) {
      try PreparedSplit.firstRows(of: path, count: 4)
    }
    #expect(few?.description.hasSuffix("has fewer than 4 rows; lower datasets.shots") == true)
    let broken = #expect(throws: DatasetError.self) {
      try PreparedSplit.firstRows(of: path, count: 2)
    }
    #expect(broken?.description.contains("few-shot examples: JSON in") == true)
    #expect(throws: DatasetError.self) {
      try PreparedSplit.firstRows(of: folder.path("none"), count: 1)
    }
  }

  @Test func `an index holds for the file it was made of, and for no other`() throws {
    let folder = try Folder()
    let text = String(repeating: "{\"row\":1}\n", count: 500_000)
    let opened = try open(folder, text)
    let index = folder.path("test.index")
    // A planted digest shows that the file itself is not read again.
    let bytes = try Files.read(index)
    let digest = Array(opened.manifest.checksum.dropFirst(7).utf8)
    let place = try #require(bytes.firstRange(of: digest))
    var planted = bytes
    planted.replaceSubrange(place, with: Array(repeating: UInt8(ascii: "0"), count: 64))
    try Files.replace(index, with: planted)
    var again = try reopen(folder)
    #expect(again.manifest.checksum == "sha256:" + String(repeating: "0", count: 64))
    #expect(again.blocks == opened.blocks && again.manifest.rowCount == 500_000)
    // Damage anywhere in its blocks, a cut and a foreign file make it no index.
    let damaged: [[UInt8]] = [
      Array(planted.dropLast()) + [7], Array(planted.dropLast(8)), [1, 2, 3], Array(planted[..<11]),
    ]
    for broken in damaged {
      try Files.replace(index, with: broken)
      #expect(try reopen(folder).manifest == opened.manifest)
    }
    // Equal size and new bytes are another file.
    let path = folder.path("test.jsonl")
    let other = String(repeating: "{\"row\":2}\n", count: 500_000)
    try Files.replace(path, with: Array(other.utf8))
    again = try reopen(folder)
    #expect(again.manifest.checksum != opened.manifest.checksum)
    #expect(try reopen(folder) == again)
  }

  @Test func `a remembered checksum holds until the file changes`() throws {
    let folder = try Folder()
    let text = String(repeating: "{\"row\":1}\n", count: 500_000)
    let checksum = try open(folder, text).manifest.checksum
    // Without an index, as in a folder that cannot be written.
    let index = folder.path("test.index")
    try FileManager.default.removeItem(atPath: index)
    try FileManager.default.createDirectory(atPath: index, withIntermediateDirectories: false)
    let cached = folder.path("cache/checksums")
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: cached).first)
    let record = try String(contentsOfFile: "\(cached)/\(name)", encoding: .utf8)
    #expect(record.contains(checksum.dropFirst(7)))
    // A planted digest shows that it is used at all.
    let planted = record.replacing(checksum.dropFirst(7), with: "planted")
    try folder.write("cache/checksums/\(name)", planted)
    #expect(try reopen(folder).manifest.checksum == "sha256:planted")
    let handle = try FileHandle(forWritingTo: folder.url("test.jsonl"))
    try handle.write(contentsOf: Data("{\"row\":2}".utf8))
    try handle.close()
    let changed = try reopen(folder).manifest
    #expect(changed.checksum != "sha256:planted" && changed.checksum != checksum)
    #expect(changed.rowCount == 500_000)
    // A record that cannot be read is worked out anew.
    try folder.write("cache/checksums/\(name)", "{")
    #expect(try reopen(folder).manifest == changed)
  }

  private func open(_ folder: Folder, _ text: String) throws -> PreparedSplit {
    try folder.write("test.jsonl", text)
    return try reopen(folder)
  }

  private func reopen(_ folder: Folder) throws -> PreparedSplit {
    try PreparedSplit.open(
      path: folder.path("test.jsonl"), benchmark: "gsm8k", split: "test",
      cacheRoot: folder.path("cache"))
  }
}

/// A folder that is removed with everything in it when the object goes.
private final class Folder {
  private let place: URL

  init() throws {
    place = FileManager.default.temporaryDirectory.appending(path: "split-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: place) }

  func url(_ name: String) -> URL { place.appending(path: name) }

  func path(_ name: String) -> String { url(name).path(percentEncoded: false) }

  func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: url(name)) }
}
