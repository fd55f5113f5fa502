// What `status` knows of one run, read from the store and from the run's lock.
internal import Model
internal import Store

/// A run with its tasks and counts.
struct RunReport {
  /// What a run is doing.
  enum State: Equatable {
    /// A process runs it.
    case running(Int32)
    /// The last attempt ended in order.
    case ended(AttemptOutcome)
    /// The last attempt ended without a word: its process died.
    case died
    /// No attempt was made.
    case notStarted
  }

  /// One task that counts.
  struct Task {
    var task: StoredTask
    var counts: TaskCounts
    /// Tries expected.
    var expected: Int64 { task.sampleCount * task.repeats }
  }

  /// A field in which an earlier task differs from a later one for the same work.
  struct Difference: Equatable {
    var field: String
    /// Nil where that task has no such field.
    var was: String?
    var now: String?
  }

  /// A task whose completions a later task for the same model, benchmark and mode could not reuse.
  struct Unreused {
    var task: StoredTask
    /// The latest task for the same; nil when this one was superseded and there is none any more.
    var successor: StoredTask?
    var differences: [Difference]
  }

  var run: StoredRun
  var state: State
  var tasks: [Task] = []
  var unreused: [Unreused] = []

  /// Reads a run; the caller holds a transaction so that the numbers belong together.
  init(_ run: StoredRun, controller: Int32?, _ queries: ResultQueries) throws(StoreError) {
    self.run = run
    state = Self.state(of: run, controller: controller)
    let all = try queries.tasks(run: run.id, withSuperseded: true)
    let current = all.filter { $0.status != .superseded }
    for task in current {
      tasks.append(Task(task: task, counts: try queries.counts(task: task.id)))
    }
    for task in all {
      let successor = current.filter { $0.isForTheSame(as: task) && $0.id > task.id }
        .max { $0.id < $1.id }
      guard successor != nil || task.status == .superseded else { continue }
      var entry = Unreused(task: task, successor: successor, differences: [])
      if let successor {
        entry.differences = Self.differences(
          try queries.identity(ofTask: task.id), try queries.identity(ofTask: successor.id))
      }
      unreused.append(entry)
    }
  }

  private static func state(of run: StoredRun, controller: Int32?) -> State {
    if let controller { return .running(controller) }
    if run.attempts == 0 { return .notStarted }
    return run.outcome.map(State.ended) ?? .died
  }

  private static func differences(
    _ old: [IdentityField], _ new: [IdentityField]
  ) -> [Difference] {
    var names: [String] = []
    for field in old + new where !names.contains(field.name) { names.append(field.name) }
    return names.compactMap { name in
      let was = old.first { $0.name == name }?.value
      let now = new.first { $0.name == name }?.value
      return was == now ? nil : Difference(field: name, was: was, now: now)
    }
  }
}

extension StoredTask {
  /// Whether two tasks evaluate the same model on the same split in the same mode.
  fileprivate func isForTheSame(as other: StoredTask) -> Bool {
    model == other.model && benchmark == other.benchmark && split == other.split
      && mode == other.mode && evaluator == other.evaluator
  }
}
