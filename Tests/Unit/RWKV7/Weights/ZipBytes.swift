// Writes zip archives the way torch.save does, and in other ways that readers meet.

/// How to write an archive.
struct ZipBytes {
  /// A ZIP64 end record and its locator, as torch.save always writes them.
  var hasEnd64 = true
  /// All sizes and offsets of entries as ones, their values in extra fields.
  var hasWideEntries = false
  /// All counts of the end record as ones, their values in the ZIP64 end record.
  var hasWideEnd = false
  /// Sizes behind the data instead of before it.
  var hasDescriptors = true
  /// Pads local headers so that data begins at multiples of 64.
  var isAligned = true
  /// 0 for stored, as all readers of weights want it.
  var method: UInt16 = 0
  var flags: UInt16 = 0x800
  var comment = ""

  func archive(_ entries: [(name: String, data: [UInt8])]) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    let flags = self.flags | (hasDescriptors ? 8 : 0)
    for (name, data) in entries {
      let offset = bytes.count
      let size = UInt32(data.count)
      let name = Array(name.utf8)
      let padding = isAligned ? 64 - (offset + 30 + name.count + 4) % 64 : 0
      let extra =
        isAligned ? Array("FB".utf8) + word(padding) + [UInt8](repeating: 0, count: padding) : []
      bytes += littleEndian(UInt32(0x0403_4b50)) + word(20)
      bytes += littleEndian(flags) + littleEndian(method) + word(0) + word(0)
      bytes += [UInt8](repeating: 0, count: 4)
      let shown = hasDescriptors ? 0 : size
      bytes += littleEndian(shown) + littleEndian(shown)
      bytes += word(name.count) + word(extra.count) + name + extra + data
      if hasDescriptors {
        bytes += littleEndian(UInt32(0x0807_4b50)) + littleEndian(UInt32(0))
        bytes += littleEndian(size) + littleEndian(size)
      }
      let ones = [UInt8](repeating: 0xff, count: 4)
      let sizes = hasWideEntries ? ones : littleEndian(size)
      let wide =
        hasWideEntries
        ? word(0x7777) + word(1) + [9] + word(1) + word(24) + quad(data.count) + quad(data.count)
          + quad(offset)
        : []
      directory += littleEndian(UInt32(0x0201_4b50)) + word(20) + word(20)
      directory += littleEndian(flags) + littleEndian(method) + word(0) + word(0)
      directory += [UInt8](repeating: 0, count: 4) + sizes + sizes
      directory += word(name.count) + word(wide.count) + [UInt8](repeating: 0, count: 10)
      directory += (hasWideEntries ? ones : littleEndian(UInt32(offset))) + name + wide
    }
    return bytes + directory + end(entries.count, directory.count, at: bytes.count)
  }

  private func end(_ count: Int, _ size: Int, at start: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    if hasEnd64 {
      bytes += littleEndian(UInt32(0x0606_4b50)) + quad(44) + word(20) + word(20)
      bytes +=
        [UInt8](repeating: 0, count: 8) + quad(count) + quad(count) + quad(size) + quad(start)
      bytes +=
        littleEndian(UInt32(0x0706_4b50)) + [0, 0, 0, 0] + quad(start + size) + [1, 0, 0, 0]
    }
    bytes += littleEndian(UInt32(0x0605_4b50)) + [0, 0, 0, 0]
    bytes +=
      hasWideEnd
      ? [UInt8](repeating: 0xff, count: 12)
      : word(count) + word(count) + littleEndian(UInt32(size)) + littleEndian(UInt32(start))
    return bytes + word(comment.utf8.count) + Array(comment.utf8)
  }

  private func word(_ value: Int) -> [UInt8] { littleEndian(UInt16(value)) }
  private func quad(_ value: Int) -> [UInt8] { littleEndian(UInt64(value)) }
}
