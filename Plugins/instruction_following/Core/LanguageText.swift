// What the language detector sees of a text: no addresses, accents joined to their letters, and one character
// in place of many where a script has thousands.

/// The preparation of texts for the language detector.
enum LanguageText {
  /// Characters that are looked at.
  private static let mostCharacters = 10000

  /// The characters of a text without addresses, runs of spaces made one, and without Latin letters where
  /// most is written otherwise.
  static func characters(_ bytes: [UInt8]) -> [UInt32] {
    let plain = withoutMail(withoutLinks(bytes))
    var characters: [UInt32] = []
    characters.reserveCapacity(min(plain.count, mostCharacters))
    var seen = 0
    var last: UInt32 = 0
    var position = 0
    while position < plain.count && seen < mostCharacters {
      var (value, next) = plain.scalar(at: position)
      if next < plain.count, plain[next] == 0xCC,
        let joined = joined(value, plain.scalar(at: next).value)
      {
        value = joined
        next += 2
      }
      if value != 0x20 || last != 0x20 { characters.append(value) }
      last = value
      seen += 1
      position = next
    }
    var latin = 0
    var other = 0
    for character in characters {
      if character >= 0x41 && character <= 0x7A {
        latin += 1
      } else if character >= 0x300 {
        other += 1
      }
    }
    if latin * 2 < other { characters.removeAll { $0 >= 0x41 && $0 <= 0x7A } }
    return characters
  }

  /// The character that stands for a character in n-grams.
  @inline(__always)
  static func normalised(_ character: UInt32, _ profiles: LanguageProfiles) -> UInt32 {
    if character < 0x80 { return Characters.isASCIILetter(character) ? character : 0x20 }
    return otherNormalised(character, profiles)
  }

  private static func otherNormalised(
    _ character: UInt32, _ profiles: LanguageProfiles
  ) -> UInt32 {
    switch character {
    case 0xA0, 0xAB, 0xB0, 0xBB, 0x2000...0x206F: 0x20
    case 0x219: 0x15F
    case 0x21B: 0x163
    case 0x6CC: 0x64A
    case 0x1EA0...0x1EFF: 0x1EC3
    case 0x3040...0x309F: 0x3042
    case 0x30A0...0x30FF: 0x30A2
    case 0x3100...0x312F, 0x31A0...0x31BF: 0x3105
    case 0x4E00...0x9FFF: profiles.like(character)
    case 0xAC00...0xD7AF: 0xAC00
    default: character
    }
  }

  // MARK: Addresses

  /// The text with a space for each link that begins with `http://` or `https://`.
  private static func withoutLinks(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.place(of: "://") != nil else { return bytes }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var position = 0
    while let start = bytes.place(of: "http", from: position) {
      let address = bytes.has("s://", at: start + 4) ? start + 8 : start + 7
      let isLink = address == start + 8 || bytes.has("://", at: start + 4)
      var end = address
      while isLink && end < bytes.count && end - address < 2076 && isInLink(bytes[end]) { end += 1 }
      if isLink && end > address {
        out.append(contentsOf: bytes[position..<start])
        out.append(0x20)
        position = end
      } else {
        out.append(contentsOf: bytes[position..<(start + 4)])
        position = start + 4
      }
    }
    out.append(contentsOf: bytes[position...])
    return out
  }

  /// The text with a space for each mail address.
  private static func withoutMail(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(UInt8(ascii: "@")) else { return bytes }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var position = 0
    var searched = 0
    while let sign = bytes.place(of: UInt8(ascii: "@"), from: searched) {
      searched = sign + 1
      var start = sign
      while start > position && sign - start < 64 && isInMail(bytes[start - 1]) { start -= 1 }
      guard start < sign else { continue }
      var end = searched
      while end < bytes.count && end - searched < 255 && isInMail(bytes[end])
        && bytes[end] != UInt8(ascii: ".")
      {
        end += 1
      }
      let host = end
      while end < bytes.count && end - host < 255 && isInMail(bytes[end]) { end += 1 }
      // The host needs two parts; without a second one its last letter is that.
      guard host > searched, end > host || host - searched >= 2 else { continue }
      out.append(contentsOf: bytes[position..<start])
      out.append(0x20)
      position = end
      searched = end
    }
    out.append(contentsOf: bytes[position...])
    return out
  }

  private static func isInLink(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "?"),
      UInt8(ascii: "&"), UInt8(ascii: "~"), UInt8(ascii: ";"), UInt8(ascii: "+"),
      UInt8(ascii: "="), UInt8(ascii: "/"), UInt8(ascii: "#"):
      true
    default: isLetterOrDigit(byte)
    }
  }

  private static func isInMail(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      || isLetterOrDigit(byte)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    Characters.isASCIILetter(UInt32(byte)) || Characters.isASCIIDigit(UInt32(byte))
  }

  // MARK: Vietnamese

  /// The Vietnamese letter that a letter and an accent behind it make; nothing when they make none.
  private static func joined(_ letter: UInt32, _ accent: UInt32) -> UInt32? {
    let row: Int
    switch accent {
    case 0x300: row = 0
    case 0x301: row = 1
    case 0x303: row = 2
    case 0x309: row = 3
    case 0x323: row = 4
    default: return nil
    }
    guard let column = plainLetters.firstIndex(of: letter) else { return nil }
    return accentedLetters[row][column]
  }

  private static let plainLetters: [UInt32] = "AEIOUYaeiouyÂÊÔâêôĂăƠơƯư".unicodeScalars.map(\.value)

  private static let accentedLetters: [[UInt32]] = [
    "ÀÈÌÒÙỲàèìòùỳẦỀỒầềồẰằỜờỪừ", "ÁÉÍÓÚÝáéíóúýẤẾỐấếốẮắỚớỨứ", "ÃẼĨÕŨỸãẽĩõũỹẪỄỖẫễỗẴẵỠỡỮữ",
    "ẢẺỈỎỦỶảẻỉỏủỷẨỂỔẩểổẲẳỞởỬử", "ẠẸỊỌỤỴạẹịọụỵẬỆỘậệộẶặỢợỰự",
  ].map { $0.unicodeScalars.map(\.value) }
}
