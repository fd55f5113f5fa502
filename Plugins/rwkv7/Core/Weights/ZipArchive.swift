// The zip container of torch.save, for reading: entries lie in the file as they are, so that tensors
// can be used where they are mapped.
//
//   end record        found from the end of the file; fields that are too small are filled with ones
//   ZIP64 locator     20 bytes before it, if there is one: where the ZIP64 end record is
//   ZIP64 end record  the same fields with 64 bits
//   central directory one header an entry: name, sizes, where its local header is
//   local header      before the data; its sizes may be zero (a data descriptor behind the data has
//                     them then), so only its name and its own length are read
//
// Checksums are not checked: that would read every page of a file that is mapped in order not to.

/// The stored entries of a zip archive, by name.
struct ZipArchive {
  /// Where each entry's data is, in bytes from the start of the archive.
  private(set) var entries: [String: Range<Int>] = [:]
  private let bytes: CheckedBytes

  /// More entries than this are refused; a model of a hundred layers has some thousand.
  private static var maximumEntries: Int { 1 << 17 }

  /// Reads the directory of the archive that `bytes` are, from first to last.
  init(_ bytes: CheckedBytes) throws(WeightFault) {
    self.bytes = bytes
    let directory = try Self.findDirectory(in: bytes)
    var at = directory.start
    // Headers and data of all entries, to find those that share bytes.
    var places: [(range: Range<Int>, name: String)] = []
    for _ in 0..<directory.entryCount {
      let header = try DirectoryHeader(in: bytes, at: at, before: directory.end)
      let data = try Self.data(of: header, in: bytes, before: directory.start)
      guard entries.updateValue(data, forKey: header.name) == nil else {
        throw damaged("the zip directory names the entry \(quoted(header.name)) twice")
      }
      places.append((header.localOffset..<data.upperBound, header.name))
      at += header.length
    }
    guard at == directory.end else {
      throw damaged("the zip directory is longer than its \(directory.entryCount) entries")
    }
    places.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (one, next) in zip(places, places.dropFirst())
    where next.range.lowerBound < one.range.upperBound {
      throw damaged("the zip entries \(quoted(one.name)) and \(quoted(next.name)) overlap")
    }
  }

  /// The data of the entry `name`; nil if there is none.
  func data(_ name: String) -> CheckedBytes? {
    entries[name].flatMap { bytes.part(at: $0.lowerBound, count: $0.count) }
  }
}

// MARK: The end of the archive

/// Where the headers of the entries are.
private struct Directory: Equatable {
  var entryCount: Int
  var start: Int
  var size: Int
  var end: Int { start + size }
}

extension ZipArchive {
  private static var endRecordSize: Int { 22 }
  private static var locatorSize: Int { 20 }
  private static var end64RecordSize: Int { 56 }

  private static func findDirectory(in bytes: CheckedBytes) throws(WeightFault) -> Directory {
    guard let end = endRecord(in: bytes) else {
      throw damaged("the end of the zip archive is missing; the file is cut off: copy it again")
    }
    guard let disk = bytes.size(UInt16.self, at: end + 4),
      let directoryDisk = bytes.size(UInt16.self, at: end + 6),
      let countHere = bytes.size(UInt16.self, at: end + 8),
      let count = bytes.size(UInt16.self, at: end + 10),
      let size = bytes.size(UInt32.self, at: end + 12),
      let start = bytes.size(UInt32.self, at: end + 16)
    else { throw damaged("the end record of the zip archive is cut off") }
    var directory = Directory(entryCount: count, start: start, size: size)
    // Where the directory must have ended.
    var limit = end
    if let wide = try end64Record(in: bytes, before: end) {
      let fits =
        (count == wide.directory.entryCount || count == 0xffff)
        && (size == wide.directory.size || size == 0xffff_ffff)
        && (start == wide.directory.start || start == 0xffff_ffff)
      guard fits else { throw damaged("the two end records of the zip archive contradict") }
      directory = wide.directory
      limit = wide.offset
    } else {
      guard disk == 0, directoryDisk == 0, countHere == count else {
        throw WeightFault(.unsupported, "the zip archive is split over several files")
      }
    }
    guard directory.entryCount <= maximumEntries else {
      throw damaged("the zip archive claims \(directory.entryCount) entries")
    }
    guard directory.start <= limit, directory.size <= limit - directory.start else {
      throw damaged("the zip directory reaches beyond the file; it is cut off: copy it again")
    }
    return directory
  }

  /// Where the end record is: the last place whose comment reaches exactly to the file's end.
  private static func endRecord(in bytes: CheckedBytes) -> Int? {
    let last = bytes.count - endRecordSize
    guard last >= 0 else { return nil }
    for offset in stride(from: last, through: max(0, last - 0xffff), by: -1)
    where bytes.integer(UInt32.self, at: offset) == 0x0605_4b50 {
      if bytes.size(UInt16.self, at: offset + 20) == last - offset { return offset }
    }
    return nil
  }

