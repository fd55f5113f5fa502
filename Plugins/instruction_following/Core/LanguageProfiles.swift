// The profiles of 55 languages: how often each has which characters, pairs and triples of characters.
// Looked up where they lie in the library, in languages.bin, whose form make_tables.py describes.

internal import InstructionFollowingTables

/// N-grams of up to three characters with their frequency in each language; nothing is unpacked or kept.
///
/// An n-gram is asked for by its key: its characters of 16 bits one behind the other.
struct LanguageProfiles {
  /// Room for one number for each language.
  typealias Numbers = InlineArray<64, Double>

  /// How many languages there are.
  let count: Int
  private let slotCount: Int
  private let table: UnsafeRawBufferPointer

  private static let headSize = 16
  private static let languageSize = 32
  private static let firstLike: UInt32 = 0x4E00
  private static let lastLike: UInt32 = 0x9FFF
  private let likes: Int
  private let rows: Int
  private let slots: Int
  private let records: Int

  /// The table of this library.
  init() {
    var size = 0
    let start = ift_languages(&size)
    // Constant data of this library, as long as was just said. What is read below lies within it: offsets
    // come from the table itself or are bounded by its counts.
    table = UnsafeRawBufferPointer(start: start, count: size)
    count = Int(table.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    slotCount = Int(table.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    likes = Self.headSize + count * Self.languageSize
    rows = likes + Int(Self.lastLike - Self.firstLike + 1) * 2
    slots = rows + 4096 * 8
    records = slots + slotCount * 4
  }

  /// The code of a language by its place in the order of the codes: `af`, `ar` and so on.
  func name(_ language: Int) -> String {
    let start = Self.headSize + language * Self.languageSize
    return String(decoding: table[start..<(start + 8)].prefix { $0 != 0 }, as: UTF8.self)
  }

  /// For a Chinese character: the one of those like it that stands for all.
  func like(_ character: UInt32) -> UInt32 {
    guard character >= Self.firstLike && character <= Self.lastLike else { return character }
    let place = likes + Int(character - Self.firstLike) * 2
    return UInt32(table.loadUnaligned(fromByteOffset: place, as: UInt16.self))
  }

  // MARK: N-grams

  /// Whether some language has an n-gram of ASCII letters, given as its letters of 6 bits.
  ///
  /// A blank is 0, a capital 1 to 26, a small letter 27 to 52; before less than three letters stand 63s.
  @inline(__always)
  func hasLetters(_ letters: UInt32) -> Bool {
    let row = rows + Int(letters >> 6 & 0xFFF) * 8
    return table.loadUnaligned(fromByteOffset: row, as: UInt64.self) >> UInt64(letters & 63) & 1
      != 0
  }

  /// The place of the record of an n-gram, which is not 0; nothing when no language has it.
  func place(_ key: UInt64) -> UInt32? {
    let product = key &* 0x9E37_79B9_7F4A_7C15
    let check = UInt32(truncatingIfNeeded: product >> 20) & 0xFFF
    var slot = Int(truncatingIfNeeded: ((product >> 32) &* UInt64(slotCount)) >> 32)
    while true {
      let entry = table.loadUnaligned(fromByteOffset: slots + slot * 4, as: UInt32.self)
      if entry == 0 { return nil }
      if entry >> 20 == check {
        let place = entry & 0xF_FFFF
        let found = table.loadUnaligned(fromByteOffset: records + Int(place), as: UInt64.self)
        if found & 0xFFFF_FFFF_FFFF == key { return place }
      }
      slot += 1
      if slot == slotCount { slot = 0 }
    }
  }

  /// Adds to each number how large the n-gram's part is of all n-grams of its length in that language.
  ///
  /// The n-gram is the one of the record at `place`, which `place(_:)` gave.
  @inline(__always)
  func addParts(at place: UInt32, to numbers: inout Numbers) {
    var position = records + Int(place)
    let key = table.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0xFFFF_FFFF_FFFF
    let length = key >> 32 != 0 ? 2 : key >> 16 != 0 ? 1 : 0
    position += 6
    while true {
      let entry = Int(table.loadUnaligned(fromByteOffset: position, as: UInt32.self))
      position += 4
      let language = entry >> 1 & 63
      let total = table.loadUnaligned(
        fromByteOffset: Self.headSize + language * Self.languageSize + 8 + length * 8,
        as: Double.self)
      numbers[language] += Double(entry >> 7) / total
      if entry & 1 == 1 { return }
    }
  }
}
