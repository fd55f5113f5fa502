// Rows as JSON objects or as CSV records: one call a column, the same calls for both.

import JSONFormat

/// Writes rows into a buffer that goes to a sink whenever it is large.
struct ExportWriter {
  private let format: ExportFormat
  private let path: String
  private var json = JSONWriter(capacity: 1 << 17)
  private var csv: [UInt8] = []
  private var isFirstCell = true

  /// `path` is for errors alone.
  init(_ format: ExportFormat, path: String) {
    self.format = format
    self.path = path
  }

  /// The names of all columns; JSON needs none.
  mutating func header(_ columns: [String]) {
    guard format == .csv else { return }
    csv.append(contentsOf: columns.joined(separator: ",").utf8)
    csv.append(UInt8(ascii: "\n"))
  }

  /// Begins a row.
  mutating func beginRow() {
    isFirstCell = true
    if format == .jsonl { json.beginObject() }
  }

  /// Ends the row.
  mutating func endRow() {
    switch format {
    case .jsonl:
      json.endObject()
      json.endLine()
    case .csv: csv.append(UInt8(ascii: "\n"))
    }
  }

  /// Writes valid UTF-8; throws `corrupt` for anything else.
  mutating func text(_ column: String, _ text: Bytes) throws(StoreError) {
    switch format {
    case .jsonl:
      json.key(text: column)
      do {
        try json.string(utf8: text)
      } catch {
        throw StoreError(.corrupt, path: path, detail: "\(column): a text is not UTF-8")
      }
    case .csv:
      beginCell()
      appendQuoted(text)
    }
  }

  /// Writes a text.
  mutating func text(_ column: String, _ text: String) {
    switch format {
    case .jsonl:
      json.key(text: column)
      json.string(text)
    case .csv:
      beginCell()
      appendQuoted(text.utf8)
    }
  }

  /// Writes a whole number.
  mutating func integer(_ column: String, _ value: Int64) {
    switch format {
    case .jsonl:
      json.key(text: column)
      json.integer(value)
    case .csv:
      beginCell()
      csv.append(contentsOf: String(value).utf8)
    }
  }

  /// Writes `true` or `false`.
  mutating func bool(_ column: String, _ value: Bool) {
    switch format {
    case .jsonl:
      json.key(text: column)
      json.bool(value)
    case .csv:
      beginCell()
      csv.append(contentsOf: (value ? "true" : "false").utf8)
    }
  }

  /// Writes a checked JSON text as it is.
  mutating func raw(_ column: String, _ text: some Collection<UInt8>) {
    switch format {
    case .jsonl:
      json.key(text: column)
      json.raw(Array(text))
    case .csv:
      beginCell()
      appendQuoted(text)
    }
  }

  /// Leaves a column out: no key in JSON, an empty cell in CSV.
  mutating func none(_ column: String) {
    if format == .csv { beginCell() }
  }

  /// Writes a whole number, or leaves the column out.
  mutating func integerOrNone(_ column: String, _ value: Int64?) {
    if let value { integer(column, value) } else { none(column) }
  }

  /// Gives the buffer to the sink when it holds 64 KiB or more.
  mutating func flushIfLarge(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    if max(json.bytes.count, csv.count) >= 1 << 16 { try flush(to: sink) }
  }

  /// Gives what is left to the sink.
  mutating func flush(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    if !json.bytes.isEmpty { try json.bytes.withUnsafeBytes { try sink($0) } }
    if !csv.isEmpty { try csv.withUnsafeBytes { try sink($0) } }
    json.removeAll()
    csv.removeAll(keepingCapacity: true)
  }

  private mutating func beginCell() {
    if !isFirstCell { csv.append(UInt8(ascii: ",")) }
    isFirstCell = false
  }

  private mutating func appendQuoted(_ text: some Collection<UInt8>) {
    let quote = UInt8(ascii: "\"")
    csv.append(quote)
    for byte in text {
      if byte == quote { csv.append(quote) }
      csv.append(byte)
    }
    csv.append(quote)
  }
}
