// The little of an ELF64 little-endian library that plugin rules speak of: which symbols it
// exports, whether it may be unloaded, what it needs. Every offset is checked; see man 5 elf.
//
//   file header   0x28 e_shoff u64, 0x3a e_shentsize u16, 0x3c e_shnum u16
//   section       0x04 type u32, 0x18 offset u64, 0x20 size u64, 0x28 link u32, 0x38 entsize u64
//   symbol (24)   0x00 name u32, 0x04 info u8, 0x05 other u8, 0x06 section u16
//   dynamic (16)  0x00 tag u64, 0x08 value u64

/// What a shared library shows to the dynamic linker.
package struct ELFLibrary: Equatable, Sendable {
  /// Defined symbols that others can bind to, sorted; version nodes left out.
  package var exportedSymbols: [String]
  /// Libraries it needs, in its own order.
  package var neededLibraries: [String]
  /// It is linked with `-z nodelete`.
  package var isNeverUnloaded: Bool

  /// Reads the bytes of a library; nil when they are no 64-bit little-endian ELF with sections.
  package init?(_ bytes: [UInt8]) {
    guard let file = ELFBytes(bytes), let sections = file.sections() else { return nil }
    exportedSymbols = []
    neededLibraries = []
    isNeverUnloaded = false
    for section in sections {
      guard section.type == ELFBytes.dynamicSymbols || section.type == ELFBytes.dynamic else {
        continue
      }
      guard sections.indices.contains(section.link) else { return nil }
      let strings = sections[section.link]
      if section.type == ELFBytes.dynamicSymbols {
        guard let symbols = file.exports(section, strings) else { return nil }
        exportedSymbols += symbols
      } else {
        guard let facts = file.dynamicFacts(section, strings) else { return nil }
        neededLibraries += facts.needed
        isNeverUnloaded = isNeverUnloaded || facts.isNoDelete
      }
    }
    exportedSymbols.sort()
  }
}

/// Bounds-checked look-ups in a file's bytes.
private struct ELFBytes {
  static let dynamicSymbols: UInt32 = 11
  static let dynamic: UInt32 = 6
  private static let neededTag: UInt64 = 1
  private static let flags1Tag: UInt64 = 0x6fff_fffb
  private static let noDeleteFlag: UInt64 = 8
  private static let absoluteSection: UInt64 = 0xfff1

  struct Section {
    var type: UInt32
    var offset: UInt64
    var size: UInt64
    var link: Int
  }

  private let bytes: [UInt8]

  init?(_ bytes: [UInt8]) {
    // 0x7f ELF, 64-bit, little-endian.
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else { return nil }
    self.bytes = bytes
  }

  /// `count` bytes from `offset` as an unsigned number, or nil beyond the end.
  private func number(_ offset: UInt64, _ count: Int) -> UInt64? {
    let (end, isOver) = offset.addingReportingOverflow(UInt64(count))
    guard !isOver, end <= UInt64(bytes.count) else { return nil }
    var value: UInt64 = 0
    for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[Int(offset) + index]) }
    return value
  }

  func sections() -> [Section]? {
    guard let table = number(0x28, 8), let entrySize = number(0x3a, 2), let count = number(0x3c, 2),
      table > 0, count > 0, entrySize >= 64
    else { return nil }
    var sections: [Section] = []
    for index in 0..<count {
      let (base, isOver) = table.addingReportingOverflow(index * entrySize)
      guard !isOver, base <= UInt64(bytes.count), let type = number(base + 0x04, 4),
        let offset = number(base + 0x18, 8), let size = number(base + 0x20, 8),
        let link = number(base + 0x28, 4)
      else { return nil }
      sections.append(
        Section(type: UInt32(type), offset: offset, size: size, link: Int(link)))
    }
    return sections
  }

  /// The text at a place of a string section, or nil when it does not end inside.
  private func text(_ strings: Section, _ place: UInt64) -> String? {
    let (start, isOver) = strings.offset.addingReportingOverflow(place)
    let (end, isEndOver) = strings.offset.addingReportingOverflow(strings.size)
    guard !isOver, !isEndOver, end <= UInt64(bytes.count), start < end else { return nil }
    let room = bytes[Int(start)..<Int(end)]
    guard let zero = room.firstIndex(of: 0) else { return nil }
    return String(decoding: room[..<zero], as: UTF8.self)
  }

  /// The start of each entry of a section, or nil when the section leaves the file.
  private func entries(_ section: Section, size: UInt64) -> StrideTo<UInt64>? {
    let (end, isOver) = section.offset.addingReportingOverflow(section.size)
    guard !isOver, end <= UInt64(bytes.count) else { return nil }
    return stride(from: section.offset, to: end - section.size % size, by: Int(size))
  }

  func exports(_ section: Section, _ strings: Section) -> [String]? {
    guard let places = entries(section, size: 24) else { return nil }
    var names: [String] = []
    for place in places {
      guard let name = number(place, 4), let info = number(place + 4, 1),
        let other = number(place + 5, 1), let home = number(place + 6, 2)
      else { return nil }
      // Bindings 1 GLOBAL, 2 WEAK, 10 UNIQUE; visibilities 0 DEFAULT, 3 PROTECTED.
      let isBindable = [1, 2, 10].contains(info >> 4) && [0, 3].contains(other & 3)
      guard isBindable, home != 0, home != Self.absoluteSection else { continue }
      guard let text = text(strings, name) else { return nil }
      names.append(text)
    }
    return names
  }

  func dynamicFacts(
    _ section: Section, _ strings: Section
  ) -> (needed: [String], isNoDelete: Bool)? {
    guard let places = entries(section, size: 16) else { return nil }
    var needed: [String] = []
    var isNoDelete = false
    for place in places {
      guard let tag = number(place, 8), let value = number(place + 8, 8) else { return nil }
      if tag == 0 { break }
      if tag == Self.flags1Tag { isNoDelete = value & Self.noDeleteFlag != 0 }
      guard tag == Self.neededTag else { continue }
      guard let name = text(strings, value) else { return nil }
      needed.append(name)
    }
    return (needed, isNoDelete)
  }
}
