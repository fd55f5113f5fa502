// The coordinates of everything a run produces, in the one order used everywhere: task, sample,
// repeat, stage. Knows nothing of processes, files or databases.

/// A row of a prepared split: counts from 0 in file order.
///
/// Only a checked number becomes a `SampleIndex`: a missing, negative or too large index is refused
/// where it is read and never replaced by another one.
package struct SampleIndex: Hashable, Comparable, Sendable {
  /// The largest index that a seed can hold (31 bits).
  package static let limit: UInt32 = 1 << 31

  /// The index itself, `0 ..< limit`.
  package let rawValue: UInt32

  /// Accepts `0 ..< limit`; anything else is nil.
  package init?(_ value: Int64) {
    guard value >= 0, value < Int64(Self.limit) else { return nil }
    rawValue = UInt32(value)
  }

  /// Orders by position.
  package static func < (left: SampleIndex, right: SampleIndex) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// One of k independent tries at a sample: counts from 0.
package struct RepeatIndex: Hashable, Comparable, Sendable {
  /// The largest index that a seed can hold (24 bits).
  package static let limit: UInt32 = 1 << 24

  /// The index itself, `0 ..< limit`.
  package let rawValue: UInt32

  /// Accepts `0 ..< limit`; anything else is nil.
  package init?(_ value: Int64) {
    guard value >= 0, value < Int64(Self.limit) else { return nil }
    rawValue = UInt32(value)
  }

  /// Orders by position.
  package static func < (left: RepeatIndex, right: RepeatIndex) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// One try at one sample of one task of a run.
package struct TryKey: Hashable, Comparable, Sendable {
  /// Position of the task in the run's plan, from 0.
  package var task: UInt32
  /// `sample_index`.
  package var sample: UInt32
  /// `repeat_index`.
  package var repetition: UInt32

  /// Names one try.
  package init(task: UInt32, sample: UInt32, repetition: UInt32) {
    self.task = task
    self.sample = sample
    self.repetition = repetition
  }

  /// Orders by position.
  package static func < (left: TryKey, right: TryKey) -> Bool {
    (left.task, left.sample, left.repetition) < (right.task, right.sample, right.repetition)
  }
}

extension TryKey: CustomStringConvertible {
  /// For example `t0/s17/r3`, as logs write it.
  package var description: String { "t\(task)/s\(sample)/r\(repetition)" }
}

/// The seed of one stage of one try: the same in every run, worker and batch.
///
/// Sample in bits 32..62, repeat in bits 8..31, stage in bits 0..7, exclusive-or the run's own seed
/// spread over the word. A run seed of 0 gives exactly the old system's seeds.
package func stageSeed(run: Int64, sample: UInt32, repetition: UInt32, stage: UInt8) -> UInt64 {
  let base = (UInt64(sample) << 32) | (UInt64(repetition) << 8) | UInt64(stage)
  guard run != 0 else { return base }
  // SplitMix64's finaliser: two run seeds that differ in one bit give unrelated words.
  var mixed = UInt64(bitPattern: run) &+ 0x9e37_79b9_7f4a_7c15
  mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
  mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
  return (base ^ mixed ^ (mixed >> 31)) & 0x7fff_ffff_ffff_ffff
}
