// Free-form tables, of a configuration or a declaration, travel on as JSON.
package import JSONFormat
package import TOMLFormat

extension TOMLTable {
  /// The table as a JSON object, keys in their order.
  package var json: JSONValue {
    .object(entries.map { JSONMember(key: $0.key, value: $0.value.json) })
  }
}

extension TOMLValue {
  /// The value as JSON: times as strings, floats that are not finite as null.
  package var json: JSONValue {
    switch content {
    case .string(let text), .offsetDateTime(let text), .localDateTime(let text),
      .localDate(let text), .localTime(let text):
      .string(text)
    case .integer(let number): .integer(number)
    case .float(let number): number.isFinite ? .number(number) : .null
    case .bool(let flag): .bool(flag)
    case .array(let elements): .array(elements.map(\.json))
    case .table(let table): table.json
    }
  }
}
