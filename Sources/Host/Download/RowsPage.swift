// One answer of the hub's rows API, read without decoding the rows: they go to the cache as they came.
internal import JSONFormat

/// Up to a hundred rows of a split.
struct RowsPage: Equatable {
  /// A row and its number in the split.
  struct Row: Equatable {
    var index: Int
    /// One JSON text without line breaks.
    var json: [UInt8]
    /// Columns whose values the server has shortened.
    var truncated: [String]
  }

  var rows: [Row] = []
  /// Rows of the split.
  var total: Int?
  /// The server knows only a part of the set.
  var isPartial = false

  /// Reads `{"rows": [{"row_idx": 0, "row": {...}, "truncated_cells": []}], "num_rows_total": 1, ...}`.
  init(_ bytes: [UInt8]) throws(JSONError) {
    var page = RowsPage()
    try JSON.read(bytes) { cursor throws(JSONError) in
      try cursor.beginObject()
      while let key = try cursor.nextKey() {
        switch key {
        case "rows":
          try cursor.beginArray()
          while try cursor.nextElement() { page.rows.append(try Self.row(&cursor, in: bytes)) }
        case "num_rows_total": page.total = try cursor.readInt()
        case "partial": page.isPartial = try cursor.readBool()
        default: try cursor.skip()
        }
      }
    }
    self = page
  }

  private init() {}

  private static func row(
    _ cursor: inout JSONCursor, in bytes: [UInt8]
  ) throws(JSONError) -> Row {
    var row = Row(index: -1, json: [], truncated: [])
    try cursor.beginObject()
    while let key = try cursor.nextKey() {
      switch key {
      case "row_idx": row.index = try cursor.readInt()
      case "row": row.json = withoutLineBreaks(bytes[try cursor.rawValue()])
      case "truncated_cells":
        try cursor.beginArray()
        while try cursor.nextElement() { row.truncated.append(try cursor.readString()) }
      default: try cursor.skip()
      }
    }
    return row
  }

  /// A JSON text as one line; without blanks between its tokens if it had line breaks there.
  private static func withoutLineBreaks(_ json: ArraySlice<UInt8>) -> [UInt8] {
    guard json.contains(where: { $0 == 0x0a || $0 == 0x0d }) else { return Array(json) }
    var line: [UInt8] = []
    var isInString = false
    var isEscaped = false
    for byte in json {
      if isInString || byte > 0x20 { line.append(byte) }
      guard isInString else {
        isInString = byte == UInt8(ascii: "\"")
        continue
      }
      isInString = isEscaped || byte != UInt8(ascii: "\"")
      isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
    }
    return line
  }
}
