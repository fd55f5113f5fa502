// Numbers: one pass checks the grammar and gathers the digits. What is exact in Double arithmetic
// is computed here; the rest goes through the standard library, which rounds correctly.

/// A number as it stands in the text: ±`digits` × 10^`exponent`.
struct NumberToken {
  var start: Int
  var isNegative = false
  /// The first 19 significant digits as a number.
  var digits: UInt64 = 0
  /// How many significant digits there are, from the first that is not zero.
  var digitCount = 0
  /// The power of ten of the last digit in `digits`.
  var exponent = 0
  /// Whether there is neither fraction nor exponent.
  var isWhole = true

  /// Whether `digits` holds all of them; 19 digits always fit.
  @inline(__always) var isExact: Bool { digitCount <= 19 }

  /// The number as Int64, or nil if it is not whole or does not fit; -0 is 0.
  @inline(__always) var int64: Int64? {
    guard isWhole, isExact else { return nil }
    guard isNegative else { return Int64(exactly: digits) }
    guard digits <= Int64.min.magnitude else { return nil }
    return Int64(truncatingIfNeeded: 0 &- digits)
  }

  @inline(__always)
  mutating func add(_ digit: UInt8) {
    if digits == 0, digit == 0 { return }
    digitCount &+= 1
    if digitCount <= 19 {
      digits = digits &* 10 &+ UInt64(digit)
    } else {
      exponent &+= 1
    }
  }

  /// The number where Double arithmetic gives it without a rounding error, else nil.
  ///
  /// Both factors are exact (at most 2^53, and at most 10^22), so the one operation rounds once.
  /// See Clinger, How to Read Floating Point Numbers Accurately, 1990.
  @inline(__always) var exactDouble: Double? {
    guard isExact, digits <= 1 << 53 else { return nil }
    var value = Double(digits)
    if digits != 0, exponent != 0 {
      guard exponent >= -22, exponent <= 22 else { return nil }
      let power = powersOfTen[Int(exponent.magnitude)]
      value = exponent < 0 ? value / power : value * power
    }
    return isNegative ? -value : value
  }
}

private let powersOfTen: InlineArray<23, Double> = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]

extension JSONCursor {
  /// Reads a whole number without fraction or exponent: `1.0` and `1e0` are refused.
  public mutating func readInt() throws(JSONError) -> Int {
    try readInteger(as: Int.self)
  }

  /// Reads a whole number without fraction or exponent that fits both Int64 and `Integer`.
  public mutating func readInteger<Integer: FixedWidthInteger>(
    as type: Integer.Type
  ) throws(JSONError) -> Integer {
    let number = try readNumber()
    guard number.isWhole else { throw JSONError(.notAnInteger, at: number.start) }
    guard let int64 = number.int64, let integer = Integer(exactly: int64) else {
      throw JSONError(.numberOutOfRange, at: number.start)
    }
    return integer
  }

  /// Reads a number as the nearest Double; one that would be infinite is refused.
  ///
  /// A number too small for Double is read as the nearest there is, which may be 0.
  public mutating func readDouble() throws(JSONError) -> Double {
    let number = try readNumber()
    if let value = number.exactDouble { return value }
    return try convert(number)
  }

  @inline(__always)
  mutating func readNumber() throws(JSONError) -> NumberToken {
    guard JSONKind(firstByte: try peek()) == .number else { throw mismatch(expected: .number) }
    return try scanNumber()
  }

  /// Throws if `number`, just read, is too large for Double.
  mutating func checkRange(of number: NumberToken) throws(JSONError) {
    // It has `digitCount` digits before the point of 10^`exponent`, less those beyond the 19th.
    let magnitude = min(number.digitCount, 19) &+ number.exponent
    if number.digits != 0, magnitude >= 309 { _ = try convert(number) }
  }

  /// The Double nearest to `number`, which ends at `offset`.
  @inline(never)
  func convert(_ number: NumberToken) throws(JSONError) -> Double {
    guard let value = Double(text.part(number.start, offset).string(isASCII: true)) else {
      throw JSONError(.invalidNumber, at: number.start)
    }
    guard value.isFinite else { throw JSONError(.numberOutOfRange, at: number.start) }
    return value
  }

  /// Reads the number whose first byte stands at `offset`.
  mutating func scanNumber() throws(JSONError) -> NumberToken {
    var number = NumberToken(start: offset)
    if text[offset] == UInt8(ascii: "-") {
      number.isNegative = true
      offset &+= 1
    }
    let isZero = byte == UInt8(ascii: "0")
    let whole = try scanDigits(into: &number)
    if isZero, whole > 1 { throw JSONError(.invalidNumber, at: number.start) }
    if byte == UInt8(ascii: ".") {
      offset &+= 1
      number.isWhole = false
      number.exponent &-= try scanDigits(into: &number)
    }
    if byte | 0x20 == UInt8(ascii: "e") {
      offset &+= 1
      number.isWhole = false
      number.exponent &+= try scanExponent()
    }
    return number
  }

  /// The byte at `offset`; 0 at the end, which no number holds.
  @inline(__always)
  private var byte: UInt8 { offset < text.count ? text[offset] : 0 }

  /// Reads one digit or more and returns how many.
  @inline(__always)
  private mutating func scanDigits(into number: inout NumberToken) throws(JSONError) -> Int {
    let first = offset
    while offset < text.count {
      let digit = text[offset] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      number.add(digit)
      offset &+= 1
    }
    guard offset > first else { throw missingDigit() }
    return offset &- first
  }

  private mutating func scanExponent() throws(JSONError) -> Int {
    let sign = byte
    if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { offset &+= 1 }
    let first = offset
    var exponent = 0
    while offset < text.count {
      let digit = text[offset] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      // Held here, far past any Double and far below any overflow.
      exponent = min(exponent &* 10 &+ Int(digit), 1 << 48)
      offset &+= 1
    }
    guard offset > first else { throw missingDigit() }
    return sign == UInt8(ascii: "-") ? -exponent : exponent
  }

  @inline(never)
  private func missingDigit() -> JSONError {
    JSONError(offset < text.count ? .invalidNumber : .unexpectedEnd, at: offset)
  }
}
