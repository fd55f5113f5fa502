// Decimal digits of other scripts, as models write them in those languages.

/// Replaces digits of other scripts.
enum ForeignDigits {
  /// The text with ASCII digits in place of all other decimal digits.
  static func replaced(_ text: [UInt8]) -> [UInt8] {
    // Arabic digits begin with 0xD9, the others with 0xE0 or 0xEF.
    guard text.contains(where: { $0 == 0xD9 || $0 == 0xDB || $0 == 0xE0 || $0 == 0xEF }) else {
      return text
    }
    var scalars = String.UnicodeScalarView()
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if !scalar.isASCII, scalar.properties.numericType == .decimal,
        let value = scalar.properties.numericValue,
        let digit = Unicode.Scalar(UInt32(value) + 0x30), Notation.isForeignDigit(scalar)
      {
        scalars.append(digit)
      } else {
        scalars.append(scalar)
      }
    }
    return Array(String(scalars).utf8)
  }
}
