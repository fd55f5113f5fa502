// Files for dataset plugins: JSON that was fetched, and the prepared split that is written.
#if canImport(Glibc)
internal import Glibc
#endif
public import JSONFormat

/// A prepared split on its way: one JSON object a line.
///
/// Used from one thread.
public final class RowFile {
  private let path: String
  private var row = JSONWriter()
  private var buffer: [UInt8] = []
  private var file: Int32 = -1

  /// A file that is made with its first row.
  public init(_ path: String) { self.path = path }

  deinit { if file >= 0 { Glibc.close(file) } }

  /// Appends a row whose members `body` writes.
  public func append(_ body: (inout JSONWriter) -> Void) throws(PluginFailure) {
    row.removeAll()
    row.beginObject()
    body(&row)
    row.endObject()
    buffer += row.bytes
    buffer.append(0x0a)
    if buffer.count >= 1 << 20 { try flush() }
  }

  /// Writes what is left; the file is whole only after this.
  public func close() throws(PluginFailure) {
    try flush()
    guard Glibc.close(file) == 0 else { throw Self.failure("close", path) }
    file = -1
  }

  private func flush() throws(PluginFailure) {
    if file < 0 { file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) }
    guard file >= 0 else { throw Self.failure("open", path) }
    var done = 0
    while done < buffer.count {
      let count = buffer.withUnsafeBytes { bytes in
        write(file, bytes.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.failure("write", path)
      }
      done += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  // MARK: Reading

  /// The JSON of a whole file.
  public static func json(at path: String) throws(PluginFailure) -> JSONValue {
    let bytes = try contents(path)
    do throws(JSONError) { return try JSONValue.parse(bytes) } catch {
      throw PluginFailure(.io, "\(path): \(error)")
    }
  }

  /// The JSON of each line of a file; blank lines are skipped.
  public static func jsonLines(at path: String) throws(PluginFailure) -> [JSONValue] {
    var rows: [JSONValue] = []
    let lines = try contents(path).split(separator: 0x0a, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) { continue }
      do throws(JSONError) { rows.append(try JSONValue.parse(Array(line))) } catch {
        throw PluginFailure(.io, "\(path), line \(index + 1): \(error)")
      }
    }
    return rows
  }

  private static func contents(_ path: String) throws(PluginFailure) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure("open", path) }
    defer { Glibc.close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = piece.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("read", path)
      }
      bytes += piece[..<count]
    }
  }

  private static func failure(_ call: String, _ path: String) -> PluginFailure {
    PluginFailure(.io, "\(call) \(path): \(String(cString: strerror(errno)))")
  }
}
