// The file with everything that a server prints. Bounded: a server that prints for days fills no disk.
package import Posix

/// Appends to a log file and keeps its end at hand.
package final class ServerLog {
  /// Bytes after which the file becomes `<path>.1`, whose place is taken: twice this is on the disk at most.
  package static let limit = 16 << 20
  private static let keptBytes = 4096

  private let path: String
  private let limit: Int
  private var file: Descriptor
  private var size: Int
  private var last: [UInt8] = []

  /// Opens the file, made when missing.
  package init(path: String, limit: Int = ServerLog.limit) throws(PosixError) {
    self.path = path
    self.limit = limit
    file = try Descriptor.writing(path, appending: true)
    size = try file.stamp().size
  }

  /// Appends what the server printed; a disk that takes nothing more stops nobody.
  package func append(_ bytes: [UInt8]) {
    last += bytes
    if last.count > Self.keptBytes { last.removeFirst(last.count - Self.keptBytes) }
    write(bytes)
  }

  /// Appends a line of our own.
  package func note(_ text: String) {
    write(Array("evalhost: \(Clock.timestamp()) \(text)\n".utf8))
  }

  private func write(_ bytes: [UInt8]) {
    if size > 0, size + bytes.count > limit {
      do throws(PosixError) {
        try Files.move(path, to: "\(path).1")
        file = try Descriptor.writing(path, appending: false)
        size = 0
      } catch {
        // Not to be moved: better an end of the log than one without an end.
        return
      }
    }
    do throws(PosixError) {
      try file.write(bytes)
      size += bytes.count
    } catch { return }
  }

  /// The last lines that the server printed, in one line; empty when it printed nothing.
  package var lastLines: String {
    let lines = String(decoding: last, as: UTF8.self).split(whereSeparator: \.isNewline)
    let shown = lines.suffix(6).joined(separator: " | ")
    return String(String.UnicodeScalarView(shown.unicodeScalars.filter { $0.value >= 0x20 }))
  }
}
