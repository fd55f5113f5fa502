// What the controller knows of its workers and tasks from their messages. Pure: time is given.

/// Progress of one task, as the bar and `status` show it.
package struct TaskProgress: Equatable, Sendable {
  package var label: String
  /// Tries expected, finished before this attempt, and finished so far.
  package var total: Int
  package var before: Int
  package var done: Int
  package var passed: Int
  package var judged: Int
  package var errors: Int

  /// Nothing more comes of it.
  package var isOver = false

  /// Progress at the start of an attempt.
  package init(label: String, total: Int, before: Int) {
    self.label = label
    self.total = total
    self.before = before
    done = before
    passed = 0
    judged = 0
    errors = 0
  }
}

/// Watches liveness and progress.
package struct Observer: Sendable {
  private struct Watch: Sendable {
    var lastHeard: UInt64
    var allowance: UInt64
    var isBusy = false
  }

  private var watches: [Int: Watch] = [:]
  private var started: UInt64
  /// Finished tries by quarter seconds, for a rate that follows the last seconds.
  private var recent: [(time: UInt64, done: Int)] = []
  /// One entry a task, by its position in the plan.
  package private(set) var tasks: [Int: TaskProgress] = [:]

  /// An observer that starts at a monotonic time in nanoseconds.
  package init(now: UInt64) { started = now }

  // MARK: Liveness

  /// A worker was started; it must be heard from within `allowance` nanoseconds while it is busy.
  package mutating func started(worker: Int, now: UInt64, allowance: UInt64) {
    watches[worker] = Watch(lastHeard: now, allowance: allowance, isBusy: true)
  }

  /// The worker said something.
  package mutating func heard(worker: Int, now: UInt64) { watches[worker]?.lastHeard = now }

  /// From now on another allowance holds, for example once a model is loaded.
  package mutating func allow(worker: Int, nanoseconds: UInt64) {
    watches[worker]?.allowance = nanoseconds
  }

  /// Whether the worker has work; an idle worker may be silent for ever.
  package mutating func busy(worker: Int, _ isBusy: Bool, now: UInt64) {
    guard let watch = watches[worker], watch.isBusy != isBusy else { return }
    watches[worker]?.isBusy = isBusy
    if isBusy { watches[worker]?.lastHeard = now }
  }

  /// The worker is gone.
  package mutating func ended(worker: Int) { watches[worker] = nil }

  /// Busy workers that were silent for longer than their allowance.
  package func hung(now: UInt64) -> [Int] {
    watches.filter { _, watch in
      watch.isBusy && now > watch.lastHeard && now - watch.lastHeard > watch.allowance
    }.keys.sorted()
  }

  // MARK: Progress

  /// A task joins the run.
  package mutating func add(task: Int, _ progress: TaskProgress) { tasks[task] = progress }

  /// A verdict or error left a worker.
  ///
  /// `passed` is nil for an error.
  package mutating func judged(task: Int, passed: Bool?) {
    if let passed {
      tasks[task]?.judged += 1
      if passed { tasks[task]?.passed += 1 }
    } else {
      tasks[task]?.errors += 1
    }
  }

  /// A try was committed.
  package mutating func settled(task: Int) { tasks[task]?.done += 1 }

  /// The task is over, whatever is left of it.
  package mutating func ended(task: Int) { tasks[task]?.isOver = true }

  /// Notes the time for the rate; call a few times a second.
  package mutating func tick(now: UInt64) {
    recent.append((now, doneNow))
    while recent.count > 2, let first = recent.first, now - first.time > 10_000_000_000 {
      recent.removeFirst()
    }
  }

  /// Tries finished a second over the last ten seconds; 0 at the start.
  package var rate: Double {
    guard let first = recent.first, let last = recent.last, last.time > first.time else { return 0 }
    return Double(last.done - first.done) * 1e9 / Double(last.time - first.time)
  }

  /// Seconds to the end at the present rate, nil when nothing moves.
  package var secondsLeft: Double? {
    let left = tasks.values.reduce(0) { $0 + ($1.isOver ? 0 : $1.total - $1.done) }
    let rate = rate
    return rate > 0 ? Double(left) / rate : nil
  }

  /// Nanoseconds since the start.
  package func elapsed(now: UInt64) -> UInt64 { now - started }

  private var doneNow: Int { tasks.values.reduce(0) { $0 + $1.done } }
}
