// The directory at the end of a zip file, which alone says what the members are. See APPNOTE.TXT, 4.3.14-16.
//
//   members ... | directory | [zip64 end(56+) | zip64 locator(20)] | end(22) | comment
internal import Posix

/// Where the directory lies and how many members it has.
struct ZipDirectory {
  private static let endSize = 22
  private static let locatorSize = 20

  /// The members lie before this byte.
  let start: Int
  private let end: Int
  private let count: Int

  /// Finds the directory; it must lie directly before the records that describe it, so that there is one way to
  /// read the file.
  init(in file: Descriptor, name: String) throws(UnpackError) {
    let bytes = ZipBytes(file, name: name)
    let size = try bytes.size()
    let endStart = try ZipDirectory.findEnd(in: bytes, size)
    let end = try bytes.read(ZipDirectory.endSize, at: endStart)
    // This part, the part with the directory, members in this part, members in all: 16 bits each.
    var numbers = [4, 6, 8, 10].map { Int(end.littleEndian16(at: $0)) }
    numbers += [12, 16].map { Int(end.littleEndian32(at: $0)) }
    var directoryEnd = endStart
    if let wide = try ZipDirectory.wideNumbers(in: bytes, before: endStart) {
      directoryEnd = wide.start
      let unknown = [0xffff, 0xffff, 0xffff, 0xffff, 0xffff_ffff, 0xffff_ffff]
      for index in 0..<6 where numbers[index] != unknown[index] {
        guard numbers[index] == wide.numbers[index] else { throw ZipDirectory.malformed }
      }
      numbers = wide.numbers
    }
    guard numbers[0] == 0 && numbers[1] == 0 && numbers[2] == numbers[3] else {
      throw UnpackError(.unsupported, "is one part of a split zip file")
    }
    guard numbers[4] <= directoryEnd, directoryEnd - numbers[4] == numbers[5] else {
      throw ZipDirectory.malformed
    }
    count = numbers[3]
    start = numbers[5]
    self.end = directoryEnd
  }

  /// Reads all members, in the order in which they lie in the file.
  func members(
    of file: Descriptor, name: String, _ limits: UnpackLimits
  ) throws(UnpackError) -> [ZipMember] {
    guard count <= limits.entries else {
      throw UnpackError(.tooLarge, "has more than \(limits.entries) entries")
    }
    let cursor = ByteCursor(FileStream(file, name: name, from: start, to: end))
    var members: [ZipMember] = []
    for _ in 0..<count { members.append(try ZipMember(from: cursor, limits)) }
    guard try !cursor.fill() else { throw ZipDirectory.malformed }
    return members.sorted { $0.headerOffset < $1.headerOffset }
  }

  static var malformed: UnpackError {
    UnpackError(.damaged, "is no zip file, or its directory is damaged")
  }

  /// Looks for the end record from behind: its comment must go on just to the end of the file.
  private static func findEnd(in bytes: ZipBytes, _ size: Int) throws(UnpackError) -> Int {
    let first = max(0, size - endSize - 0xffff)
    let tail = try bytes.read(size - first, at: first)
    var index = tail.count - endSize
    while index >= 0 {
      if tail[index] == 0x50, tail.littleEndian32(at: index) == 0x0605_4b50,
        Int(tail.littleEndian16(at: index + 20)) == tail.count - index - endSize
      {
        return first + index
      }
      index -= 1
    }
    throw malformed
  }

  /// The same numbers with 64 bits; nil when there are none.
  private static func wideNumbers(
    in bytes: ZipBytes, before endStart: Int
  ) throws(UnpackError) -> (numbers: [Int], start: Int)? {
    let locatorStart = endStart - locatorSize
    guard locatorStart >= 0 else { return nil }
    let locator = try bytes.read(locatorSize, at: locatorStart)
    guard locator.littleEndian32(at: 0) == 0x0706_4b50 else { return nil }
    guard let start = Int(exactly: locator.littleEndian64(at: 8)), start <= locatorStart - 56 else {
      throw malformed
    }
    let record = try bytes.read(56, at: start)
    // The record says its length without these first twelve bytes.
    guard record.littleEndian32(at: 0) == 0x0606_4b50,
      record.littleEndian64(at: 4) == UInt64(locatorStart - start - 12)
    else { throw malformed }
    var numbers = [16, 20].map { Int(record.littleEndian32(at: $0)) }
    for index in [24, 32, 40, 48] {
      guard let number = Int(exactly: record.littleEndian64(at: index)) else { throw malformed }
      numbers.append(number)
    }
    return (numbers, start)
  }
}

/// Pieces of a zip file at any place.
struct ZipBytes {
  private let file: Descriptor
  private let name: String

  init(_ file: Descriptor, name: String) {
    self.file = file
    self.name = name
  }

  /// Bytes in the file.
  func size() throws(UnpackError) -> Int {
    do throws(PosixError) { return try file.stamp().size } catch {
      throw UnpackError(error, "cannot be read", archive: name)
    }
  }

  /// Exactly `count` bytes.
  func read(_ count: Int, at offset: Int) throws(UnpackError) -> [UInt8] {
    do throws(PosixError) {
      let bytes = try file.read(count: count, at: offset)
      if bytes.count == count { return bytes }
    } catch { throw UnpackError(error, "cannot be read", archive: name) }
    throw UnpackError(.damaged, "ends before its contents do")
  }
}
