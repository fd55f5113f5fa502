// Chance that can be had again: which process is killed, and when, follows from one number.

internal import Foundation

/// The generator SplitMix64: small, and the same numbers everywhere.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// The seed of all tests here.
enum Seed {
  /// `EVALHOST_FAULT_SEED` chooses another one.
  static let value: UInt64 =
    ProcessInfo.processInfo.environment["EVALHOST_FAULT_SEED"].flatMap { UInt64($0) } ?? 20_260_101
}
