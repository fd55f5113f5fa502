// Writes zip files of every kind, right and wrong ones.

/// One member, with its fields as they are to be written.
struct ZipEntry {
  /// What follows the contents.
  enum Descriptor { case none, plain, signed, wide, wideSigned }

  var name: [UInt8]
  var contents: [UInt8]
  /// How the contents lie in the file; by default as they are.
  var packed: [UInt8]
  var method = 0
  var flags = 0
  var checksum: Int
  var size: Int
  /// The file type of Unix.
  var mode = 0
  var descriptor = Descriptor.none
  /// Whether the numbers stand in the extra field of zip64.
  var isWide = false
  /// More extra fields of the directory.
  var extra: [UInt8] = []
  /// Where the directory says that it lies, when that is not where it does.
  var offset: Int?
  var disk = 0
  /// What its own header says instead of what the directory says.
  var ownName: [UInt8]?
  var ownMethod: Int?
  var ownFlags: Int?
  var ownChecksum: Int?
  var ownSize: Int?
  var ownPackedSize: Int?

  init(_ name: String, _ contents: String = "") {
    self.name = Array(name.utf8)
    self.contents = Array(contents.utf8)
    packed = self.contents
    checksum = Int(crc32(self.contents))
    size = self.contents.count
  }

  /// A member that is a deflate stream.
  init(_ name: String, stream: [UInt8], output: [UInt8]) {
    self.init(name)
    contents = output
    packed = stream
    method = 8
    checksum = Int(crc32(output))
    size = output.count
  }

  func with(_ change: (inout ZipEntry) -> Void) -> ZipEntry {
    var copy = self
    change(&copy)
    return copy
  }

  private var allFlags: Int { flags | (descriptor == .none ? 0 : 8) }

  private static func extra(_ numbers: [Int]) -> [UInt8] {
    little(1, 2) + little(numbers.count * 8, 2) + numbers.flatMap { little($0, 8) }
  }

  /// The member itself.
  var bytes: [UInt8] {
    let name = ownName ?? name
    let isLate = descriptor != .none
    let size = ownSize ?? (isLate ? 0 : self.size)
    let packedSize = ownPackedSize ?? (isLate ? 0 : packed.count)
    let extra = isWide ? ZipEntry.extra([size, packedSize]) : []
    let none = 0xffff_ffff
    return little(0x0403_4b50, 4) + little(20, 2) + little(ownFlags ?? allFlags, 2)
      + little(ownMethod ?? method, 2) + little(0, 4)
      + little(ownChecksum ?? (isLate ? 0 : checksum), 4) + little(isWide ? none : packedSize, 4)
      + little(isWide ? none : size, 4) + little(name.count, 2) + little(extra.count, 2) + name
      + extra + packed + behind
  }

  private var behind: [UInt8] {
    let width = descriptor == .wide || descriptor == .wideSigned ? 8 : 4
    let numbers = little(checksum, 4) + little(packed.count, width) + little(size, width)
    return switch descriptor {
    case .none: []
    case .plain, .wide: numbers
    case .signed, .wideSigned: Array("PK\u{7}\u{8}".utf8) + numbers
    }
  }

  /// What the directory says about it.
  func listed(at offset: Int) -> [UInt8] {
    let offset = self.offset ?? offset
    let none = 0xffff_ffff
    let extra = extra + (isWide ? ZipEntry.extra([size, packed.count, offset]) : [])
    let head = little(0x0201_4b50, 4) + little(0x0314, 2) + little(20, 2) + little(allFlags, 2)
    let numbers =
      little(checksum, 4) + little(isWide ? none : packed.count, 4)
      + little(isWide ? none : size, 4)
    let lengths = little(name.count, 2) + little(extra.count, 2) + little(7, 2)
    let attributes = little(disk, 2) + little(0, 2) + little(mode << 16, 4)
    return head + little(method, 2) + little(0, 4) + numbers + lengths + attributes
      + little(isWide ? none : offset, 4) + name + extra + Array("comment".utf8)
  }
}

/// The records at the end of a zip file, as they are to be written.
struct ZipEnd {
  var count: Int
  var size: Int
  var offset: Int
  var disk = 0
  var comment: [UInt8] = []
  /// Whether there are records of zip64 and the old one says nothing.
  var isWide = false
  /// What the old record says instead.
  var oldCount: Int?
  /// Added to what the locator says.
  var locatorError = 0

  var bytes: [UInt8] {
    let none = 0xffff_ffff
    let start = offset + size
    let record =
      little(0x0606_4b50, 4) + little(44, 8) + little(45, 2) + little(45, 2) + little(disk, 4)
      + little(0, 4) + little(count, 8) + little(count, 8) + little(size, 8) + little(offset, 8)
    let locator =
      little(0x0706_4b50, 4) + little(0, 4) + little(start + locatorError, 8) + little(1, 4)
    let shown = oldCount ?? (isWide ? 0xffff : count)
    let end =
      little(0x0605_4b50, 4) + little(isWide ? 0xffff : disk, 2) + little(isWide ? 0xffff : 0, 2)
      + little(shown, 2) + little(shown, 2) + little(isWide ? none : size, 4)
      + little(isWide ? none : offset, 4) + little(comment.count, 2) + comment
    return (isWide ? record + locator : []) + end
  }
}

/// A zip file of these members; `change` may spoil its end.
func zip(_ entries: [ZipEntry], _ change: (inout ZipEnd) -> Void = { _ in }) -> [UInt8] {
  var bytes: [UInt8] = []
  var directory: [UInt8] = []
  for entry in entries {
    directory += entry.listed(at: bytes.count)
    bytes += entry.bytes
  }
  var end = ZipEnd(count: entries.count, size: directory.count, offset: bytes.count)
  change(&end)
  return bytes + directory + end.bytes
}

/// A zip file of these members.
func zip(_ entries: ZipEntry...) -> [UInt8] { zip(entries) }
