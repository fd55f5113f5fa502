// Reading of JSON Lines files, packed or not, a line at a time.
internal import Glibc
internal import JSONFormat

/// Rows of JSON Lines files.
enum Lines {
  /// The rows of a file, which `gzip` unpacks when its name ends in `.gz`.
  static func read(_ path: String) throws -> [JSONValue] {
    if path.contains("'") { throw BenchFailure("\(path): a quote in a file's name") }
    return try output(of: path.hasSuffix(".gz") ? "gzip -dc '\(path)'" : "cat '\(path)'")
      .map { line throws in try JSONValue.parse(line) }
  }

  /// The lines that a shell command prints; throws when it fails.
  static func output(of command: String) throws -> [[UInt8]] {
    guard let pipe = popen(command, "r") else { throw BenchFailure("cannot run \(command)") }
    var lines: [[UInt8]] = []
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    while true {
      let length = getline(&line, &capacity, pipe)
      guard length > 0, let line else { break }
      let bytes = UnsafeBufferPointer(start: line, count: length).map { UInt8(bitPattern: $0) }
      lines.append(bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes)
    }
    free(line)
    guard pclose(pipe) == 0 else { throw BenchFailure("failed: \(command)") }
    return lines
  }
}
