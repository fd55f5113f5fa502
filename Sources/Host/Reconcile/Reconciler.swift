// What the end of a worker means for the work it held. Pure.
package import Model

/// One request in a generation worker's hands.
package struct RequestKey: Hashable, Sendable {
  package var attempt: TryKey
  package var stage: UInt8

  /// Names the request of one stage of one try.
  package init(attempt: TryKey, stage: UInt8) {
    self.attempt = attempt
    self.stage = stage
  }
}

/// Turns lost work into work to do again, and the work that ends workers into errors.
package struct Reconciler: Sendable {
  /// What becomes of an evaluator worker's tries.
  package struct TryAnswer: Equatable, Sendable {
    package var requeue: [[TryKey]]
    package var poison: [TryKey]

    /// Pairs the two.
    package init(requeue: [[TryKey]], poison: [TryKey]) {
      self.requeue = requeue
      self.poison = poison
    }
  }

  /// What becomes of a generation worker's requests.
  package struct RequestAnswer: Equatable, Sendable {
    package var groups: [[RequestKey]]
    package var poison: [RequestKey]
  }

  private var tries: Bisection<TryKey>
  private var requests: Bisection<RequestKey>

  /// `strikes` deaths of a worker with one item alone make the item an error; at least 2.
  package init(strikes: Int) {
    tries = Bisection(limit: strikes)
    requests = Bisection(limit: strikes)
  }

  /// An evaluator worker is gone with these tries unfinished.
  ///
  /// Tries of different tasks are split by task first: a lease holds tries of one task.
  package mutating func evaluatorLost(_ items: [TryKey]) -> TryAnswer {
    let answer = tries.lost(items)
    var groups: [[TryKey]] = []
    for group in answer.groups {
      var byTask: [UInt32: [TryKey]] = [:]
      for item in group { byTask[item.task, default: []].append(item) }
      groups += byTask.sorted { $0.key < $1.key }.map(\.value)
    }
    return TryAnswer(requeue: groups, poison: answer.poison)
  }

  /// A try came through.
  package mutating func finished(_ item: TryKey) { tries.cleared(item) }

  /// A generation worker is gone with these requests unanswered.
  package mutating func generationLost(_ items: [RequestKey]) -> RequestAnswer {
    let answer = requests.lost(items)
    return RequestAnswer(groups: answer.groups, poison: answer.poison)
  }

  /// A request was answered.
  package mutating func answered(_ item: RequestKey) { requests.cleared(item) }

  /// Why a worker ended, as errors and logs say it.
  package static func reason(
    role: String, ending: String, plugin: String, wasHung: Bool, silence: Int
  ) -> String {
    wasHung
      ? "\(role) with plugin \(plugin) hung: no sign of life for \(silence) s; it was ended"
      : "\(role) with plugin \(plugin) ended by \(ending)"
  }
}
