// The tagged JSON of the toml-test protocol (https://github.com/toml-lang/toml-test): every value
// is an object of its type and its text. It has its own escape, so that this room imports nothing.

extension TOMLTable {
  /// The table as tagged JSON of the toml-test protocol, on one line, keys in the table's order.
  package func taggedJSON() -> String {
    var text = ""
    TOMLValue(.table(self)).appendTaggedJSON(to: &text)
    return text
  }
}

extension TOMLValue {
  fileprivate func appendTaggedJSON(to text: inout String) {
    switch content {
    case .string(let value): tag("string", value, &text)
    case .integer(let value): tag("integer", String(value), &text)
    case .float(let value): tag("float", TOMLWriter.float(value), &text)
    case .bool(let value): tag("bool", value ? "true" : "false", &text)
    case .offsetDateTime(let value): tag("datetime", value, &text)
    case .localDateTime(let value): tag("datetime-local", value, &text)
    case .localDate(let value): tag("date-local", value, &text)
    case .localTime(let value): tag("time-local", value, &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.appendTaggedJSON(to: &text)
      }
      text += "]"
    case .table(let table):
      text += "{"
      for (index, entry) in table.entries.enumerated() {
        if index > 0 { text += "," }
        text += jsonString(entry.key) + ":"
        entry.value.appendTaggedJSON(to: &text)
      }
      text += "}"
    }
  }

  private func tag(_ type: String, _ value: String, _ text: inout String) {
    text += "{\"type\":\"\(type)\",\"value\":\(jsonString(value))}"
  }
}

private func jsonString(_ value: String) -> String {
  var result = "\""
  for scalar in value.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case _ where scalar.value < 0x20: result += "\\u" + hexadecimal(scalar.value, digits: 4)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
