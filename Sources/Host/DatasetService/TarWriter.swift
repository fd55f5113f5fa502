// A tar archive of plain files: POSIX.1-1988 headers (ustar), equal bytes for equal files.
internal import Glibc
internal import Posix

/// Writes one archive, which gets its name when it is whole.
final class TarWriter {
  private let path: String
  private let draft: String
  private let file: Descriptor
  private var isFinished = false

  init(_ path: String) throws(PosixError) {
    self.path = path
    draft = "\(path).draft"
    file = try Descriptor.writing(draft, appending: false)
  }

  deinit { if !isFinished { unlink(draft) } }

  /// Appends a file under a name of at most 100 bytes; one that changes meanwhile is an error.
  func add(_ source: String, as name: String) throws(PosixError) {
    let bytes = try Descriptor.readingRegularFile(source)
    let size = try bytes.stamp().size
    try file.write(try Self.header(name, size: size))
    var offset = 0
    while offset < size {
      let piece = try bytes.read(count: min(1 << 20, size - offset), at: offset)
      guard !piece.isEmpty else { throw PosixError(call: "read", subject: source, code: EIO) }
      try file.write(piece)
      offset += piece.count
    }
    try file.write([UInt8](repeating: 0, count: (512 - size % 512) % 512))
  }

  /// Ends the archive and gives it its name.
  func finish() throws(PosixError) {
    try file.write([UInt8](repeating: 0, count: 1024))
    try file.synchronise()
    try Files.move(draft, to: path)
    isFinished = true
  }

  /// Owner, times and modes are the same for all: only names and bytes count.
  private static func header(_ name: String, size: Int) throws(PosixError) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: some Sequence<UInt8>, at offset: Int) {
      for (index, byte) in text.enumerated() { header[offset + index] = byte }
    }
    guard name.utf8.count <= 100 else {
      throw PosixError(call: "tar", subject: name, code: ENAMETOOLONG)
    }
    put(name.utf8, at: 0)
    put("0000644".utf8, at: 100)
    put("0000000".utf8, at: 108)
    put("0000000".utf8, at: 116)
    if size < 1 << 33 {
      put(octal(size, digits: 11), at: 124)
    } else {
      // Sizes from 8 GiB on in base 256, as GNU tar and its kin write and read them.
      header[124] = 0x80
      for index in 0..<8 { header[135 - index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
    }
    put("00000000000".utf8, at: 136)
    put("        ".utf8, at: 148)
    header[156] = UInt8(ascii: "0")
    put("ustar\u{0}00".utf8, at: 257)
    let sum = header.reduce(0) { $0 + Int($1) }
    put(octal(sum, digits: 6), at: 148)
    header[154] = 0
    header[155] = 0x20
    return header
  }

  private static func octal(_ number: Int, digits: Int) -> [UInt8] {
    let text = Array(String(number, radix: 8).utf8)
    return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, digits - text.count)) + text
  }
}
