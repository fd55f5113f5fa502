// The bit set of tries against Swift's own set.

import Model
import Testing

@Suite struct TryMaskTests {
  @Test(arguments: [1, 63, 64, 65, 128, 1000])
  func `a mask is a set`(count: Int) throws {
    var random = Seeded(state: UInt64(count))
    var mask = TryMask(count: count)
    var model: Set<Int> = []
    for _ in 0..<2000 {
      let index = Int.random(in: 0..<count, using: &random)
      if Int.random(in: 0..<3, using: &random) > 0 {
        #expect(mask.insert(index) == model.insert(index).inserted)
      } else {
        #expect(mask.remove(index) == (model.remove(index) != nil))
      }
      #expect(mask.contains(index) == model.contains(index))
      #expect(mask.population == model.count && mask.isFull == (model.count == count))
      let start = Int.random(in: 0...count, using: &random)
      #expect(mask.firstAbsent(from: start) == (start..<count).first { !model.contains($0) })
    }
    #expect(mask.members == model.sorted())
    #expect(try #require(TryMask(count: count, words: mask.words)) == mask)
    for index in 0..<count { mask.insert(index) }
    #expect(mask.isFull && mask.firstAbsent(from: 0) == nil && mask.members == Array(0..<count))
  }

  @Test func `words that do not fit the count are refused`() {
    #expect(TryMask(count: 64, words: []) == nil)
    #expect(TryMask(count: 64, words: [0, 0]) == nil)
    #expect(TryMask(count: 3, words: [8]) == nil)
    #expect(TryMask(count: 3, words: [7])?.isFull == true)
    #expect(TryMask(count: 64, words: [.max])?.population == 64)
    #expect(TryMask(count: 0, words: [])?.isFull == true)
  }
}

/// SplitMix64: the same numbers in every run.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
