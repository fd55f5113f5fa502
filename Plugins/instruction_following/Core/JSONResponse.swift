// A response that is JSON as a whole. What counts as JSON is what the official checker's reader takes, which
// is a little more than the standard: `NaN` and infinities are numbers, keys may repeat.

/// The whole response is one JSON text, in a Markdown fence or not.
struct JSONResponse: Instruction {
  static let id = "detectable_format:json_format"

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {}

  var wording: String {
    "Entire output should be wrapped in JSON format. You can use markdown ticks such as ```."
  }
  var asked: String { "nothing but JSON" }

  func check(_ text: ResponseText) -> Finding {
    let bytes = text.bytes
    var range = text.trimmedRange
    for fence in ["```json", "```Json", "```JSON", "```"] as [StaticString] {
      let length = fence.utf8CodeUnitCount
      if range.count >= length && bytes.has(fence, at: range.lowerBound) {
        range = (range.lowerBound + length)..<range.upperBound
      }
    }
    if range.count >= 3 && bytes.has("```", at: range.upperBound - 3) {
      range = range.lowerBound..<(range.upperBound - 3)
    }
    var scan = JSONScan(bytes: bytes, range: bytes.trimmed(range))
    guard let place = scan.failure() else { return Finding(true, "JSON") }
    return Finding(false, text: "something else at byte \(place)")
  }
}

/// Checks a JSON text in one pass, without recursion and without building anything.
private struct JSONScan {
  let bytes: [UInt8]
  let end: Int
  private var position: Int
  /// The open containers, the innermost last: true for an object.
  private var open: [Bool] = []

  /// Digits of the longest whole number that the official checker's reader takes.
  private static let mostDigits = 4300

  init(bytes: [UInt8], range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// Where the text stops being JSON; nothing when it is JSON to its end.
  mutating func failure() -> Int? {
    while true {
      skipBlanks()
      guard value() else { return position }
      // A value has ended, or a container has begun whose first value comes next.
      if isAtValue { continue }
      guard let goesOn = afterValue() else { return position }
      if !goesOn { return nil }
    }
  }

  private var isAtValue = false

  /// Reads a scalar, an empty container or the beginning of a container up to its first value.
  private mutating func value() -> Bool {
    isAtValue = false
    guard position < end else { return false }
    switch bytes[position] {
    case UInt8(ascii: "{"):
      position += 1
      skipBlanks()
      if take("}") { return true }
      open.append(true)
      isAtValue = true
      return key()
    case UInt8(ascii: "["):
      position += 1
      skipBlanks()
      if take("]") { return true }
      open.append(false)
      isAtValue = true
      return true
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "-") where !has("-Infinity"): return number()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
    default:
      return take("true") || take("false") || take("null") || take("NaN") || take("Infinity")
        || take("-Infinity")
    }
  }

  /// After a value: true when another one follows, false at the end of the text, nothing when it is wrong.
  private mutating func afterValue() -> Bool? {
    while let isObject = open.last {
      skipBlanks()
      if take(",") {
        guard isObject else { return true }
        skipBlanks()
        return key() ? true : nil
      }
      guard isObject ? take("}") : take("]") else { return nil }
      open.removeLast()
    }
    skipBlanks()
    return position == end ? false : nil
  }

  private mutating func key() -> Bool {
    guard position < end, bytes[position] == UInt8(ascii: "\""), string() else { return false }
    skipBlanks()
    return take(":")
  }

  private mutating func string() -> Bool {
    position += 1
    while position < end {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return true
      case UInt8(ascii: "\\"):
        guard escape() else { return false }
      case 0..<0x20: return false
      default: position += 1
      }
    }
    return false
  }

  private mutating func escape() -> Bool {
    guard position + 1 < end else { return false }
    switch bytes[position + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 2
      return true
    case UInt8(ascii: "u"):
      guard position + 6 <= end else { return false }
      for index in (position + 2)..<(position + 6) {
        let lower = bytes[index] | 0x20
        let isDigit = Characters.isASCIIDigit(UInt32(bytes[index]))
        guard isDigit || (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "f")) else {
          return false
        }
      }
      position += 6
      return true
    default: return false
    }
  }

  private mutating func number() -> Bool {
    _ = take("-")
    let start = position
    guard position < end else { return false }
    if !take("0") { guard digits() else { return false } }
    let whole = position - start
    var isWhole = true
    var mark = position
    if take(".") {
      if digits() { isWhole = false } else { position = mark }
    }
    mark = position
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      if digits() { isWhole = false } else { position = mark }
    }
    return !isWhole || whole <= Self.mostDigits
  }

  private mutating func digits() -> Bool {
    let start = position
    while position < end && Characters.isASCIIDigit(UInt32(bytes[position])) { position += 1 }
    return position > start
  }

  private mutating func skipBlanks() {
    while position < end {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private func has(_ text: StaticString) -> Bool {
    position + text.utf8CodeUnitCount <= end && bytes.has(text, at: position)
  }

  private mutating func take(_ text: StaticString) -> Bool {
    guard has(text) else { return false }
    position += text.utf8CodeUnitCount
    return true
  }
}
