// Finds the numbers in an answer that AnswerText has made plain, and decides whether the answer as a
// whole states one number: "$1,234.50 dollars" does, "12 + 6 = 18" and "2 hours and 5 minutes" do not.

/// What an answer text says when it is read as a number.
package enum NumberReading: Sendable {
  /// Exactly one number, whatever units and words stand around it.
  case single(ExactNumber)
  /// No number at all.
  case none
  /// Several different numbers, or an expression that was not worked out.
  case ambiguous
}

/// Reads numbers from plain answer text.
package struct NumberReader {
  /// Longer texts are not read as one number.
  package static let longestAnswer = 1024

  private let text: [UInt8]
  private var index = 0
  private var found: ExactNumber?
  private var hasOperator = false
  private var differs = false
  private var sawSeveral = false
  private var mayRepeat = false
  private let groupsBySpace: Bool

  private init(text: [UInt8], groupsBySpace: Bool) {
    self.text = text
    self.groupsBySpace = groupsBySpace
  }

  /// Reads a part of an answer in its original spelling.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8 text.
  ///   - range: The part to read; more than ``longestAnswer`` bytes are ambiguous.
  /// - Returns: One number, none, or something that is not one number.
  package static func read(_ bytes: [UInt8], in range: Range<Int>) -> NumberReading {
    if let quick = plainInteger(bytes, in: range) { return .single(quick) }
    if range.count > longestAnswer { return .ambiguous }
    var reader = NumberReader(text: AnswerText.plain(bytes, in: range), groupsBySpace: true)
    return reader.readAll()
  }

  /// The usual answer, up to 18 digits and nothing else, without copying it.
  private static func plainInteger(_ bytes: [UInt8], in range: Range<Int>) -> ExactNumber? {
    var value: UInt64 = 0
    if range.isEmpty || range.count > 18 { return nil }
    for index in range {
      if !AnswerText.isDigit(bytes[index]) { return nil }
      value = value * 10 + UInt64(bytes[index] & 0x0F)
    }
    return ExactNumber(
      isNegative: false, numerator: DecimalMagnitude(small: value, exponent: 0))
  }

  private mutating func readAll() -> NumberReading {
    while index < text.count {
      let byte = text[index]
      if AnswerText.isDigit(byte) || (byte == UInt8(ascii: ".") && digit(at: index + 1)) {
        if isPartOfName() {
          skipDigits()
        } else {
          noteNumber()
        }
      } else {
        noteSymbol(byte)
        index += 1
      }
    }
    guard let found else { return hasOperator ? .ambiguous : .none }
    if hasOperator || differs || (sawSeveral && !mayRepeat) { return .ambiguous }
    return .single(found)
  }

  // MARK: Symbols between numbers

  private mutating func noteSymbol(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "*"), UInt8(ascii: "^"), AnswerText.mathematics:
      // `m^2` is a unit; `2^3` and `(…)^3` are expressions.
      let before = previousNonBlank(index)
      if byte == UInt8(ascii: "^") {
        if let before, AnswerText.isLetter(before) { return }
        if !digit(at: index + 1) { return }
      }
      hasOperator = true
    case UInt8(ascii: "+"):
      if previousNonBlank(index) != nil { hasOperator = true }
    case UInt8(ascii: "/"):
      if digit(at: nextNonBlank(index + 1)) { hasOperator = true }
    case UInt8(ascii: "-"):
      noteHyphen()
    case UInt8(ascii: ":"):
      if index > 0 && AnswerText.isDigit(text[index - 1]) && digit(at: index + 1) {
        hasOperator = true
      }
    case UInt8(ascii: "="), UInt8(ascii: "("):
      mayRepeat = true
    default: break
    }
  }

  /// A hyphen is a minus between operands when a digit or bracket follows and an operand precedes.
  private mutating func noteHyphen() {
    let next = nextNonBlank(index + 1)
    guard next < text.count, let before = previousNonBlank(index) else { return }
    let operandFollows =
      AnswerText.isDigit(text[next]) || text[next] == UInt8(ascii: "(")
      || (next > index + 1 && AnswerText.isLetter(text[next]))
    let operandPrecedes =
      AnswerText.isDigit(before) || AnswerText.isLetter(before) || before == UInt8(ascii: ")")
      || before == UInt8(ascii: "%")
    if operandFollows && operandPrecedes { hasOperator = true }
  }

  // MARK: Numbers

  /// True for digits inside a name or a unit: `m2`, `m^2`, `x_1`, `CO2`.
  private func isPartOfName() -> Bool {
    guard index > 0 else { return false }
    let before = text[index - 1]
    return AnswerText.isLetter(before) || before == UInt8(ascii: "_")
      || before == UInt8(ascii: "^")
  }

  private mutating func skipDigits() {
    while index < text.count
      && (AnswerText.isDigit(text[index]) || text[index] == UInt8(ascii: "."))
    { index += 1 }
  }

  private mutating func noteNumber() {
    let isNegative = signBefore(index)
    guard let number = readNumber(isNegative: isNegative) else {
      hasOperator = true
      return
    }
    if isVariable(at: index) { hasOperator = true }
    if let found {
      sawSeveral = true
      if !found.hasSameFigure(as: number) { differs = true }
    } else {
      found = number
    }
  }

  /// `4x` is a term, `4 m` and `4cm` are amounts.
  private func isVariable(at position: Int) -> Bool {
    guard position < text.count else { return false }
    let byte = text[position] | 0x20
    if byte < UInt8(ascii: "x") || byte > UInt8(ascii: "z") { return false }
    return position + 1 == text.count || !AnswerText.isLetter(text[position + 1])
  }

  private func signBefore(_ position: Int) -> Bool {
    var cursor = position - 1
    while cursor >= 0 && text[cursor] == UInt8(ascii: " ") { cursor -= 1 }
    guard cursor >= 0, text[cursor] == UInt8(ascii: "-") else { return false }
    guard let before = previousNonBlank(cursor) else { return true }
    // A loose dash inside a sentence is punctuation; only an attached one is a sign there.
    return cursor == position - 1 && !AnswerText.isDigit(before)
      && !AnswerText.isLetter(before) && before != UInt8(ascii: ")")
      || before == UInt8(ascii: "=")
  }

  private mutating func readNumber(isNegative: Bool) -> ExactNumber? {
    guard let first = readDecimal() else { return nil }
    var numerator = first.value
    var denominator = DecimalMagnitude.one
    if let bottom = denominatorAhead(from: index) {
      index = bottom.next
      denominator = bottom.value
    } else if first.isWhole, let mixed = mixedPart(after: first.value) {
      numerator = mixed.numerator
      denominator = mixed.denominator
      index = mixed.next
    }
    return ExactNumber(
      isNegative: isNegative, numerator: numerator, denominator: denominator,
      isPercent: readPercent())
  }

  /// Reads digits with thousands separators, a fraction and an exponent, and moves past them.
  private mutating func readDecimal() -> (value: DecimalMagnitude, isWhole: Bool)? {
    var digits: [UInt8] = []
    while digit(at: index) {
      digits.append(text[index] & 0x0F)
      index += 1
    }
    if (1...3).contains(digits.count) { readGroups(into: &digits) }
    var exponent = 0
    var isWhole = true
    if index < text.count && text[index] == UInt8(ascii: ".") && digit(at: index + 1) {
      isWhole = false
      index += 1
      while digit(at: index) {
        digits.append(text[index] & 0x0F)
        exponent -= 1
        index += 1
      }
    }
    guard let scale = readScale() else { return nil }
    if scale != 0 { isWhole = false }
    skipFullHour()
    // A second point or comma makes it a version, a date or a list, not a number.
    if index < text.count && text[index] == UInt8(ascii: ".") && digit(at: index + 1) { return nil }
    return (DecimalMagnitude(digits: digits, exponent: exponent + scale), isWhole)
  }

  /// Passes over `:00`, so that 2:00 pm answers "at what hour"; 2:10 and 3:4 stay no numbers.
  private mutating func skipFullHour() {
    let end = index + 3
    guard end <= text.count, text[index..<end].elementsEqual(":00".utf8), !digit(at: end),
      end == text.count || text[end] != UInt8(ascii: ":")
    else { return }
    index = end
  }

  private mutating func readGroups(into digits: inout [UInt8]) {
    while index < text.count {
      let separator = text[index]
      guard
        separator == UInt8(ascii: ",") || (separator == UInt8(ascii: " ") && groupsBySpace),
        digit(at: index + 1), digit(at: index + 2), digit(at: index + 3), !digit(at: index + 4)
      else { return }
      if separator == UInt8(ascii: " ") && denominatorAhead(from: index + 4) != nil { return }
      for offset in 1...3 { digits.append(text[index + offset] & 0x0F) }
      index += 4
    }
  }

  /// The power of ten of `e3`, `E-3` or `* 10^3` after a number; 0 when there is none, nothing
  /// when it has more digits than any number anyone means.
  private mutating func readScale() -> Int? {
    var cursor = index
    if cursor < text.count && text[cursor] | 0x20 == UInt8(ascii: "e") {
      cursor += 1
    } else {
      cursor = nextNonBlank(cursor)
      guard cursor < text.count, text[cursor] == UInt8(ascii: "*") else { return 0 }
      cursor = nextNonBlank(cursor + 1)
      guard cursor + 2 < text.count, text[cursor] == UInt8(ascii: "1"),
        text[cursor + 1] == UInt8(ascii: "0"), text[cursor + 2] == UInt8(ascii: "^")
      else { return 0 }
      cursor += 3
    }
    var isNegative = false
    if cursor < text.count
      && (text[cursor] == UInt8(ascii: "-") || text[cursor] == UInt8(ascii: "+"))
    {
      isNegative = text[cursor] == UInt8(ascii: "-")
      cursor += 1
    }
    var power = 0
    let start = cursor
    while digit(at: cursor) && cursor - start < 9 {
      power = power * 10 + Int(text[cursor] & 0x0F)
      cursor += 1
    }
    if digit(at: cursor) { return nil }
    if cursor == start { return 0 }
    if cursor < text.count && AnswerText.isLetter(text[cursor]) { return 0 }
    index = cursor
    return isNegative ? -power : power
  }

  /// The denominator of `/ 4` at `position`; none for `1/2/2020`, `5/day` or no slash.
  private func denominatorAhead(from position: Int) -> (value: DecimalMagnitude, next: Int)? {
    let slash = nextNonBlank(position)
    guard slash < text.count, text[slash] == UInt8(ascii: "/") else { return nil }
    let start = nextNonBlank(slash + 1)
    guard digit(at: start) else { return nil }
    var inner = NumberReader(text: text, groupsBySpace: false)
    inner.index = start
    guard let bottom = inner.readDecimal() else { return nil }
    let after = nextNonBlank(inner.index)
    if after < text.count && text[after] == UInt8(ascii: "/") && digit(at: nextNonBlank(after + 1))
    {
      return nil
    }
    return (bottom.value, inner.index)
  }

  /// The fraction of a mixed number such as `7 1/3`, added to its whole part.
  private func mixedPart(
    after whole: DecimalMagnitude
  ) -> (numerator: DecimalMagnitude, denominator: DecimalMagnitude, next: Int)? {
    let start = nextNonBlank(index)
    guard start > index, digit(at: start) else { return nil }
    var inner = NumberReader(text: text, groupsBySpace: false)
    inner.index = start
    guard let top = inner.readDecimal(), top.isWhole,
      let bottom = inner.denominatorAhead(from: inner.index),
      let wholeValue = whole.asUInt64, let topValue = top.value.asUInt64,
      let bottomValue = bottom.value.asUInt64, topValue < bottomValue
    else { return nil }
    let (scaled, scaledOverflow) = wholeValue.multipliedReportingOverflow(by: bottomValue)
    let (sum, sumOverflow) = scaled.addingReportingOverflow(topValue)
    if scaledOverflow || sumOverflow { return nil }
    return (DecimalMagnitude(small: sum, exponent: 0), bottom.value, bottom.next)
  }

  private mutating func readPercent() -> Bool {
    let cursor = nextNonBlank(index)
    guard cursor < text.count else { return false }
    if text[cursor] == UInt8(ascii: "%") {
      index = cursor + 1
      return true
    }
    return text[cursor...].starts(with: "percent".utf8)
  }

  // MARK: Looking around

  private func digit(at position: Int) -> Bool {
    position < text.count && AnswerText.isDigit(text[position])
  }

  private func nextNonBlank(_ position: Int) -> Int {
    var cursor = position
    while cursor < text.count && text[cursor] == UInt8(ascii: " ") { cursor += 1 }
    return cursor
  }

  private func previousNonBlank(_ position: Int) -> UInt8? {
    var cursor = position - 1
    while cursor >= 0 && text[cursor] == UInt8(ascii: " ") { cursor -= 1 }
    return cursor >= 0 ? text[cursor] : nil
  }
}

extension DecimalMagnitude {
  /// The value when it is a whole number below 2^64.
  var asUInt64: UInt64? {
    if !long.isEmpty || exponent < 0 || exponent > 19 { return isZero ? 0 : nil }
    var value = small
    for _ in 0..<exponent {
      let (next, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = next
    }
    return value
  }
}
