// Several texts in one allocation: choices, stop strings, reference answers.

import PluginAPI

/// Texts one after the other in one array of bytes; emptied, it keeps its room.
package struct ByteList: Equatable, Sendable {
  /// All texts' bytes.
  package private(set) var bytes: [UInt8]
  /// Where each text ends in `bytes`.
  package private(set) var ends: [Int]

  /// Makes an empty list.
  package init() {
    bytes = []
    ends = []
  }

  /// Makes a list of texts.
  package init(_ texts: [String]) {
    self.init()
    for text in texts { append(Array(text.utf8)) }
  }

  /// How many texts there are.
  package var count: Int { ends.count }
  /// Whether there are none.
  package var isEmpty: Bool { ends.isEmpty }
  /// The texts' numbers.
  package var indices: Range<Int> { ends.indices }

  /// Where a text stands in `bytes`.
  package func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  /// A text's bytes.
  package subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

  /// Adds a text.
  package mutating func append<Text: Sequence<UInt8>>(_ text: Text) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }

  /// Empties the list and keeps its room.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }
}

/// Room for an array of views that is used again at every call.
final class ViewTable {
  private(set) var base: UnsafeMutablePointer<evh_str>
  private var capacity: Int

  init(capacity: Int = 8) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// Fills the table with views of a list whose bytes begin at `bytes`.
  func fill(_ list: ByteList, bytes: UnsafeBufferPointer<UInt8>) {
    if list.count > capacity {
      base.deallocate()
      capacity = max(list.count, capacity * 2)
      base = .allocate(capacity: capacity)
    }
    for index in list.indices {
      let text = view(UnsafeBufferPointer(rebasing: bytes[list.range(index)]))
      (base + index).initialize(to: text)
    }
  }
}
