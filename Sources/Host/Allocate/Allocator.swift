// Which tries go to which worker next. Pure: events in, leases out; knows no process and no clock.
//
// A try is open -> leased -> sent (its verdict or error left the worker) -> settled (acknowledged after the
// commit). Only settled tries count as done. A lost worker's leased tries come back; sent ones do not: the
// controller holds their envelopes until they are acknowledged.
package import Model

/// Gives tries to workers and takes them back.
package struct Allocator: Sendable {
  private struct TaskWork: Sendable {
    var repeats: Int
    var workerClass: WorkerClass
    /// Everything that nobody must start: settled, sent, leased or set aside.
    var taken: TryMask
    var settled: TryMask
    var started: TryMask
    var cursor = 0
  }

  private struct Outstanding: Sendable {
    var task: Int
    var open: Set<Int>
    var isSuspect: Bool
  }

  private struct Requeued: Sendable {
    var task: Int
    var tries: [Int]
    var isSuspect: Bool
  }

  /// Most tries in one lease.
  private var leaseSize: Int
  private var tasks: [Int: TaskWork] = [:]
  private var order: [Int] = []
  private var requeued: [Requeued] = []
  private var outstanding: [UInt64: Outstanding] = [:]
  private var nextTicket: UInt64 = 1
  private var isDraining = false

  /// An allocator without tasks; `leaseSize` is the most tries in one lease.
  package init(leaseSize: Int) { self.leaseSize = max(1, leaseSize) }

  /// From now on leases have at most this many tries.
  package mutating func limitLeases(to size: Int) { leaseSize = max(1, size) }

  /// Adds a task.
  ///
  /// `finished` tries are never given out; `started` ones have stored stages.
  package mutating func add(
    task: Int, repeats: Int, workerClass: WorkerClass, finished: TryMask, started: TryMask
  ) {
    tasks[task] = TaskWork(
      repeats: repeats, workerClass: workerClass, taken: finished, settled: finished,
      started: started)
    order.append(task)
  }

  /// The next lease for an idle or busy worker of a class; nil when it should get nothing now.
  ///
  /// `holdsLeases` says that the worker still works on another one: suspects are given only to a worker
  /// that holds none, and alone.
  package mutating func next(for workerClass: WorkerClass, holdsLeases: Bool) -> Lease? {
    guard !isDraining else { return nil }
    if let lease = takeRequeued(for: workerClass, holdsLeases: holdsLeases) { return lease }
    for task in order {
      guard let work = tasks[task], work.workerClass == workerClass else { continue }
      if let lease = takeFresh(task) { return lease }
    }
    return nil
  }

  /// The try's verdict or error is in the controller's hands: the worker may die without losing it.
  package mutating func sent(ticket: UInt64, tryIndex: Int) {
    outstanding[ticket]?.open.remove(tryIndex)
  }

  /// The try's verdict or error is committed.
  ///
  /// Returns false when it already was.
  @discardableResult
  package mutating func settle(task: Int, tryIndex: Int) -> Bool {
    tasks[task]?.taken.insert(tryIndex)
    return tasks[task]?.settled.insert(tryIndex) ?? false
  }

  /// The worker has sent everything of the lease.
  ///
  /// Returns the tries it forgot, which are open again.
  package mutating func ended(ticket: UInt64) -> [Int] {
    guard let lease = outstanding.removeValue(forKey: ticket) else { return [] }
    return lease.open.sorted()
  }

  /// The worker with this lease is gone; returns the tries that were in its hands and the lease's kind.
  package mutating func lost(ticket: UInt64) -> (task: Int, tries: [Int], wasSuspect: Bool)? {
    guard let lease = outstanding.removeValue(forKey: ticket) else { return nil }
    return (lease.task, lease.open.sorted(), lease.isSuspect)
  }

  /// Gives tries back to be leased again; they go through the writer, since stages may be stored.
  package mutating func requeue(task: Int, tries: [Int], isSuspect: Bool) {
    // An abandoned task's tries may still come back with a lease.
    guard !tries.isEmpty, order.contains(task) else { return }
    for index in tries { tasks[task]?.started.insert(index) }
    requeued.append(Requeued(task: task, tries: tries, isSuspect: isSuspect))
  }

  /// Nothing new is leased any more.
  package mutating func drain() { isDraining = true }

  /// Removes a task that cannot go on; its tries are given to nobody.
  package mutating func abandon(task: Int) {
    order.removeAll { $0 == task }
    requeued.removeAll { $0.task == task }
  }

  /// Every try of the task is settled.
  package func isSettled(task: Int) -> Bool { tasks[task]?.settled.isFull ?? false }

  /// Settled tries of a task.
  package func settledCount(task: Int) -> Int { tasks[task]?.settled.population ?? 0 }

  /// Leases in workers' hands.
  package var outstandingLeases: Int { outstanding.count }

  /// Whether a class of workers has anything left to be leased.
  package func hasWork(for workerClass: WorkerClass) -> Bool {
    for item in requeued where tasks[item.task]?.workerClass == workerClass { return true }
    return order.contains { task in
      guard let work = tasks[task], work.workerClass == workerClass else { return false }
      return work.taken.firstAbsent(from: work.cursor) != nil
    }
  }

  private mutating func takeRequeued(
    for workerClass: WorkerClass, holdsLeases: Bool
  ) -> Lease? {
    let found = requeued.firstIndex { item in
      tasks[item.task]?.workerClass == workerClass && !(item.isSuspect && holdsLeases)
    }
    guard let found else { return nil }
    let item = requeued.remove(at: found)
    return lend(task: item.task, tries: item.tries, isSuspect: item.isSuspect, hasStored: true)
  }

  private mutating func takeFresh(_ task: Int) -> Lease? {
    // Taken out and put back: a copy left in the dictionary would make each change copy the whole masks.
    guard var work = tasks.removeValue(forKey: task) else { return nil }
    guard let first = work.taken.firstAbsent(from: work.cursor) else {
      tasks[task] = work
      return nil
    }
    // A lease stays within the rows of one window, so that a worker reads one stretch of the file even
    // where most tries of a stretch are finished.
    let window = leaseSize * 4
    var tries: [Int] = []
    var hasStored = false
    var index: Int? = first
    while let candidate = index, tries.count < leaseSize, candidate - first < window {
      tries.append(candidate)
      work.taken.insert(candidate)
      hasStored = hasStored || work.started.contains(candidate)
      index = work.taken.firstAbsent(from: candidate + 1)
    }
    work.cursor = (tries.last ?? first) + 1
    tasks[task] = work
    return lend(task: task, tries: tries, isSuspect: false, hasStored: hasStored)
  }

  private mutating func lend(
    task: Int, tries: [Int], isSuspect: Bool, hasStored: Bool
  ) -> Lease {
    let ticket = nextTicket
    nextTicket += 1
    outstanding[ticket] = Outstanding(task: task, open: Set(tries), isSuspect: isSuspect)
    return Lease(
      ticket: ticket, task: task, tries: tries, isSuspect: isSuspect, hasStored: hasStored)
  }
}
