// What a run has to show in the end: its four exports as bytes, and how much its store holds meanwhile.

internal import Foundation
internal import TestSupport

/// The exports of a finished run, byte for byte.
struct Exports: Equatable {
  static let names = ["completions", "eval", "scores", "errors"]

  private var bytes: [String: Data] = [:]

  /// Throws when an export is refused.
  init(_ space: Workspace) throws {
    for name in Self.names {
      let result = try space.export(name)
      guard result.exitCode == 0 else { throw Refused(what: name, result: result) }
      bytes[name] = result.rawOutput
    }
  }

  /// Lines of an export.
  func lines(_ name: String) -> [Data.SubSequence] {
    (bytes[name] ?? Data()).split(separator: UInt8(ascii: "\n"))
  }

  /// The exports that differ, each with the first line that does; empty when all are the same.
  func differences(from other: Exports) -> [String] {
    Self.names.filter { bytes[$0] != other.bytes[$0] }.map { name in
      let pairs = zip(lines(name), other.lines(name)).enumerated()
      let counts = "\(lines(name).count) and \(other.lines(name).count) lines"
      guard let pair = pairs.first(where: { $1.0 != $1.1 }) else { return "\(name): \(counts)" }
      let left = String(decoding: pair.element.0, as: UTF8.self)
      let right = String(decoding: pair.element.1, as: UTF8.self)
      return "\(name): \(counts); line \(pair.offset + 1):\n\(left)\n\(right)"
    }
  }

  /// An export that was refused.
  struct Refused: Error, CustomStringConvertible {
    let what: String
    let result: RunResult
    var description: String { "export \(what): \(result)" }
  }
}

/// Committed rows of a store.
struct StoredRows: Equatable, CustomStringConvertible {
  var completions = 0
  var verdicts = 0
  var errors = 0

  var description: String { "\(completions) completions, \(verdicts) verdicts, \(errors) errors" }

  var total: Int { completions + verdicts + errors }

  /// Whether nothing that `other` counts is missing here.
  func holds(_ other: StoredRows) -> Bool {
    completions >= other.completions && verdicts >= other.verdicts && errors >= other.errors
  }

  /// Nil as long as there is no store, or no tables in it yet.
  static func read(_ space: Workspace) throws -> StoredRows? {
    guard FileManager.default.fileExists(atPath: space.store) else { return nil }
    let rows = try space.query(
      """
      SELECT (SELECT count(*) FROM completions) || ' ' || (SELECT count(*) FROM verdicts) || ' '
        || (SELECT count(*) FROM errors)
      """)
    let numbers = (rows.first ?? "").split(separator: " ").compactMap { Int($0) }
    guard numbers.count == 3 else { return nil }
    return StoredRows(completions: numbers[0], verdicts: numbers[1], errors: numbers[2])
  }
}

extension Workspace {
  /// Files in the artifact folder that a run only makes on its way.
  func temporaryFiles() -> [String] {
    let all = FileManager.default.enumerator(atPath: artifacts)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasSuffix(".tmp") || $0.hasSuffix("-journal") }.sorted()
  }
}
