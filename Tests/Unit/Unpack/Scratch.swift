// A folder for one test, and what an archive becomes in it.

import Foundation
import Testing
import Unpack

/// A folder that is removed with everything in it when the object goes.
final class Scratch {
  private let place: URL

  init() throws {
    // In memory where that is possible: each success waits until its file system is on the disk, and so
    // for whatever else is being written there.
    let memory = "/dev/shm"
    let above =
      FileManager.default.isWritableFile(atPath: memory)
      ? URL(filePath: memory) : FileManager.default.temporaryDirectory
    place = above.appending(path: "unpack-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: place) }

  func path(_ name: String) -> String { place.appending(path: name).path(percentEncoded: false) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: place.appending(path: name))
  }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      at: place.appending(path: name), withIntermediateDirectories: true)
  }

  /// Everything in a folder: the bytes of files, nil for folders and for what a link would lead to.
  func contents(_ name: String = "") throws -> [String: [UInt8]?] {
    var found: [String: [UInt8]?] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: self.path(name)) {
      let whole = self.path(name.isEmpty ? path : "\(name)/\(path)")
      let type =
        try FileManager.default.attributesOfItem(atPath: whole)[.type] as? FileAttributeType
      found[path] = .some(
        type == .typeRegular ? Array(try Data(contentsOf: URL(filePath: whole))) : nil)
    }
    return found
  }

  /// The files in a folder and their bytes.
  func files(_ name: String) throws -> [String: [UInt8]] {
    try contents(name).compactMapValues { $0 }
  }

  /// Unpacks bytes into `out` and returns the files that are there; what is reported must agree.
  func unpack(
    _ archive: [UInt8], _ kind: Archive.Kind, _ limits: UnpackLimits = UnpackLimits()
  ) throws -> [String: [UInt8]] {
    try write("archive", archive)
    let reported = try Archive.unpack(
      path("archive"), kind: kind, into: path("out"), limits: limits)
    let found = try files("out")
    #expect(
      Dictionary(uniqueKeysWithValues: reported.map { ($0.path, $0.size) })
        == found.mapValues(\.count))
    return found
  }
}

/// Expects an archive to be refused with these words, and everything to be as before.
func expectRefusal(
  _ archive: [UInt8], _ kind: Archive.Kind, _ words: String,
  limits: UnpackLimits = UnpackLimits(), location: SourceLocation = #_sourceLocation
) throws {
  let scratch = try Scratch()
  try scratch.makeFolder("place")
  try scratch.write("place/archive", archive)
  try scratch.write("victim", [1, 2, 3])
  let before = try scratch.contents()
  do {
    _ = try Archive.unpack(
      scratch.path("place/archive"), kind: kind, into: scratch.path("place/out"), limits: limits)
    Issue.record("was unpacked instead of: \(words)", sourceLocation: location)
  } catch {
    let text = error.description
    #expect(
      text.contains(words) && text.hasPrefix(scratch.path("place/archive"))
        && text.utf8.allSatisfy { $0 >= 0x20 }, "\(text)", sourceLocation: location)
  }
  #expect(try scratch.contents() == before, sourceLocation: location)
}

/// Unpacks every shorter beginning of an archive, each of which must be refused without leaving anything.
func expectEveryCutRefused(_ archive: [UInt8], _ kind: Archive.Kind, from first: Int = 0) throws {
  let scratch = try Scratch()
  for count in first..<archive.count {
    try scratch.write("archive", Array(archive.prefix(count)))
    #expect(throws: UnpackError.self, "cut after \(count) bytes") {
      try Archive.unpack(scratch.path("archive"), kind: kind, into: scratch.path("out"))
    }
  }
  #expect(try scratch.contents().keys.sorted() == ["archive"])
}

/// Unpacks an archive with each of its bits flipped in turn, or with every `step`th.
///
/// Among zeros it is one bit of 128: most of them are padding, and each success waits for the disk. Whatever comes of it must stay in its folder; `check` is given what was unpacked in spite of the damage.
func flipBits(
  of archive: [UInt8], _ kind: Archive.Kind, step: Int = 1, _ check: ([String: [UInt8]]) -> Bool
) throws {
  let scratch = try Scratch()
  for bit in stride(from: 0, to: archive.count * 8, by: step) {
    if archive[bit / 8] == 0 && bit % 128 != bit / 128 % 128 { continue }
    var damaged = archive
    damaged[bit / 8] ^= 1 << UInt8(bit % 8)
    try scratch.write("archive", damaged)
    let unpacked = try? Archive.unpack(
      scratch.path("archive"), kind: kind, into: scratch.path("out"))
    if unpacked != nil {
      if try !check(scratch.files("out")) { Issue.record("bit \(bit) was flipped unnoticed") }
      try FileManager.default.removeItem(atPath: scratch.path("out"))
    }
  }
  #expect(try scratch.contents().keys.sorted() == ["archive"])
}
