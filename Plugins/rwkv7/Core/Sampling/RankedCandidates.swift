// Some tokens in the order in which they are drawn from, without ever being sorted.

/// Tokens by descending logit, equal ones by ascending id.
struct RankedCandidates: Sendable {
  /// A token with its logit as one number, smaller for a token that comes first: the upper half is the
  /// logit's bits, turned so that greater numbers come first, the lower half the id.
  private var keys: [UInt64] = []

  var count: Int { keys.count }
  /// The tokens, in no order.
  var tokens: some Sequence<Int> { keys.lazy.map { Int($0 & 0xFFFF_FFFF) } }
  /// The least logit; -infinity when there is none.
  var leastLogit: Float { keys.max().map(Self.logit) ?? -.infinity }

  mutating func removeAll() { keys.removeAll(keepingCapacity: true) }

  @inline(__always)
  mutating func append(token: Int, logit: Float) {
    keys.append(UInt64(Self.rank(logit)) << 32 | UInt64(UInt32(truncatingIfNeeded: token)))
  }

  /// A number that is smaller for a greater logit; -0 and 0 are the same.
  @inline(__always)
  private static func rank(_ logit: Float) -> UInt32 {
    let bits = (logit + 0).bitPattern
    return bits >> 31 == 0 ? ~(bits | 0x8000_0000) : bits
  }

  @inline(__always)
  private static func logit(_ key: UInt64) -> Float {
    let rank = UInt32(truncatingIfNeeded: key >> 32)
    return Float(bitPattern: rank >> 31 == 0 ? ~rank & 0x7FFF_FFFF : rank)
  }

  /// Leaves only the best `limit` of them.
  mutating func keepBest(_ limit: Int) {
    guard keys.count > limit else { return }
    var range = keys.indices
    while range.count > 1 {
      let middle = partition(range)
      if limit == middle { break }
      range = limit < middle ? range.lowerBound..<middle : middle..<range.upperBound
    }
    keys.removeLast(keys.count - limit)
  }

  /// The sum of the weights of all of them.
  func mass(_ weights: SamplingWeights) -> Double {
    var sum = 0.0
    for key in keys { sum += weights.weight(Self.logit(key)) }
    return sum
  }

  /// The first token up to which, and with which, the weights sum up to more than `bound`.
  ///
  /// Where rounding leaves the sum of all of them at `bound` it is the last one that weighs anything; nil
  /// when there is none.
  mutating func token(beyond bound: Double, _ weights: SamplingWeights) -> UInt32? {
    var range = keys.indices
    var before = 0.0
    while range.count > 12 {
      let middle = partition(range)
      var mass = 0.0
      for index in range.lowerBound..<middle { mass += weights.weight(Self.logit(keys[index])) }
      if before + mass > bound {
        range = range.lowerBound..<middle
      } else {
        before += mass
        range = middle..<range.upperBound
      }
    }
    sortFew(range)
    for index in range {
      before += weights.weight(Self.logit(keys[index]))
      if before > bound { return UInt32(truncatingIfNeeded: keys[index]) }
    }
    let last = keys.filter { weights.weight(Self.logit($0)) > 0 }.max()
    return last.map { UInt32(truncatingIfNeeded: $0) }
  }

  /// Brings the smaller keys of `range` before the greater ones.
  ///
  /// - Returns: Where the greater ones begin; both parts have at least one key. The range has two or more.
  private mutating func partition(_ range: Range<Int>) -> Int {
    keys.withUnsafeMutableBufferPointer { keys in
      let first = keys[range.lowerBound]
      let center = keys[range.lowerBound + range.count / 2]
      let last = keys[range.upperBound - 1]
      let pivot = max(min(first, center), min(max(first, center), last))
      // Hoare's scheme; with the median of three as pivot neither scan can leave the range.
      var low = range.lowerBound
      var high = range.upperBound - 1
      while true {
        while keys[low] < pivot { low += 1 }
        while keys[high] > pivot { high -= 1 }
        if low >= high { break }
        keys.swapAt(low, high)
        low += 1
        high -= 1
      }
      return max(low, range.lowerBound + 1)
    }
  }

  /// Sorts a few keys by insertion.
  private mutating func sortFew(_ range: Range<Int>) {
    for index in range.dropFirst() {
      let key = keys[index]
      var place = index
      while place > range.lowerBound && keys[place - 1] > key {
        keys[place] = keys[place - 1]
        place -= 1
      }
      keys[place] = key
    }
  }
}
