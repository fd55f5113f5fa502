// A folder of one test, gone when the test is.

package import Foundation
internal import Glibc

/// A new empty folder, removed with all in it when the value is given up.
///
/// With `EVALHOST_KEEP` in the environment it stays, for a look at what a failing test left.
package final class TemporaryFolder {
  /// Where it is, without symbolic links.
  package let url: URL

  /// Makes the folder; throws the error of `mkdtemp`.
  package init(_ name: String = "test") throws {
    let parent = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
    var template = Array(parent.appendingPathComponent("evalhost-\(name)-XXXXXX").path.utf8CString)
    guard mkdtemp(&template) != nil else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    let bytes = template.dropLast().map { UInt8(bitPattern: $0) }
    url = URL(fileURLWithPath: String(decoding: bytes, as: UTF8.self), isDirectory: true)
  }

  deinit {
    if ProcessInfo.processInfo.environment["EVALHOST_KEEP"] != nil {
      print("kept: \(url.path)")
    } else {
      try? FileManager.default.removeItem(at: url)
    }
  }

  /// Its path.
  package var path: String { url.path }

  /// The place of a file in it; nothing is made.
  package func file(_ name: String) -> URL { url.appendingPathComponent(name) }

  /// Writes a text file, with the folders above it; returns its place.
  @discardableResult package func write(_ text: String, to name: String) throws -> URL {
    let place = file(name)
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: place)
    return place
  }

  /// The text of a file in it.
  package func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: file(name)), as: UTF8.self)
  }
}
