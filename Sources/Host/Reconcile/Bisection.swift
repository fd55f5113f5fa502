// Finding the one item that ends a worker. Pure.

/// Halves a batch that ended its worker until the item that does it stands alone.
///
/// Each group runs by itself in a fresh worker. A group that survives is cleared; one that does not is
/// halved. An item that ends `limit` workers while alone is poison: one death alone may be chance (an
/// operator's kill, the machine out of memory), so the limit is at least 2.
package struct Bisection<Item: Hashable & Sendable>: Sendable {
  private let limit: Int
  private var strikes: [Item: Int] = [:]

  /// What to do with the items of a lost worker.
  package struct Answer: Equatable, Sendable {
    /// Groups to try again, each alone.
    package var groups: [[Item]]
    /// Items to give up.
    package var poison: [Item]
  }

  /// A fresh search; `limit` deaths alone make an item poison.
  package init(limit: Int = 2) { self.limit = max(2, limit) }

  /// The worker that held these items, and nothing else, is gone.
  package mutating func lost(_ items: [Item]) -> Answer {
    guard items.count > 1 else {
      guard let item = items.first else { return Answer(groups: [], poison: []) }
      strikes[item, default: 0] += 1
      if strikes[item, default: 0] < limit { return Answer(groups: [[item]], poison: []) }
      strikes[item] = nil
      return Answer(groups: [], poison: [item])
    }
    let middle = items.count / 2
    return Answer(groups: [Array(items[..<middle]), Array(items[middle...])], poison: [])
  }

  /// The item came through: chance, not poison.
  package mutating func cleared(_ item: Item) {
    if !strikes.isEmpty { strikes[item] = nil }
  }
}
