// What the measures should reach; a goal that nobody has set is nil.

/// A limit of a measure, in the measure's own unit.
enum Goal {
  case atLeast(Double)
  case atMost(Double)

  /// Whether a value keeps to the limit.
  func isMet(by value: Double) -> Bool {
    switch self {
    case .atLeast(let limit): value >= limit
    case .atMost(let limit): value <= limit
    }
  }
}

/// The goals.
enum Goals {
  /// Samples a second from start to exit.
  static let rate: Goal? = .atLeast(20_000)
  /// Samples a second between the first and the last commit.
  static let commitRate: Goal? = nil
  /// CPU microseconds of all processes, a sample.
  static let cpu: Goal? = nil
  /// Bytes of all processes together.
  static let memory: Goal? = .atMost(300e6)
  /// How much more the larger size takes: told, not judged; the limit is on both sizes.
  static let memoryGrowth: Goal? = nil
  /// Bytes of the database, a sample.
  static let database: Goal? = nil
  /// Seconds.
  static let resume: Goal? = .atMost(3)
  /// Milliseconds.
  static let firstCommit: Goal? = .atMost(150)
  /// Milliseconds: "listing loads nothing and takes milliseconds".
  static let pluginsList: Goal? = .atMost(20)
  /// Bytes.
  static let pluginsListMemory: Goal? = nil
}
