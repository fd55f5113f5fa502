// What a worker process is for, and the hidden verb that makes the one binary into it.

/// The kinds of worker processes.
package enum WorkerRole: String, Sendable, CaseIterable {
  /// Owns the database.
  case writer
  /// Drives one evaluator plugin and its metrics.
  case evaluator
  /// Runs one loaded model on one device slot.
  case generation
  /// Reads the verdicts of one finished task and makes its score.
  case scorer
  /// Loads one plugin and says what it is.
  case inspector
  /// Starts a generation worker's model server, and ends it however that worker ends.
  case keeper
}

extension WorkerRole {
  /// The word in messages.
  package var title: String {
    switch self {
    case .writer: "writer"
    case .evaluator: "evaluator worker"
    case .generation: "generation worker"
    case .scorer: "scorer"
    case .inspector: "plugin inspector"
    case .keeper: "server keeper"
    }
  }

  /// Arguments of the process, its name first.
  ///
  /// `parent` is the pid it must die with.
  package func arguments(program: String, parent: Int32) -> [String] {
    [program, Self.hiddenVerb, rawValue, String(parent)]
  }

  /// First argument of a worker process; not for users.
  package static let hiddenVerb = "__worker"

  /// Number of the control socket in a worker.
  package static let controlDescriptor: Int32 = 3
}