  /// What the ZIP64 end record says and where it is; nil if no locator stands before `end`.
  private static func end64Record(
    in bytes: CheckedBytes, before end: Int
  ) throws(WeightFault) -> (directory: Directory, offset: Int)? {
    let locator = end - locatorSize
    guard bytes.integer(UInt32.self, at: locator) == 0x0706_4b50 else { return nil }
    guard bytes.integer(UInt32.self, at: locator + 4) == 0,
      let offset = bytes.size(UInt64.self, at: locator + 8),
      offset <= locator - end64RecordSize,
      bytes.integer(UInt32.self, at: offset) == 0x0606_4b50,
      bytes.integer(UInt32.self, at: offset + 16) == 0,
      bytes.integer(UInt32.self, at: offset + 20) == 0,
      let countHere = bytes.size(UInt64.self, at: offset + 24),
      let count = bytes.size(UInt64.self, at: offset + 32),
      let size = bytes.size(UInt64.self, at: offset + 40),
      let start = bytes.size(UInt64.self, at: offset + 48),
      countHere == count
    else { throw damaged("the ZIP64 end record of the zip archive is missing or wrong") }
    return (Directory(entryCount: count, start: start, size: size), offset)
  }
}

// MARK: Entries

/// One header of the directory.
private struct DirectoryHeader {
  var name: String
  /// The bytes of `name`, as they stand.
  var nameBytes: CheckedBytes
  var size: Int
  var localOffset: Int
  /// Bytes of the header itself.
  var length: Int

  init(in bytes: CheckedBytes, at offset: Int, before end: Int) throws(WeightFault) {
    guard offset <= end - 46, bytes.integer(UInt32.self, at: offset) == 0x0201_4b50,
      let flags = bytes.integer(UInt16.self, at: offset + 8),
      let method = bytes.integer(UInt16.self, at: offset + 10),
      let packedSize = bytes.size(UInt32.self, at: offset + 20),
      let size = bytes.size(UInt32.self, at: offset + 24),
      let nameLength = bytes.size(UInt16.self, at: offset + 28),
      let extraLength = bytes.size(UInt16.self, at: offset + 30),
      let commentLength = bytes.size(UInt16.self, at: offset + 32),
      let localOffset = bytes.size(UInt32.self, at: offset + 42),
      let nameBytes = bytes.part(at: offset + 46, count: nameLength),
      let extra = bytes.part(at: offset + 46 + nameLength, count: extraLength),
      offset + 46 + nameLength + extraLength + commentLength <= end
    else { throw damaged("the zip directory is damaged at byte \(offset)") }
    guard let name = nameBytes.text, !name.isEmpty else {
      throw damaged("the zip entry at byte \(offset) has no name in UTF-8")
    }
    guard flags & 1 == 0 else {
      throw WeightFault(.unsupported, "the zip entry \(quoted(name)) is encrypted")
    }
    guard method == 0 else {
      throw WeightFault(
        .unsupported,
        "the zip entry \(quoted(name)) is compressed (method \(method)), and weights must be stored "
          + "as they are; save the file anew with torch.save")
    }
    self.name = name
    self.nameBytes = nameBytes
    length = 46 + nameLength + extraLength + commentLength
    var wide = [size, packedSize, localOffset]
    try Self.widen(&wide, from: extra, of: name)
    guard wide[0] == wide[1] else {
      throw damaged("the zip entry \(quoted(name)) is stored, yet has two sizes")
    }
    self.size = wide[0]
    self.localOffset = wide[2]
  }

  /// Replaces fields that are all ones by their 64-bit values from the extra field 1, in order.
  private static func widen(
    _ fields: inout [Int], from extra: CheckedBytes, of name: String
  ) throws(WeightFault) {
    guard fields.contains(0xffff_ffff) else { return }
    var at = 0
    while let id = extra.integer(UInt16.self, at: at),
      let length = extra.size(UInt16.self, at: at + 2)
    {
      guard let part = extra.part(at: at + 4, count: length) else { break }
      at += 4 + length
      guard id == 1 else { continue }
      var from = 0
      for index in fields.indices where fields[index] == 0xffff_ffff {
        guard let value = part.size(UInt64.self, at: from) else {
          throw damaged("the ZIP64 sizes of the zip entry \(quoted(name)) are cut off")
        }
        fields[index] = value
        from += 8
      }
      return
    }
    throw damaged("the ZIP64 sizes of the zip entry \(quoted(name)) are missing")
  }
}

extension ZipArchive {
  /// Where the data of an entry is, which must end before the directory.
  private static func data(
    of header: DirectoryHeader, in bytes: CheckedBytes, before limit: Int
  ) throws(WeightFault) -> Range<Int> {
    let offset = header.localOffset
    guard offset <= limit - 30, bytes.integer(UInt32.self, at: offset) == 0x0403_4b50,
      let nameLength = bytes.size(UInt16.self, at: offset + 26),
      let extraLength = bytes.size(UInt16.self, at: offset + 28),
      let name = bytes.part(at: offset + 30, count: nameLength),
      name.raw.elementsEqual(header.nameBytes.raw)
    else { throw damaged("the zip entry \(quoted(header.name)) does not begin where it should") }
    let start = offset + 30 + nameLength + extraLength
    guard start <= limit, header.size <= limit - start else {
      throw damaged("the zip entry \(quoted(header.name)) reaches beyond the file's data")
    }
    return start..<start + header.size
  }
}

private func damaged(_ reason: String) -> WeightFault { WeightFault(.damaged, reason) }
