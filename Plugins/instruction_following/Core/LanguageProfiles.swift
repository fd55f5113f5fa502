// The profiles of 55 languages: how often each has which characters, pairs and triples of characters.
// Unpacked from languages.bin, whose form make_tables.py describes.

internal import InstructionFollowingTables

/// N-grams of up to three characters with their frequency in each language.
struct LanguageProfiles: Sendable {
  /// The codes of the languages in the order of their letters: `af`, `ar` and so on.
  private(set) var languages: [String] = []
  /// For each Chinese character that another stands for: that one.
  private(set) var likeCharacters: [UInt16: UInt16] = [:]

  /// One language that has an n-gram, and how large its part is of all n-grams of that length.
  private struct Share: Sendable {
    let language: UInt32
    /// Whether no other language has the n-gram.
    let isLast: Bool
    let part: Double
  }

  /// An n-gram, its characters of 16 bits one behind the other, and where its shares begin; key 0 is free.
  private struct Slot: Sendable {
    let key: UInt64
    let start: UInt32
  }

  /// Open addressing; the number of slots is a power of two, `mask` one less.
  private var slots = [Slot(key: 0, start: 0)]
  private var shares: [Share] = []
  private var mask = 0

  /// Unpacks the profiles, in some milliseconds.
  init() {
    var count = 0
    let start = ift_languages(&count)
    // The table is constant data of this library, as long as was just said.
    var reader = TableReader(bytes: UnsafeBufferPointer(start: start, count: count))
    unpack(&reader)
  }

  private mutating func unpack(_ reader: inout TableReader) {
    reader.skip("EVHLANG1".utf8.count)
    var totals: [Double] = []
    for _ in 0..<reader.number() {
      let length = reader.number()
      languages.append(String(decoding: reader.bytes(length), as: UTF8.self))
      for _ in 0..<3 { totals.append(Double(reader.number())) }
    }
    for _ in 0..<reader.number() {
      let size = reader.number()
      let members = (0..<size).map { _ in UInt16(truncatingIfNeeded: reader.number()) }
      for member in members where member != members[0] { likeCharacters[member] = members[0] }
    }
    unpackGrams(&reader, totals: totals)
  }

  /// Unpacks the n-grams; `totals` has three numbers for each language, by the length of n-grams.
  private mutating func unpackGrams(_ reader: inout TableReader, totals: [Double]) {
    let count = reader.number()
    var slotCount = 1024
    while slotCount < count * 2 { slotCount *= 2 }
    let mask = slotCount - 1
    // Filled apart from the properties, which would be checked for other owners at every step.
    var slots = [Slot](repeating: Slot(key: 0, start: 0), count: slotCount)
    var shares: [Share] = []
    shares.reserveCapacity(count * 3)
    var key: UInt64 = 0
    var lengthBefore = 0
    for _ in 0..<count {
      let head = reader.number()
      let shared = head / 4
      let length = shared + head % 4
      guard length >= 1 && length <= 3 && shared <= lengthBefore else { break }
      let before = key << UInt64(16 * (3 - lengthBefore))
      key = shared == 0 ? 0 : before >> UInt64(16 * (3 - shared))
      for place in shared..<length {
        let unit = before >> UInt64(16 * (2 - place)) & 0xFFFF
        let base = place == shared && place < lengthBefore ? unit : 0
        key = key << 16 | (base &+ UInt64(reader.number())) & 0xFFFF
      }
      lengthBefore = length
      var slot = Self.hash(key) & mask
      while slots[slot].key != 0 { slot = (slot + 1) & mask }
      slots[slot] = Slot(key: key, start: UInt32(shares.count))
      while true {
        let head = reader.number()
        let total = head / 2 * 3 + length - 1
        guard total < totals.count else { return }
        let share = Share(
          language: UInt32(head / 2), isLast: head & 1 == 1,
          part: Double(reader.number()) / totals[total])
        shares.append(share)
        if share.isLast { break }
      }
    }
    self.mask = mask
    self.slots = slots
    self.shares = shares
  }

  @inline(__always)
  private static func hash(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 40)
  }

  /// Where the shares of an n-gram begin, given as its characters of 16 bits; nothing when no language has it.
  @inline(__always)
  func start(_ key: UInt64) -> UInt32? {
    var place = Self.hash(key) & mask
    while true {
      let slot = slots[place]
      if slot.key == key { return slot.start }
      if slot.key == 0 { return nil }
      place = (place + 1) & mask
    }
  }

  /// Writes each language's number, multiplied by its part of an n-gram plus `weight`, to `products`.
  ///
  /// The n-gram's shares begin at `start`; both arrays have a number for each language.
  @inline(__always)
  func multiply(
    _ numbers: [Double], from start: UInt32, weight: Double, into products: inout [Double]
  ) {
    for language in 0..<min(numbers.count, products.count) {
      products[language] = numbers[language] * weight
    }
    var index = Int(start)
    while true {
      let share = shares[index]
      let language = Int(share.language)
      products[language] = numbers[language] * (weight + share.part)
      if share.isLast { return }
      index += 1
    }
  }
}

/// Reads numbers and bytes of a table front to back; beyond its end everything is 0.
private struct TableReader {
  let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  @inline(__always)
  mutating func number() -> Int {
    if position < bytes.count, bytes[position] < 0x80 {
      position += 1
      return Int(bytes[position - 1])
    }
    return longNumber()
  }

  private mutating func longNumber() -> Int {
    var value = 0
    var shift = 0
    while position < bytes.count && shift < 63 {
      let byte = bytes[position]
      position += 1
      value |= Int(byte & 0x7F) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    return value
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    let end = min(position + count, bytes.count)
    defer { position = end }
    return Array(bytes[position..<end])
  }

  mutating func skip(_ count: Int) { position = min(position + count, bytes.count) }
}
