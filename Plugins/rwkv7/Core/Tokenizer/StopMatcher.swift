// Strings that end a text, found while it is made.
//
// Which one ends it: the one that is complete first, reading byte by byte. Of several that are complete at
// the same byte, the longest, which begins first. So the text ends as soon as it can, no byte behind a stop
// is ever needed to decide, and the result is the same however the bytes are cut into tokens: a stop may
// begin and end in the middle of tokens.
//
// The search is that of Aho and Corasick, "Efficient string matching: an aid to bibliographic search",
// CACM 18 (1975): a trie of the stops, and for each node the longest proper end of its string that begins
// a stop too. The depth of the current node is what must be held back.

/// A stop string that cannot be.
package struct StopError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Its place in the list, from 0.
  package let index: Int

  /// One line for people.
  package var description: String {
    "stop string \(index + 1) is empty: give at least one character, or leave it out"
  }
}

/// Looks for stop strings in a text and lets through what cannot be part of one.
package struct StopMatcher: Sendable {
  private struct Node {
    var children: [(byte: UInt8, node: Int)] = []
    /// The node of the longest proper end of this node's string.
    var fallback = 0
    /// How long this node's string is.
    var depth: Int
    /// The longest stop that this node's string ends with.
    var stop: Int?
  }

  private var nodes = [Node(depth: 0)]
  private let lengths: [Int]
  private var current = 0
  private var held: [UInt8] = []
  /// The stop that ended the text, by its place in the list; nil as long as none did.
  package private(set) var match: Int?

  /// Looks for `stops`; with none of them everything is let through.
  package init(_ stops: [String]) throws(StopError) {
    lengths = stops.map(\.utf8.count)
    for (index, stop) in stops.enumerated() {
      guard !stop.isEmpty else { throw StopError(index: index) }
      var node = 0
      for byte in stop.utf8 {
        if let next = child(of: node, byte) {
          node = next
        } else {
          nodes.append(Node(depth: nodes[node].depth + 1))
          nodes[node].children.append((byte, nodes.count - 1))
          node = nodes.count - 1
        }
      }
      if nodes[node].stop == nil { nodes[node].stop = index }
    }
    linkFallbacks()
  }

  /// Sets the fallbacks, nodes nearer to the start first.
  private mutating func linkFallbacks() {
    var queue = nodes[0].children.map(\.node)
    var position = 0
    while position < queue.count {
      let parent = queue[position]
      position += 1
      if nodes[parent].stop == nil { nodes[parent].stop = nodes[nodes[parent].fallback].stop }
      for (byte, node) in nodes[parent].children {
        nodes[node].fallback = next(after: nodes[parent].fallback, byte)
        queue.append(node)
      }
    }
  }

  private func child(of node: Int, _ byte: UInt8) -> Int? {
    nodes[node].children.first { $0.byte == byte }?.node
  }

  /// The node of the longest end of (the string of `node` and `byte`) that begins a stop.
  private func next(after node: Int, _ byte: UInt8) -> Int {
    var node = node
    while true {
      if let next = child(of: node, byte) { return next }
      if node == 0 { return 0 }
      node = nodes[node].fallback
    }
  }

  /// Takes more of the text and passes on what no stop can begin in.
  ///
  /// Once a stop was found everything further is left out, as the stop itself is.
  ///
  /// - Returns: Whether a stop has ended the text.
  package mutating func append(
    _ bytes: some Sequence<UInt8>, to text: inout TextDecoder
  ) -> Bool {
    guard match == nil else { return true }
    if lengths.isEmpty {
      text.append(bytes)
      return false
    }
    for byte in bytes {
      held.append(byte)
      current = next(after: current, byte)
      if let stop = nodes[current].stop {
        match = stop
        text.append(held.dropLast(lengths[stop]))
        held = []
        return true
      }
    }
    let passed = held.count - nodes[current].depth
    text.append(held.prefix(passed))
    held.removeFirst(passed)
    return false
  }

  /// Ends the text: what is held back is part of it.
  package mutating func finish(_ text: inout TextDecoder) {
    text.append(held)
    held = []
    current = 0
  }
}
