// What the characters of a response are, by the rules that the official checker's language has for them:
// blanks, words, digits, capitals and small letters, over Unicode scalars.

/// Questions about one Unicode scalar, given as its number.
enum Characters {
  /// Whether it is a blank: the controls 9 to 13 and 28 to 31, and Unicode's spaces and separators.
  @inline(__always)
  static func isBlank(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 {
      return scalar == 0x20 || (scalar >= 0x09 && scalar <= 0x0D)
        || (scalar >= 0x1C && scalar <= 0x1F)
    }
    switch scalar {
    case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: return true
    default: return false
    }
  }

  /// Whether it belongs to a word: letters, numbers of every kind and `_`; marks do not.
  @inline(__always)
  static func isWord(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return isASCIILetter(scalar) || isASCIIDigit(scalar) || scalar == 0x5F }
    return isOtherWord(scalar)
  }

  /// Whether it is a decimal digit of any script.
  @inline(__always)
  static func isDigit(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return isASCIIDigit(scalar) }
    return properties(scalar)?.generalCategory == .decimalNumber
  }

  /// Whether it is a capital.
  @inline(__always)
  static func isCapital(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return scalar >= 0x41 && scalar <= 0x5A }
    return !isCaseless(scalar) && properties(scalar)?.isUppercase ?? false
  }

  /// Whether it is a small letter.
  @inline(__always)
  static func isSmall(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return scalar >= 0x61 && scalar <= 0x7A }
    return !isCaseless(scalar) && properties(scalar)?.isLowercase ?? false
  }

  /// Whether it is in a part of Unicode where nothing is a capital or a small letter.
  ///
  /// Hebrew to Burmese, quotes and dashes, Chinese and Japanese, Korean: looking properties up takes longer.
  @inline(__always)
  private static func isCaseless(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x590...0x109F, 0x2000...0x2070, 0x2E80...0xA63F, 0xAC00...0xD7A3: true
    default: false
    }
  }

  /// Whether it is one letter that is half a capital, such as U+01C5.
  static func isTitlecase(_ scalar: UInt32) -> Bool {
    scalar >= 0x80 && !isCaseless(scalar) && properties(scalar)?.generalCategory == .titlecaseLetter
  }

  @inline(__always)
  static func isASCIILetter(_ scalar: UInt32) -> Bool {
    let lower = scalar | 0x20
    return lower >= 0x61 && lower <= 0x7A
  }

  @inline(__always)
  static func isASCIIDigit(_ scalar: UInt32) -> Bool { scalar >= 0x30 && scalar <= 0x39 }

  /// The scalar's form for comparison without regard to case, one for one.
  ///
  /// Small letters, and one of those that only look different: the dotless i and the long s compare as i
  /// and s, the final sigma as a sigma.
  @inline(__always)
  static func folded(_ scalar: UInt32) -> UInt32 {
    if scalar < 0x80 { return scalar >= 0x41 && scalar <= 0x5A ? scalar | 0x20 : scalar }
    return otherFolded(scalar)
  }

  private static func otherFolded(_ scalar: UInt32) -> UInt32 {
    let lower = simpleLowercase(scalar)
    switch lower {
    case 0x131: return 0x69
    case 0x17F: return 0x73
    case 0xB5: return 0x3BC
    case 0x345, 0x1FBE: return 0x3B9
    case 0x3D0: return 0x3B2
    case 0x3F5: return 0x3B5
    case 0x3D1: return 0x3B8
    case 0x3F0: return 0x3BA
    case 0x3D6: return 0x3C0
    case 0x3F1: return 0x3C1
    case 0x3C2: return 0x3C3
    case 0x3D5: return 0x3C6
    case 0x1FD3: return 0x390
    case 0x1FE3: return 0x3B0
    case 0x1E9B: return 0x1E61
    case 0xFB05: return 0xFB06
    default: return lower
    }
  }

  /// The small letter of a capital, one for one.
  static func simpleLowercase(_ scalar: UInt32) -> UInt32 {
    if scalar < 0x80 { return scalar >= 0x41 && scalar <= 0x5A ? scalar | 0x20 : scalar }
    return properties(scalar)?.lowercaseMapping.unicodeScalars.first?.value ?? scalar
  }

  private static func isOtherWord(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x2010...0x2070: return scalar == 0x2070
    case 0x4E00...0x9FFF, 0xAC00...0xD7A3: return true
    default: break
    }
    guard let properties = properties(scalar) else { return false }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber:
      return true
    default: return properties.numericType != nil
    }
  }

  @inline(__always)
  static func properties(_ scalar: UInt32) -> Unicode.Scalar.Properties? {
    Unicode.Scalar(scalar)?.properties
  }
}
