// Tables for people: columns as wide as their widest cell, numbers to the right, colour on request.

/// How a cell is coloured on a terminal.
package enum Tint: Sendable {
  /// The terminal's own colour.
  case none
  /// Green.
  case good
  /// Red.
  case bad
  /// Dim.
  case faint
}

/// One cell.
package struct TableCell: Sendable, ExpressibleByStringInterpolation {
  /// The text; control characters are shown, not sent.
  package var text: String
  /// The colour where colours are shown.
  package var tint: Tint
  /// Whether it stands on the right of its column.
  package var isNumber: Bool

  /// A text, perhaps in colour.
  package init(_ text: String, tint: Tint = .none) {
    self.text = printable(text)
    self.tint = tint
    isNumber = false
  }

  /// A number, on the right of its column.
  package init(_ number: some BinaryInteger, tint: Tint = .none) {
    text = String(number)
    self.tint = tint
    isNumber = true
  }

  /// A text as it is.
  package init(stringLiteral text: String) { self.init(text) }
}

/// Rows under a heading.
package struct TextTable: Sendable {
  private var rows: [[TableCell]]
  private let indent: String

  /// A table with a heading, indented by some spaces.
  package init(_ heading: [String], indent: Int = 0) {
    rows = [heading.map { TableCell($0, tint: .faint) }]
    self.indent = String(repeating: " ", count: indent)
  }

  /// Appends a row; one with fewer cells than the heading ends early.
  package mutating func add(_ row: [TableCell]) { rows.append(row) }

  /// Whether there is nothing under the heading.
  package var isEmpty: Bool { rows.count == 1 }

  /// The table's lines, each with its newline and without spaces at its end.
  package func text(inColour: Bool) -> String {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        let width = cell.text.count
        if column < widths.count {
          widths[column] = max(widths[column], width)
        } else {
          widths.append(width)
        }
      }
    }
    let isNumber = widths.indices.map { column in
      rows.dropFirst().contains { column < $0.count && $0[column].isNumber }
    }
    var text = ""
    for row in rows {
      var line = indent
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.text.count)
        let shown = inColour ? coloured(cell.text, cell.tint) : cell.text
        line += isNumber[column] ? space + shown : shown
        guard column + 1 < row.count else { continue }
        line += isNumber[column] ? "  " : space + "  "
      }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    return text
  }
}

/// A text with the colour codes of a terminal around it.
package func coloured(_ text: String, _ tint: Tint) -> String {
  switch tint {
  case .none: text
  case .good: "\u{1b}[32m\(text)\u{1b}[0m"
  case .bad: "\u{1b}[31m\(text)\u{1b}[0m"
  case .faint: "\u{1b}[2m\(text)\u{1b}[0m"
  }
}

/// A text with its control characters written out, so that names from a store, a plugin or the
/// command line cannot move the cursor or hide a line.
package func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if isControl(scalar) {
      result += scalar == "\n" ? "\\n" : "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  // C0, DEL and C1, and the marks that turn the direction of writing round.
  switch scalar.value {
  case 0..<0x20, 0x7f..<0xa0, 0x202a...0x202e, 0x2066...0x2069: true
  default: false
  }
}

/// Bytes for people, such as `3.4 GiB`: one decimal, rounded down.
package func byteText(_ bytes: UInt64) -> String {
  let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
  var unit = 0
  while unit + 1 < units.count, bytes >> (10 * UInt64(unit + 1)) > 0 { unit += 1 }
  guard unit > 0 else { return "\(bytes) B" }
  let shift = 10 * UInt64(unit)
  let whole = bytes >> shift
  let tenth = (bytes >> (shift - 10) & 1023) * 10 / 1024
  return "\(whole).\(tenth) \(units[unit])"
}
