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

  /// A field in which a superseded task differs from the one in its place.
  struct Difference: Equatable {
    var field: String
    /// Nil where that task has no such field.
    var was: String?
    var now: String?
  }

  /// A task whose completions could not be reused.
  struct Superseded {
    var task: StoredTask
    /// The task in its place; nil when there is none any more.
    var successor: StoredTask?
    var differences: [Difference]
  }

  var run: StoredRun
  var state: State
  var tasks: [Task] = []
  var superseded: [Superseded] = []

  /// Reads a run; the caller holds a transaction so that the numbers belong together.
  init(_ run: StoredRun, controller: Int32?, _ queries: ResultQueries) throws(StoreError) {
    self.run = run
    state = Self.state(of: run, controller: controller)
    let all = try queries.tasks(run: run.id, withSuperseded: true)
    let current = all.filter { $0.status != .superseded }
    for task in current {
      tasks.append(Task(task: task, counts: try queries.counts(task: task.id)))
    }
    for task in all where task.status == .superseded {
      let successor = current.last {
        $0.model == task.model && $0.benchmark == task.benchmark && $0.split == task.split
          && $0.mode == task.mode
      }
      var entry = Superseded(task: task, successor: successor, differences: [])
      if let successor {
        entry.differences = Self.differences(
          try queries.identity(ofTask: task.id), try queries.identity(ofTask: successor.id))
      }
      superseded.append(entry)
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
