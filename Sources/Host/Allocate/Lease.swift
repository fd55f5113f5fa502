// A lease: tries given to one evaluator worker.

/// The tries of one task that one worker is to do.
package struct Lease: Equatable, Sendable {
  /// Unique in the attempt.
  package let ticket: UInt64
  /// Position of the task in the plan.
  package let task: Int
  /// Try numbers (sample x repeats + repeat) in rising order; never empty.
  package let tries: [Int]
  /// These tries may have ended a worker: the worker gets nothing else beside them.
  package let isSuspect: Bool
  /// Some of the tries have stored stages: the lease goes through the writer, who sends them first.
  package let hasStored: Bool

  package init(ticket: UInt64, task: Int, tries: [Int], isSuspect: Bool, hasStored: Bool) {
    self.ticket = ticket
    self.task = task
    self.tries = tries
    self.isSuspect = isSuspect
    self.hasStored = hasStored
  }
}

/// What an evaluator worker can be used for: workers load one evaluator each.
package struct WorkerClass: Hashable, Sendable {
  /// Index of the evaluator (with its metrics) in the plan.
  package let index: Int

  /// Names one class of workers.
  package init(index: Int) { self.index = index }
}
