// Reads the recorded model outputs that lie beside the repository, when they do.

import Foundation
import JSONFormat

/// Access to `../shared/data` next to the repository.
enum RecordedData {
  /// The data folder, found by walking up from this file; nothing when the data is not here.
  static let folder: URL? = {
    var place = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    while place.path != "/" {
      place.deleteLastPathComponent()
      let candidate = place.appendingPathComponent("shared/data")
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
    }
    return nil
  }()

  /// True when the data is here; tests that need it are skipped otherwise.
  static let isPresent = folder != nil

  /// The lines of a file, which may be packed with gzip.
  static func lines(_ path: String) throws -> [[UInt8]] {
    guard let folder else { return [] }
    let file = folder.appendingPathComponent(path)
    let data = try path.hasSuffix(".gz") ? unpacked(file) : Data(contentsOf: file)
    return data.split(separator: UInt8(ascii: "\n")).map { Array($0) }
  }

  /// The whole of a file.
  static func json(_ path: String) throws -> JSONValue {
    guard let folder else { return .null }
    return try JSONValue.parse(Array(Data(contentsOf: folder.appendingPathComponent(path))))
  }

  private static func unpacked(_ file: URL) throws -> Data {
    let gzip = Process()
    let output = Pipe()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
    gzip.arguments = ["-dc", file.path]
    gzip.standardOutput = output
    try gzip.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    gzip.waitUntilExit()
    return data
  }
}
