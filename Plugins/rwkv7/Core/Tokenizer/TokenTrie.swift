// All tokens of a vocabulary by their bytes, for the longest match.
//
// A node is a number; node 0 is the start. The edges lie in one hash table with open addressing:
//
//   bits 63...24   parent node << 8 | byte
//   bits 23...0    child node, never 0, so that an entry of 0 is free
//
// The World vocabulary's 65,529 tokens take 4 MB of edges and half a MB of nodes, where a node with 256
// pointers would take over 200 MB.

/// Tokens by their bytes.
struct TokenTrie: Sendable {
  /// Nodes that the edges' layout has room for.
  static let mostNodes = 1 << 24

  private var edges: [UInt64]
  private var shift: UInt64
  /// The id of the token that ends at each node; 0 = none does.
  private var tokens: [UInt32]

  /// An empty trie with room for the tokens of a vocabulary file of `size` bytes.
  init(forFileOf size: Int) {
    let bits = UInt64(max(10, min(24, (size / 3).bitWidth - (size / 3).leadingZeroBitCount)))
    edges = Array(repeating: 0, count: 1 << bits)
    shift = 64 - bits
    tokens = [0]
  }

  @inline(__always)
  private static func start(_ key: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  /// Adds a token.
  ///
  /// - Returns: The id that has the same bytes already, or 0; nil when there are too many nodes.
  mutating func insert(_ bytes: [UInt8], id: UInt32) -> UInt32? {
    var node: UInt64 = 0
    for byte in bytes {
      let key = node << 8 | UInt64(byte)
      var slot = Self.start(key, shift)
      while edges[slot] != 0 && edges[slot] >> 24 != key { slot = (slot + 1) & (edges.count - 1) }
      if edges[slot] == 0 {
        guard tokens.count < Self.mostNodes else { return nil }
        edges[slot] = key << 24 | UInt64(tokens.count)
        tokens.append(0)
        node = UInt64(tokens.count - 1)
        if tokens.count * 2 > edges.count { grow() }
      } else {
        node = edges[slot] & 0xFF_FFFF
      }
    }
    let present = tokens[Int(node)]
    if present == 0 { tokens[Int(node)] = id }
    return present
  }

  /// Doubles the table of edges, at most half of which are taken.
  private mutating func grow() {
    let old = edges
    edges = Array(repeating: 0, count: old.count * 2)
    shift -= 1
    for entry in old where entry != 0 {
      var slot = Self.start(entry >> 24, shift)
      while edges[slot] != 0 { slot = (slot + 1) & (edges.count - 1) }
      edges[slot] = entry
    }
  }

  /// Cuts `bytes` into tokens, the longest possible first; every single byte must be a token.
  func encode(_ bytes: Span<UInt8>) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(bytes.count / 3 + 1)
    let edges = edges.span
    let tokens = tokens.span
    let mask = edges.count - 1
    var position = 0
    while position < bytes.count {
      var node: UInt64 = 0
      var next = position
      var end = position + 1
      var best: UInt32 = 0
      search: while next < bytes.count {
        let key = node << 8 | UInt64(bytes[next])
        var slot = Self.start(key, shift)
        while edges[slot] >> 24 != key || edges[slot] == 0 {
          if edges[slot] == 0 { break search }
          slot = (slot + 1) & mask
        }
        node = edges[slot] & 0xFF_FFFF
        next += 1
        let token = tokens[Int(truncatingIfNeeded: node)]
        if token != 0 {
          best = token
          end = next
        }
      }
      result.append(best)
      position = end
    }
    return result
  }
}
