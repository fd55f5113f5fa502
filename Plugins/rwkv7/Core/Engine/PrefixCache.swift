// States of what was read before, so that equal beginnings are read once: the k repeats of a prompt, the
// examples that many prompts begin with, and the second stage that goes on from the first's text.
internal import PluginKit

/// A few states by the tokens that led to them, the least recently used replaced first.
///
/// What several prompts went on from is replaced last, as long as it is not more than half of all: else the
/// ends of a batch of texts would push out the examples that the next prompts begin with.
///
/// Taking a state from here gives the same bits as reading the tokens again: see rwkv7_kernels.h.
final class PrefixCache {
  private struct Entry {
    var tokens: [UInt32] = []
    var hash: UInt64 = 0
    var state: AlignedFloats
    /// Of the last token, when somebody wanted them.
    var logits: [Float] = []
    var lastUse = 0
    /// How many prompts went on from here.
    var uses = 0
  }

  /// What is known of the beginning of a prompt.
  struct Hit {
    var length: Int
    var state: AlignedFloats
    /// Empty unless the hit is the whole prompt.
    var logits: [Float]
  }

  private let capacity: Int
  private let stateCount: Int
  private var entries: [Entry] = []
  private var clock = 0
  /// Tokens that were not read again.
  private(set) var savedTokens = 0

  /// Room for `capacity` states of `stateCount` floats, allocated when needed.
  init(capacity: Int, stateCount: Int) {
    self.capacity = capacity
    self.stateCount = stateCount
  }

  /// The longest known beginning of `tokens`; the whole of them only with logits.
  func find(_ tokens: [UInt32]) -> Hit? {
    let hashes = prefixHashes(tokens)
    var best: Int?
    for (index, entry) in entries.enumerated() {
      let length = entry.tokens.count
      guard length > 0, length <= tokens.count, hashes[length - 1] == entry.hash,
        length < tokens.count || !entry.logits.isEmpty,
        length > best.map({ entries[$0].tokens.count }) ?? 0,
        tokens.starts(with: entry.tokens)
      else { continue }
      best = index
    }
    guard let best else { return nil }
    clock += 1
    entries[best].lastUse = clock
    entries[best].uses += 1
    let entry = entries[best]
    let isWhole = entry.tokens.count == tokens.count
    savedTokens += entry.tokens.count
    return Hit(
      length: entry.tokens.count, state: entry.state, logits: isWhole ? entry.logits : [])
  }

  /// Keeps a copy of a state, if there is memory for it.
  func keep(
    _ tokens: [UInt32], _ state: AlignedFloats, logits: UnsafeMutableBufferPointer<Float>? = nil
  ) {
    guard capacity > 0, let hash = prefixHashes(tokens).last else { return }
    clock += 1
    let known = entries.firstIndex { $0.hash == hash && $0.tokens == tokens }
    if let known, logits == nil || !entries[known].logits.isEmpty {
      entries[known].lastUse = clock
      return
    }
    guard let place = known ?? freePlace() else { return }
    entries[place].tokens = tokens
    entries[place].hash = hash
    entries[place].state.copy(from: state)
    entries[place].logits = logits.map { Array($0) } ?? []
    entries[place].lastUse = clock
    entries[place].uses = 0
  }

  /// How many tokens `tokens` has in common with the beginning of anything known.
  func commonLength(_ tokens: [UInt32]) -> Int {
    entries.reduce(0) { max($0, commonPrefixLength($1.tokens, tokens)) }
  }

  private func freePlace() -> Int? {
    if entries.count < capacity, let state = try? AlignedFloats(count: stateCount) {
      entries.append(Entry(state: state))
      return entries.count - 1
    }
    let byAge = entries.indices.sorted { entries[$0].lastUse < entries[$1].lastUse }
    let isShared = { (index: Int) in self.entries[index].uses > 1 }
    let mayKeep = byAge.count(where: isShared) <= capacity / 2
    return (mayKeep ? byAge.first { !isShared($0) } : nil) ?? byAge.first
  }

  /// FNV-1a over the tokens up to each place.
  private func prefixHashes(_ tokens: [UInt32]) -> [UInt64] {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    return tokens.map { token in
      hash = (hash ^ UInt64(token)) &* 0x100_0000_01b3
      return hash
    }
  }
}

/// How many tokens two lists begin with in common.
func commonPrefixLength(_ a: [UInt32], _ b: [UInt32]) -> Int {
  var length = 0
  while length < a.count, length < b.count, a[length] == b[length] { length += 1 }
  return length
}
