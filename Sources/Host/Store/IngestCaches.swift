// Small caches of row ids that the hot path would otherwise look up again for every row. All of
// them are emptied by a rollback, as they may hold ids of rows that are no more.

/// The ids of recent prompts by hash: direct-mapped, so its size never changes.
struct PromptCache {
  private struct Slot {
    var high: UInt64 = 0
    var low: UInt64 = 0
    /// 0 = empty: row ids count from 1.
    var id: Int64 = 0
  }

  private static let slotCount = 1 << 12
  private var slots = [Slot](repeating: Slot(), count: slotCount)

  /// The id of the prompt with this 16-byte hash, or nil.
  func id(of hash: UnsafeRawBufferPointer) -> Int64? {
    let (high, low) = Self.words(hash)
    let slot = slots[Int(low & UInt64(Self.slotCount - 1))]
    return slot.id != 0 && slot.high == high && slot.low == low ? slot.id : nil
  }

  /// Remembers an id, forgetting another one if need be.
  mutating func note(_ id: Int64, of hash: UnsafeRawBufferPointer) {
    let (high, low) = Self.words(hash)
    slots[Int(low & UInt64(Self.slotCount - 1))] = Slot(high: high, low: low, id: id)
  }

  /// Forgets everything.
  mutating func removeAll() {
    slots = [Slot](repeating: Slot(), count: Self.slotCount)
  }

  private static func words(_ hash: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
    (
      hash.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
      hash.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    )
  }
}

/// The ids of recent names (stages, groups) by their owner: direct-mapped and bounded.
struct NameCache {
  private struct Slot {
    var owner: Int64 = 0
    var stage: UInt8 = 0
    var name: [UInt8] = []
    var id: Int64 = 0
  }

  private static let slotCount = 256
  private var slots = [Slot](repeating: Slot(), count: slotCount)

  /// The id of a name, or nil.
  func id(owner: Int64, stage: UInt8, name: Bytes) -> Int64? {
    let index = Self.index(owner: owner, stage: stage, name: name)
    guard slots[index].id != 0, slots[index].owner == owner, slots[index].stage == stage,
      slots[index].name.count == name.count, slots[index].name.elementsEqual(name)
    else { return nil }
    return slots[index].id
  }

  /// Remembers an id, forgetting another one if need be.
  mutating func note(_ id: Int64, owner: Int64, stage: UInt8, name: Bytes) {
    slots[Self.index(owner: owner, stage: stage, name: name)] = Slot(
      owner: owner, stage: stage, name: Array(name), id: id)
  }

  /// Forgets everything.
  mutating func removeAll() {
    slots = [Slot](repeating: Slot(), count: Self.slotCount)
  }

  private static func index(owner: Int64, stage: UInt8, name: Bytes) -> Int {
    var digest = ContentDigest()
    digest.add(UInt64(bitPattern: owner) &* 31 &+ UInt64(stage))
    digest.add(name)
    return Int(digest.value & UInt64(slotCount - 1))
  }
}

/// A 64-bit digest (FNV-1a) that tells apart the few texts offered for one key.
struct ContentDigest {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Adds a text and its length, so that two texts never run together.
  mutating func add(_ text: Bytes) {
    for byte in text { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    add(UInt64(text.count))
  }

  /// Adds a number.
  mutating func add(_ number: UInt64) {
    var rest = number
    for _ in 0..<8 {
      value = (value ^ (rest & 0xff)) &* 0x100_0000_01b3
      rest >>= 8
    }
  }
}
