// TOML text from a table, in one spelling: values before sub-tables, one key a line, strings in
// quotation marks on one line, sub-tables under headers. Reading it back gives the same values.

/// Writes tables as TOML 1.0.
package struct TOMLWriter {
  /// A remark for a value, written after it as a comment; the path has array indices as digits.
  package typealias Remark = (_ path: [String]) -> String?

  private var text = ""
  private let remark: Remark

  private init(remark: @escaping Remark) { self.remark = remark }

  /// The text of a table, ending in a line feed unless empty.
  ///
  /// `remark` gives the comment to write after a value, or nil; line ends and other control
  /// characters in it become spaces.
  package static func text(
    _ table: TOMLTable, remark: @escaping Remark = { _ in nil }
  ) -> String {
    var writer = TOMLWriter(remark: remark)
    writer.write(table, header: [], path: [])
    return writer.text
  }

  /// The text of one value as it stands after an equals sign, tables inline.
  package static func text(_ value: TOMLValue) -> String { inline(value) }

  /// The text of a dotted key, quoted where it must be.
  package static func key(_ path: [String]) -> String {
    path.map { part in
      let isBare = !part.isEmpty && part.utf8.allSatisfy(\.isBareKey)
      return isBare ? part : quoted(part)
    }.joined(separator: ".")
  }

  private mutating func write(_ table: TOMLTable, header: [String], path: [String]) {
    for entry in table.entries where !entry.value.hasHeader {
      text += "\(Self.key([entry.key])) = \(Self.inline(entry.value))"
      if let remark = remark(path + [entry.key]) { text += "  # " + Self.oneLine(remark) }
      text += "\n"
    }
    for entry in table.entries {
      let below = header + [entry.key]
      switch entry.value.content {
      case .table(let child):
        let needsHeader = child.isEmpty || child.entries.contains { !$0.value.hasHeader }
        if needsHeader { startSection("[\(Self.key(below))]") }
        write(child, header: below, path: path + [entry.key])
      case .array(let elements) where entry.value.hasHeader:
        for (index, element) in elements.enumerated() {
          guard case .table(let child) = element.content else { continue }
          startSection("[[\(Self.key(below))]]")
          write(child, header: below, path: path + [entry.key, String(index)])
        }
      default: break
      }
    }
  }

  private mutating func startSection(_ header: String) {
    if !text.isEmpty { text += "\n" }
    text += header + "\n"
  }

  private static func oneLine(_ remark: String) -> String {
    String(String.UnicodeScalarView(remark.unicodeScalars.map { isControl($0) ? " " : $0 }))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || scalar.value == 0x7F
  }

  private static func inline(_ value: TOMLValue) -> String {
    switch value.content {
    case .string(let text): return quoted(text)
    case .integer(let number): return String(number)
    case .float(let number): return float(number)
    case .bool(let flag): return flag ? "true" : "false"
    case .offsetDateTime(let text), .localDateTime(let text), .localDate(let text),
      .localTime(let text):
      return text
    case .array(let values): return "[" + values.map(inline).joined(separator: ", ") + "]"
    case .table(let table):
      if table.isEmpty { return "{}" }
      let entries = table.entries.map { "\(key([$0.key])) = \(inline($0.value))" }
      return "{ " + entries.joined(separator: ", ") + " }"
    }
  }

  /// The shortest text that reads back as the same number; NaN loses its sign and payload.
  static func float(_ number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    return number.description
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where isControl(scalar): result += "\\u" + hexadecimal(scalar.value, digits: 4)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension TOMLValue {
  /// Whether the writer gives the value headers of its own: a table, or only tables in an array.
  fileprivate var hasHeader: Bool {
    switch content {
    case .table: return true
    case .array(let values):
      return !values.isEmpty
        && values.allSatisfy { if case .table = $0.content { true } else { false } }
    default: return false
    }
  }
}
