// One way to run every reader over a text, whole or in pieces, and to write down what came of it.
// Whatever the text, each reader must say the same however the text is cut.

import TableFormats
import Testing

/// A reader and what it is told.
enum Format: Sendable {
  case csv(CSVDialect = .csv, names: [String]? = nil)
  case xml(String)
  case jsonRows([String] = [])
  case jsonLines
}

/// What a reader made of a text: a line for each record, and how it ended.
struct Outcome: Equatable, CustomStringConvertible {
  /// Each as `LINE name=text|name=text`, or `LINE bytes`, with ` !` and its problem if it has one.
  var records: [String] = []
  var error: TableError?

  var description: String {
    (records + [error.map { "error \($0)" } ?? "end"]).joined(separator: "\n")
  }
}

/// Reads `bytes` in chunks of `size`.
func outcome(
  of bytes: [UInt8], as format: Format, inChunksOf size: Int = .max,
  limit: Int = RecordLimit.standard
) -> Outcome {
  var outcome = Outcome()
  let chunks = stride(from: 0, to: bytes.count, by: min(size, max(bytes.count, 1))).map {
    Array(bytes[$0..<min(bytes.count, $0 + min(size, bytes.count))])
  }
  do throws(TableError) {
    switch format {
    case .csv(let dialect, let names):
      var reader = try CSVReader(dialect: dialect, columnNames: names, recordLimit: limit)
      for chunk in chunks {
        try reader.push(chunk.span) { record in outcome.add(record, beginningIn: bytes, lines: true)
        }
      }
      try reader.finish { record in outcome.add(record, beginningIn: bytes, lines: true) }
    case .xml(let element):
      var reader = try XMLRows(element: element, recordLimit: limit)
      for chunk in chunks {
        try reader.push(chunk.span) { outcome.add($0, beginningIn: bytes, lines: false) }
      }
      try reader.finish()
    case .jsonRows(let path):
      var reader = JSONRows(path: path, recordLimit: limit)
      for chunk in chunks {
        try reader.push(chunk.span) { start, value in outcome.add(start, value, of: bytes) }
      }
      try reader.finish()
    case .jsonLines:
      var reader = JSONLinesReader(recordLimit: limit)
      for chunk in chunks {
        try reader.push(chunk.span) { start, value in outcome.add(start, value, of: bytes) }
      }
      try reader.finish { start, value in outcome.add(start, value, of: bytes) }
    }
  } catch {
    outcome.error = error
  }
  return outcome
}

/// Reads `bytes` whole and in pieces of some sizes, and records an issue where these differ.
func steadyOutcome(
  of bytes: [UInt8], as format: Format, limit: Int = RecordLimit.standard,
  sizes: [Int] = [1, 2, 3, 7, 64]
) -> Outcome {
  let whole = outcome(of: bytes, as: format, limit: limit)
  for size in sizes where size < bytes.count || size == 1 {
    let pieces = outcome(of: bytes, as: format, inChunksOf: size, limit: limit)
    if pieces != whole {
      Issue.record("in pieces of \(size):\n\(pieces)\nbut whole:\n\(whole)\nof \(bytes)")
    }
  }
  return whole
}

extension Outcome {
  mutating func add(_ record: TableRecord, beginningIn source: [UInt8], lines: Bool) {
    let fields = record.fields.map { "\($0.name)=\($0.text)" }.joined(separator: "|")
    let problem = record.problem.map { " !\($0.message)" } ?? ""
    records.append("\(record.start.line) \(fields)\(problem)")
    let offset = record.start.byteOffset
    let before: [UInt8] =
      offset == 0 || offset == 3 && source[0] == 0xef ? [10] : [source[offset - 1]]
    let isRight = lines ? before == [10] || before == [13] : source[offset] == UInt8(ascii: "<")
    if !isRight { Issue.record("no record begins at byte \(offset)") }
  }

  mutating func add(_ start: RecordStart, _ value: Span<UInt8>, of source: [UInt8]) {
    let bytes = value.indices.map { value[$0] }
    records.append("\(start.line) \(String(decoding: bytes, as: UTF8.self))")
    if Array(source[start.byteOffset...].prefix(bytes.count)) != bytes {
      Issue.record("the value does not stand at byte \(start.byteOffset)")
    }
  }
}

/// A text and what a reader must make of it.
struct Reading: Sendable, CustomTestStringConvertible {
  var name: String
  var format: Format
  var text: String
  var records: [String]
  /// The error as it is shown, or nil.
  var error: String?
  var testDescription: String { name }

  init(
    _ name: String, _ format: Format, _ text: String, _ records: [String] = [], error: String? = nil
  ) {
    self.name = name
    self.format = format
    self.text = text
    self.records = records
    self.error = error
  }

  func check() {
    let outcome = steadyOutcome(of: Array(text.utf8), as: format)
    if outcome.records != records || outcome.error?.description != error {
      let expected = (records + [error.map { "error \($0)" } ?? "end"]).joined(separator: "\n")
      Issue.record("\(name): expected\n\(expected)\nbut got\n\(outcome)")
    }
  }
}
