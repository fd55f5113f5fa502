// Where each record of one task stands in the file. Built while the file is read; a file in the order
// of the export costs 8 bytes a record, one in any other order about 30.

/// Offsets by sample and repeat.
struct RecordIndex {
  /// Samples that may be missing between two without leaving the compact form.
  private static var longestGap: UInt64 { 4096 }

  /// Offsets in file order, as long as that is the order of (sample, repeat) without a missing repeat.
  private var offsets: [Int] = []
  /// For each sample up to the last in order: the place in `offsets` of its repeat 0.
  private var firsts: [UInt32] = []
  /// All that came out of order.
  private var others: [UInt64: Int] = [:]

  /// Records known so far.
  var count: Int { offsets.count + others.count }

  /// Where the record of one try starts, or nil.
  func offset(sample: UInt64, repetition: UInt32) -> Int? {
    if sample < UInt64(firsts.count) {
      let sample = Int(sample)
      let first = Int(firsts[sample])
      let end = sample + 1 < firsts.count ? Int(firsts[sample + 1]) : offsets.count
      if Int(repetition) < end - first { return offsets[first + Int(repetition)] }
    }
    if others.isEmpty { return nil }
    return others[Self.key(sample, repetition)]
  }

  /// Adds a record; false when that try has one already, which stays.
  mutating func add(sample: UInt64, repetition: UInt32, offset: Int) -> Bool {
    if self.offset(sample: sample, repetition: repetition) != nil { return false }
    let known = UInt64(firsts.count)
    if repetition == 0, sample >= known, sample - known < Self.longestGap {
      while firsts.count <= Int(sample) { firsts.append(UInt32(offsets.count)) }
      offsets.append(offset)
    } else if sample + 1 == known, Int(repetition) == offsets.count - Int(firsts[Int(sample)]) {
      offsets.append(offset)
    } else {
      others[Self.key(sample, repetition)] = offset
    }
    return true
  }

  private static func key(_ sample: UInt64, _ repetition: UInt32) -> UInt64 {
    sample << 24 | UInt64(repetition)
  }
}
