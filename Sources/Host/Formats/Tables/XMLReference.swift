// What may stand between `&` and `;`: a number, or one of the five names that XML itself defines. No
// other entity exists here, whatever a DOCTYPE says, so no text can grow while it is read.

/// The references that XML knows without a DTD.
enum XMLReference {
  /// The longest text between `&` and `;`; leading zeros of a number count.
  static var longest: Int { 64 }

  /// Why a reference stands for nothing.
  enum Fault: Error {
    case bareAmpersand
    case noCharacter
    case unknownEntity(String)

    var message: String {
      switch self {
      case .bareAmpersand: "an ampersand begins no reference; write it as '&amp;'"
      case .noCharacter: "the number of a reference is no character of XML"
      case .unknownEntity(let name):
        "the entity '&\(name);' is not one of XML's own five, and no other is ever expanded; "
          + "write its text"
      }
    }
  }

  /// The character that `&name;` stands for.
  static func scalar(_ name: Span<UInt8>) throws(Fault) -> Unicode.Scalar {
    if name.count > 1, name[0] == UInt8(ascii: "#") {
      guard let value = number(name), let scalar = Unicode.Scalar(value), scalar.isXMLCharacter
      else { throw .noCharacter }
      return scalar
    }
    guard !name.isEmpty, name.endOfXMLName(from: 0) == name.count else { throw .bareAmpersand }
    let text = name.text
    switch text {
    case "lt": return "<"
    case "gt": return ">"
    case "amp": return "&"
    case "quot": return "\""
    case "apos": return "'"
    default: throw .unknownEntity(text)
    }
  }

  /// The number of `#65` or `#x41`; nil if it is none or too large for a character.
  private static func number(_ name: Span<UInt8>) -> UInt32? {
    let isHexadecimal = name[1] == UInt8(ascii: "x")
    let first = isHexadecimal ? 2 : 1
    guard first < name.count else { return nil }
    var value: UInt32 = 0
    for index in first..<name.count {
      let digit = name[index] &- UInt8(ascii: "0")
      let letter = (name[index] | 0x20) &- UInt8(ascii: "a")
      guard digit < 10 || (isHexadecimal && letter < 6) else { return nil }
      value = value * (isHexadecimal ? 16 : 10) + UInt32(digit < 10 ? digit : letter + 10)
      guard value <= 0x10_ffff else { return nil }
    }
    return value
  }
}

extension Span<UInt8> {
  /// The bytes, which are UTF-8, as a string.
  var text: String {
    var copy: [UInt8] = []
    copy.append(self)
    return String(decoding: copy, as: UTF8.self)
  }
}
