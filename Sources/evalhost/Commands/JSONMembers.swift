// Members of JSON objects in one call each, for the commands' `--json`.
internal import JSONFormat

extension JSONWriter {
  mutating func member(_ key: StaticString, _ text: String) {
    self.key(key)
    string(text)
  }

  /// A text, or null.
  mutating func member(_ key: StaticString, _ text: String?) {
    self.key(key)
    if let text { string(text) } else { null() }
  }

  mutating func member(_ key: StaticString, _ number: Int64) {
    self.key(key)
    integer(number)
  }

  /// A number, or null.
  mutating func member(_ key: StaticString, _ number: Int64?) {
    self.key(key)
    if let number { integer(number) } else { null() }
  }

  mutating func member(_ key: StaticString, _ flag: Bool) {
    self.key(key)
    bool(flag)
  }

  mutating func member(_ key: StaticString, _ texts: [String]) {
    self.key(key)
    beginArray()
    for text in texts { string(text) }
    endArray()
  }
}
