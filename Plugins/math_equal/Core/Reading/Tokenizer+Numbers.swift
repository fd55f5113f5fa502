// Numbers as people write them: separators of thousands in several styles, decimal points and commas, powers of
// ten, and digits of other bases.

extension Tokenizer {
  /// Reads a number, from its first digit or point on.
  mutating func number() {
    if let based = basedDigits() {
      emit(.number(based))
      return
    }
    var digits = ""
    let isShifted = followsShift
    while let scalar = scalar(at: 0), scalar.isDigit { take(scalar, &digits) }
    let groupsLead = !digits.isEmpty && digits.count <= 3 && !digits.hasPrefix("0") && !isShifted
    if groupsLead { groups(&digits) }
    fraction(&digits)
    exponent(&digits)
    emit(.number(digits))
  }

  /// True right after `^` or `_`, where a following group of digits is a new factor.
  private var followsShift: Bool {
    guard case .mark(let mark)? = tokens.last?.token else { return false }
    return mark == "^" || mark == "_"
  }

  private mutating func take(_ scalar: Unicode.Scalar, _ digits: inout String) {
    digits.unicodeScalars.append(scalar)
    skip(1)
  }

  /// Takes groups of three digits, all after the same separator.
  private mutating func groups(_ digits: inout String) {
    guard let separator = groupSeparator() else { return }
    while let found = groupSeparator(), Self.areSame(found.style, separator.style) {
      skip(found.length)
      for _ in 0..<3 { if let digit = scalar(at: 0) { take(digit, &digits) } }
    }
  }

  /// `1{,}000,000`: a comma with and without its braces.
  private static func areSame(_ style: String, _ other: String) -> Bool {
    style == other || ([style, other].allSatisfy { $0 == "," || $0 == "{,}" })
  }

  /// A separator of thousands here, when three digits and no fourth follow it.
  private func groupSeparator() -> (style: String, length: Int)? {
    for (spelling, style) in Self.separators where isHere(spelling) {
      if style == "," && commas != .thousands { continue }
      if style == "." && commas != .decimal { continue }
      var length = spelling.unicodeScalars.count
      // `11,\! 111`: blanks after the negative space mean nothing.
      if spelling.hasSuffix("!") {
        while scalar(at: length) == " " { length += 1 }
      }
      let hasThree = (0..<3).allSatisfy { scalar(at: length + $0)?.isDigit ?? false }
      if hasThree && !(scalar(at: length + 3)?.isDigit ?? false) { return (style, length) }
    }
    return nil
  }

  private static let separators: [(String, String)] = [
    ("{,}", "{,}"), ("{,}\\!", "{,}"), (",\\!", "{,}"), (", \\!", "{,}"), ("\\,", "space"),
    ("\\ ", "space"), ("\\;", "space"), ("\\!", "space"), (" ", "space"), ("~", "space"),
    ("\u{A0}", "space"), ("\u{202F}", "space"), ("\u{2009}", "space"), (",", ","), (".", "."),
    ("{.}", "."),
  ]

  private func isHere(_ spelling: String) -> Bool {
    var offset = 0
    for scalar in spelling.unicodeScalars {
      if self.scalar(at: offset) != scalar { return false }
      offset += 1
    }
    return true
  }

  private mutating func fraction(_ digits: inout String) {
    let length: Int
    if commas == .decimal {
      length = isHere(",") ? 1 : isHere("{,}") ? 3 : 0
    } else {
      length = isHere(".") ? 1 : isHere("{.}") ? 3 : 0
    }
    if [".\\overline", ".\\bar", ".\\dot"].contains(where: isHere) {
      // The digits after the point are all under a line.
      skip(1)
      digits += "."
      return
    }
    guard length > 0, scalar(at: length)?.isDigit ?? false else { return }
    skip(length)
    digits += digits.isEmpty ? "0." : "."
    while let scalar = scalar(at: 0), scalar.isDigit { take(scalar, &digits) }
  }

  /// `e-05` of a printed floating-point number; `2e+3` is twice Euler's number and three.
  private mutating func exponent(_ digits: inout String) {
    guard scalar(at: 0) == "e" || scalar(at: 0) == "E" else { return }
    let sign = scalar(at: 1)
    let isSigned = sign == "+" || sign == "-"
    let start = isSigned ? 2 : 1
    var count = 0
    while scalar(at: start + count)?.isDigit ?? false { count += 1 }
    guard count > 0, count <= 7, !isSigned || count > 1 || digits.contains(".") || digits == "1",
      !(scalar(at: start + count)?.isLatinLetter ?? false)
    else { return }
    digits += "e"
    skip(1)
    if isSigned {
      if sign == "-" { digits += "-" }
      skip(1)
    }
    for _ in 0..<count { if let digit = scalar(at: 0) { take(digit, &digits) } }
  }

  /// Digits with letters among them, when a base follows as a subscript: `152A_{11}`.
  private mutating func basedDigits() -> String? {
    var length = 0
    var hasLetter = false
    while let scalar = scalar(at: length), scalar.isDigit || ("A"..."Z").contains(scalar) {
      if !scalar.isDigit { hasLetter = true }
      length += 1
    }
    guard hasLetter, scalar(at: length) == "_" else { return nil }
    let base = scalar(at: length + 1) == "{" ? scalar(at: length + 2) : scalar(at: length + 1)
    guard base?.isDigit ?? false else { return nil }
    let digits = String(String.UnicodeScalarView(text[index..<(index + length)]))
    skip(length)
    return digits
  }
}
