// When a worker is started again and when its role is given up. Pure: no process, no clock.

/// Keeps the restart budget of every worker slot.
///
/// A worker that gets something done between two deaths may die for ever: that is work for the search for
/// the poison sample. One that dies again and again without getting anything done is broken.
package struct Launcher: Sendable {
  /// What to do about a worker that has ended.
  package enum Decision: Equatable, Sendable {
    case startAgain
    /// The role cannot be filled; the reason is for the user.
    case giveUp(String)
  }

  private struct Slot: Sendable {
    var barrenDeaths = 0
    var starts = 0
  }

  /// Deaths in a row without progress that give a slot up: before it had any work, and with work in
  /// hand.
  ///
  /// The search for a poison item among a thousand takes a dozen deaths in which nothing may come
  /// through.
  private let limit: Int
  private let limitAtWork: Int
  private var slots: [Int: Slot] = [:]

  /// A slot is given up after `limit` deaths in a row before any work, or `limitAtWork` with work in hand.
  package init(limit: Int = 5, limitAtWork: Int = 32) {
    self.limit = max(1, limit)
    self.limitAtWork = max(self.limit, limitAtWork)
  }

  /// A process was started for the slot.
  package mutating func started(slot: Int) { slots[slot, default: Slot()].starts += 1 }

  /// The slot's process got something done.
  package mutating func progressed(slot: Int) {
    if slots[slot]?.barrenDeaths != 0 { slots[slot, default: Slot()].barrenDeaths = 0 }
  }

  /// The slot's process has ended unasked; `ending` says how, in words.
  package mutating func died(
    slot: Int, title: String, ending: String, hadWork: Bool = false
  ) -> Decision {
    slots[slot, default: Slot()].barrenDeaths += 1
    let deaths = slots[slot]?.barrenDeaths ?? 0
    guard deaths >= (hadWork ? limitAtWork : limit) else { return .startAgain }
    return .giveUp("\(title) ended \(deaths) times in a row without progress, last by \(ending)")
  }

  /// Processes started for a slot so far.
  package func starts(slot: Int) -> Int { slots[slot]?.starts ?? 0 }
}
