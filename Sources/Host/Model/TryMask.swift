// A set of tries of one task, one bit each: bit (sample x repeats + repeat).

/// A set over `0 ..< count`, one bit a member.
package struct TryMask: Equatable, Sendable {
  /// Bit i of word i / 64 is member i; bits beyond `count` are 0.
  package private(set) var words: [UInt64]
  /// Members possible.
  package let count: Int
  /// Members present.
  package private(set) var population: Int

  /// The empty set over `count` members.
  package init(count: Int) {
    self.count = count
    words = [UInt64](repeating: 0, count: (count + 63) / 64)
    population = 0
  }

  /// A set from words, as they come over the wire; bits beyond `count` are refused.
  package init?(count: Int, words: [UInt64]) {
    guard words.count == (count + 63) / 64 else { return nil }
    if count % 64 != 0, let last = words.last, last >> UInt64(count % 64) != 0 { return nil }
    self.count = count
    self.words = words
    population = words.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// Whether a member is in the set.
  package func contains(_ index: Int) -> Bool {
    words[index >> 6] & (1 << UInt64(index & 63)) != 0
  }

  /// Adds a member; true when it was not there.
  @discardableResult
  package mutating func insert(_ index: Int) -> Bool {
    precondition(index >= 0 && index < count, "try \(index) is outside 0 ..< \(count)")
    let bit: UInt64 = 1 << UInt64(index & 63)
    guard words[index >> 6] & bit == 0 else { return false }
    words[index >> 6] |= bit
    population += 1
    return true
  }

  /// Removes a member; true when it was there.
  @discardableResult
  package mutating func remove(_ index: Int) -> Bool {
    let bit: UInt64 = 1 << UInt64(index & 63)
    guard words[index >> 6] & bit != 0 else { return false }
    words[index >> 6] &= ~bit
    population -= 1
    return true
  }

  /// Everything is in the set.
  package var isFull: Bool { population == count }

  /// The first index at or after `start` that is not in the set, nil when there is none.
  package func firstAbsent(from start: Int) -> Int? {
    var index = start
    while index < count {
      let word = ~words[index >> 6] >> UInt64(index & 63)
      if word != 0 {
        let found = index + word.trailingZeroBitCount
        return found < count ? found : nil
      }
      index = (index >> 6 + 1) << 6
    }
    return nil
  }

  /// The members in rising order.
  package var members: [Int] {
    var found: [Int] = []
    found.reserveCapacity(population)
    for (position, var word) in words.enumerated() {
      while word != 0 {
        found.append(position << 6 + word.trailingZeroBitCount)
        word &= word - 1
      }
    }
    return found
  }
}
