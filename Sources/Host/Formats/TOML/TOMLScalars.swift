// Values without marks around them: booleans, integers, floats, dates and times.

extension TOMLParser {
  /// A value that is neither a string, an array nor an inline table.
  mutating func scalar() throws(TOMLError) -> TOMLValue.Content {
    let start = cursor.position
    let token = scalarToken()
    let text = String(decoding: token, as: UTF8.self)
    func fail(_ message: String) -> TOMLError { cursor.fail(message, at: start) }
    switch text {
    case "": throw fail("expected a value, found \(cursor.nextDescribed)")
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "inf", "+inf": return .float(.infinity)
    case "-inf": return .float(-.infinity)
    case "nan", "+nan", "-nan": return .float(.nan)
    default: break
    }
    guard let first = token.first, first.isDigit || "+-.".utf8.contains(first) else {
      if ["true", "false", "inf", "nan"].contains(text.lowercased()) {
        throw fail("'\(text)' is not a value; write '\(text.lowercased())' in lower case")
      }
      throw fail("'\(text)' is not a value; text needs quotation marks")
    }
    let isDate = token.count > 4 && token[4] == .minus && token[..<4].allSatisfy(\.isDigit)
    if isDate || (token.count > 2 && token[2] == UInt8(ascii: ":")) {
      let reader = TOMLTimeReader(token)
      guard let content = reader.content() else { throw fail(reader.problem(text)) }
      return content
    }
    return try number(token, text, fail)
  }

  /// The bytes up to what ends a bare value; a date takes in the time after one space.
  private mutating func scalarToken() -> [UInt8] {
    let first = cursor.index
    skipToken()
    let length = cursor.index - first
    let bytes = cursor.bytes
    if length == 10, bytes[first + 4] == .minus, bytes[first + 7] == .minus,
      cursor.next == .space, let after = cursor.peek(1), after.isDigit
    {
      cursor.advance()
      skipToken()
    }
    return Array(bytes[first..<cursor.index])
  }

  private mutating func skipToken() {
    while let byte = cursor.next, byte > .space, byte != 0x7F, !",]}#".utf8.contains(byte) {
      cursor.advance()
    }
  }

  private func number(
    _ token: [UInt8], _ text: String, _ fail: (String) -> TOMLError
  ) throws(TOMLError) -> TOMLValue.Content {
    let digits = token[(token[0] == .minus || token[0] == .plus ? 1 : 0)...]
    if digits.count > 1, digits.first == UInt8(ascii: "0"),
      let radix = radixes[digits[digits.startIndex + 1]]
    {
      guard digits.count == token.count else {
        throw fail("'\(text)' has a sign; only decimal integers may have one")
      }
      guard let plain = withoutUnderscores(token[2...], where: { $0.digit(radix: radix) != nil })
      else { throw fail("'\(text)' is not an integer of base \(radix)") }
      guard let value = Int64(plain, radix: Int(radix)) else { throw fail(tooLarge(text)) }
      return .integer(value)
    }
    if let plain = withoutUnderscores(digits, where: \.isDigit) {
      try refuseLeadingZero(digits, text, fail)
      guard let value = Int64((token[0] == .minus ? "-" : "") + plain) else {
        throw fail(tooLarge(text))
      }
      return .integer(value)
    }
    return .float(try float(digits, text, isNegative: token[0] == .minus, fail))
  }

  private func float(
    _ digits: ArraySlice<UInt8>, _ text: String, isNegative: Bool, _ fail: (String) -> TOMLError
  ) throws(TOMLError) -> Double {
    let notNumber = fail(
      "'\(text)' is not a number; write e.g. 3, 0.5 or 1e-3, and text in quotation marks")
    let exponentMark = digits.firstIndex { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
    let mantissa = digits[..<(exponentMark ?? digits.endIndex)]
    let point = mantissa.firstIndex(of: UInt8(ascii: "."))
    let whole = mantissa[..<(point ?? mantissa.endIndex)]
    guard var plain = withoutUnderscores(whole, where: \.isDigit) else { throw notNumber }
    try refuseLeadingZero(whole, text, fail)
    if let point {
      guard let part = withoutUnderscores(mantissa[(point + 1)...], where: \.isDigit) else {
        throw notNumber
      }
      plain += "." + part
    }
    if let exponentMark {
      var exponent = digits[(exponentMark + 1)...]
      plain += "e"
      if let sign = exponent.first, sign == .minus || sign == .plus {
        exponent = exponent.dropFirst()
        if sign == .minus { plain += "-" }
      }
      guard let part = withoutUnderscores(exponent, where: \.isDigit) else { throw notNumber }
      plain += part
    }
    guard let value = Double(plain), value.isFinite else { throw fail(tooLarge(text)) }
    return isNegative ? -value : value
  }

  private func refuseLeadingZero(
    _ digits: ArraySlice<UInt8>, _ text: String, _ fail: (String) -> TOMLError
  ) throws(TOMLError) {
    if digits.count > 1, digits.first == UInt8(ascii: "0") {
      throw fail("'\(text)' begins with a zero; remove the leading zeros")
    }
  }
}

private let radixes: [UInt8: UInt8] = [
  UInt8(ascii: "x"): 16, UInt8(ascii: "o"): 8, UInt8(ascii: "b"): 2,
]

private func tooLarge(_ text: String) -> String {
  "'\(text)' is out of range; integers have 64 bits, floats are below 1.8e308"
}

/// The digits alone, or nil unless every underscore stands between two digits.
private func withoutUnderscores(
  _ text: ArraySlice<UInt8>, where isDigit: (UInt8) -> Bool
) -> String? {
  var plain: [UInt8] = []
  var afterDigit = false
  for byte in text {
    if byte == UInt8(ascii: "_") {
      guard afterDigit else { return nil }
      afterDigit = false
    } else {
      guard isDigit(byte) else { return nil }
      plain.append(byte)
      afterDigit = true
    }
  }
  return afterDigit ? String(decoding: plain, as: UTF8.self) : nil
}

extension UInt8 {
  static let minus = UInt8(ascii: "-")
  static let plus = UInt8(ascii: "+")
}
