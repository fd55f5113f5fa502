// What can go wrong with an archive, as one line that says what, where and what to do.
package import Posix

/// An archive or a compressed stream that was refused, or a file that could not be read or written.
package struct UnpackError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is; decides what the user can do.
  package enum Kind: Equatable, Sendable {
    /// The bytes are not what was packed: cut short, changed, or no archive of that kind at all.
    case damaged
    /// The archive tries to reach outside its folder or to be read in two ways.
    case hostile
    /// Valid, but something that this host does not unpack.
    case unsupported
    /// Larger than the limits allow.
    case tooLarge
    /// The destination cannot be used as it is.
    case destination
    /// A system call failed.
    case system(PosixError)
  }

  /// A place in a file or in what came out of it.
  package struct Position: Equatable, Sendable {
    /// The format whose bytes are counted; inside a tar.gz, `tar` counts decompressed bytes.
    package enum Layer: String, Equatable, Sendable { case gzip, tar, zip }

    /// Whose bytes are counted.
    package var layer: Layer
    /// Bytes from its beginning.
    package var byte: Int
  }

  /// The kind of trouble.
  package var kind: Kind
  /// What is wrong, without where.
  package var problem: String
  /// The path of the archive or the name of the stream.
  package var archive: String
  /// The entry's name with everything unprintable escaped; nil when no single entry is at fault.
  package var entry: String?
  /// Where in the archive, when that helps.
  package var position: Position?

  init(
    _ kind: Kind, _ problem: String, archive: String = "", entry: String? = nil,
    position: Position? = nil
  ) {
    self.kind = kind
    self.problem = problem
    self.archive = archive
    self.entry = entry
    self.position = position
  }

  /// A failed system call, with what was being done.
  init(_ cause: PosixError, _ doing: String, archive: String = "") {
    self.init(.system(cause), doing, archive: archive)
  }

  /// True when there is no room left to write: freeing some and trying again may help.
  package var isFull: Bool {
    if case .system(let cause) = kind { cause.isFull } else { false }
  }

  /// One line: where, what, what to do.
  package var description: String {
    var text = Printable.path(archive)
    if let entry { text += ": '\(entry)'" }
    if let position { text += " at byte \(position.byte) of the \(position.layer.rawValue)" }
    return text + ": " + problem + advice
  }

  private var advice: String {
    switch kind {
    case .damaged: "; fetch the file again"
    case .hostile: "; do not unpack it, get the data from a source you trust"
    case .unsupported: "; pack the data again as plain files and folders"
    case .tooLarge: "; if you trust it, unpack it by hand"
    case .destination: ""
    case .system(let cause): ": \(cause)\(cause.advice)"
    }
  }
}

/// Names from archives as text that is safe on a terminal and in a log.
enum Printable {
  /// Longer names are cut: an entry's name may be as long as the archive.
  private static let longest = 300

  /// A name as it was packed; bytes that are no printable UTF-8 become `\xNN`.
  static func name(_ bytes: some Collection<UInt8>) -> String {
    let shown = escaping(Array(bytes.prefix(longest)))
    return bytes.count > longest ? shown + "..." : shown
  }

  /// A path of the host, complete.
  static func path(_ text: String) -> String { escaping(Array(text.utf8)) }

  private static func escaping(_ bytes: [UInt8]) -> String {
    var text = ""
    var rest = bytes[...]
    while let byte = rest.first {
      if let (scalar, length) = scalar(in: rest), isPrintable(scalar) {
        text.unicodeScalars.append(scalar)
        rest = rest.dropFirst(length)
      } else {
        text += escaped(byte)
        rest = rest.dropFirst()
      }
    }
    return text
  }

  private static func scalar(in bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
    var iterator = bytes.makeIterator()
    var decoder = UTF8()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    return (scalar, UTF8.width(scalar))
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }

  private static func escaped(_ byte: UInt8) -> String {
    let digits = Array("0123456789abcdef")
    return "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
  }
}
