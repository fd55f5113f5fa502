// Rows that were parsed a moment ago. The host passes a row's text with every call; parsing it once
// for validate(), each next() and score() is most of an evaluator's speed.
//
// Purity holds whatever is in here: a cached row is used only for the very same bytes.

/// Parsed rows by sample index, as many as fit into a fixed number of slots and bytes.
///
/// Not generic: rows are kept as objects, because generic code in a library that others link runs
/// unspecialised, which here cost ten times the look-up itself.
struct RowCache {
  /// Slots, a power of two: tries in flight are fewer by far.
  private static var slotCount: Int { 4096 }
  /// Bytes of row text that are kept in all.
  private static var byteLimit: Int { 8 << 20 }

  private final class Entry {
    let index: UInt64
    let text: UnsafeMutableRawBufferPointer
    let row: AnyObject

    init(index: UInt64, text: UnsafeBufferPointer<UInt8>, row: AnyObject) {
      self.index = index
      self.text = .allocate(byteCount: text.count, alignment: 8)
      self.text.copyMemory(from: UnsafeRawBufferPointer(text))
      self.row = row
    }

    deinit { text.deallocate() }
  }

  private var slots: [Entry?] = []
  /// Bytes of text now in the slots.
  private var byteCount = 0
  /// The slot that is emptied next when there are too many bytes.
  private var hand = 0

  /// The object that was kept for exactly this row, or nil.
  @inline(__always)
  func row(of text: RowText) -> AnyObject? {
    let slot = Self.slot(text)
    guard slot < slots.count, let entry = slots[slot], entry.index == text.index,
      hasSameBytes(entry.text, text.bytes)
    else { return nil }
    return entry.row
  }

  /// Keeps a row, in place of what was in its slot and of as many others as need be.
  mutating func keep(_ row: AnyObject, of text: RowText) {
    if slots.isEmpty { slots = Array(repeating: nil, count: Self.slotCount) }
    let slot = Self.slot(text)
    empty(slot)
    // One huge row must not throw out all the others.
    guard text.bytes.count <= Self.byteLimit / 8 else { return }
    while byteCount + text.bytes.count > Self.byteLimit {
      empty(hand)
      hand = (hand + 1) & (Self.slotCount - 1)
    }
    slots[slot] = Entry(index: text.index, text: text.bytes, row: row)
    byteCount += text.bytes.count
  }

  private static func slot(_ text: RowText) -> Int {
    Int(truncatingIfNeeded: text.index) & (slotCount - 1)
  }

  private mutating func empty(_ slot: Int) {
    guard let entry = slots[slot] else { return }
    byteCount -= entry.text.count
    slots[slot] = nil
  }
}

/// Whether two texts are equal, 32 bytes at a time.
private func hasSameBytes(
  _ kept: UnsafeMutableRawBufferPointer, _ text: UnsafeBufferPointer<UInt8>
) -> Bool {
  guard kept.count == text.count else { return false }
  guard let left = UnsafeRawPointer(kept.baseAddress),
    let right = UnsafeRawPointer(text.baseAddress)
  else {
    return true
  }
  var at = 0
  while at &+ 32 <= text.count {
    let first = word(left, at) ^ word(right, at)
    let second = word(left, at &+ 8) ^ word(right, at &+ 8)
    let third = word(left, at &+ 16) ^ word(right, at &+ 16)
    let fourth = word(left, at &+ 24) ^ word(right, at &+ 24)
    if (first | second) | (third | fourth) != 0 { return false }
    at &+= 32
  }
  while at < text.count {
    if (left + at).load(as: UInt8.self) != (right + at).load(as: UInt8.self) { return false }
    at &+= 1
  }
  return true
}

@inline(__always)
private func word(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt64 {
  (bytes + offset).loadUnaligned(as: UInt64.self)
}
