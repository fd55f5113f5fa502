// What the language detector draws from: the n-grams of a text that some language knows.

/// The n-grams of a text that some language has, in the order of the text.
///
/// Within words of capitals nothing is taken; a blank is part of an n-gram at its start or end.
struct LanguageFeatures {
  /// Each the letters of an n-gram of ASCII, as `hasLetters` takes them, or `isPlace` and the place of a
  /// record: only the few n-grams that are drawn need their record looked up.
  private var features: [UInt32] = []

  private static let isPlace: UInt32 = 1 << 31
  /// In place of the letters that an n-gram of one or two has less than three.
  private static let single: UInt32 = 0o7777 << 6
  private static let pair: UInt32 = 0o77 << 12
  /// No letter, so that no n-gram has it.
  private static let other: UInt32 = 62

  var count: Int { features.count }
  var isEmpty: Bool { features.isEmpty }

  init(_ characters: [UInt32], _ profiles: LanguageProfiles) {
    features.reserveCapacity(characters.count * 3)
    // The last three characters, 16 bits each, and as letters; characters outside the basic plane are in no
    // profile.
    var key: UInt64 = 0x20
    var letters: UInt32 = 0
    var length = 1
    /// How many characters there are up to the last one that is outside ASCII; 4 and more say none is near.
    var sinceOther = 4
    var last: UInt32 = 0x20
    var isInCapitals = false
    for character in characters {
      let character = LanguageText.normalised(character, profiles)
      if last == 0x20 {
        key = 0x20
        letters = 0
        length = 1
        sinceOther = 4
        isInCapitals = false
        if character == 0x20 { continue }
      }
      key = (key << 16 | UInt64(character > 0xFFFF ? 0xFFFF : character)) & 0xFFFF_FFFF_FFFF
      letters = (letters << 6 | Self.letter(character)) & 0o777777
      length = min(length + 1, 3)
      sinceOther = character < 0x80 ? sinceOther + 1 : 1
      if Characters.isCapital(character) {
        if Characters.isCapital(last) { isInCapitals = true }
      } else {
        isInCapitals = false
      }
      last = character
      if isInCapitals { continue }
      if sinceOther > 3 {
        if character != 0x20 { take(letters & 0o77 | Self.single, profiles) }
        take(letters & 0o7777 | Self.pair, profiles)
        if length == 3 { take(letters, profiles) }
      } else {
        if sinceOther > 1 {
          if character != 0x20 { take(letters & 0o77 | Self.single, profiles) }
        } else {
          takeKey(key & 0xFFFF, profiles)
        }
        if sinceOther > 2 {
          take(letters & 0o7777 | Self.pair, profiles)
        } else {
          takeKey(key & 0xFFFF_FFFF, profiles)
        }
        if length == 3 { takeKey(key, profiles) }
      }
    }
  }

  @inline(__always)
  private mutating func take(_ letters: UInt32, _ profiles: LanguageProfiles) {
    if profiles.hasLetters(letters) { features.append(letters) }
  }

  private mutating func takeKey(_ key: UInt64, _ profiles: LanguageProfiles) {
    if let place = profiles.place(key) { features.append(place | Self.isPlace) }
  }

  @inline(__always)
  private static func letter(_ character: UInt32) -> UInt32 {
    switch character {
    case 0x20: 0
    case 0x41...0x5A: character - 64
    case 0x61...0x7A: character - 70
    default: other
    }
  }

  /// The place of the record of the n-gram of a number.
  func place(_ index: Int, _ profiles: LanguageProfiles) -> UInt32 {
    let feature = features[index]
    if feature & Self.isPlace != 0 { return feature & ~Self.isPlace }
    var key: UInt64 = 0
    for number in 0..<3 {
      let letter = UInt64(feature >> UInt32(12 - 6 * number) & 0o77)
      switch letter {
      case 0: key = key << 16 | 0x20
      case 1...26: key = key << 16 | (letter + 64)
      case 27...52: key = key << 16 | (letter + 70)
      default: break
      }
    }
    // Some language has it, so it has a record.
    return profiles.place(key) ?? 0
  }
}
