// Calls that wait for their time: a binary heap.

/// Numbers of calls, the one that is due first at the front; of equal times in the order of arrival.
struct DueQueue {
  private struct Entry {
    var due: UInt64
    var arrival: UInt64
    var call: Int

    func isBefore(_ other: Entry) -> Bool {
      (due, arrival) < (other.due, other.arrival)
    }
  }

  private var heap: [Entry] = []
  private var arrivals: UInt64 = 0

  /// When the first is due; nil when there is none.
  var firstDue: UInt64? { heap.first?.due }

  /// Adds a call that is due at `due`.
  mutating func add(_ call: Int, due: UInt64) {
    arrivals += 1
    heap.append(Entry(due: due, arrival: arrivals, call: call))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].isBefore(heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the first call out.
  mutating func removeFirst() -> Int? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first.call }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].isBefore(heap[least]) {
        least = child
      }
      guard least != parent else { break }
      heap.swapAt(parent, least)
      parent = least
    }
    return first.call
  }
}
