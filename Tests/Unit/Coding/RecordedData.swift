// The recorded data beside the repository, as JSON values.

import JSONFormat
import TestSupport

extension SharedData {
  /// The lines of a file, which may be packed with gzip.
  static func lines(_ path: String) throws -> [[UInt8]] {
    try contents(path).split(separator: UInt8(ascii: "\n")).map { Array($0) }
  }

  /// The whole of a file.
  static func json(_ path: String) throws -> JSONValue {
    try JSONValue.parse(Array(contents(path)))
  }
}
