// What the program says: data through one buffered stdout, messages line by line to stderr.
internal import Arguments
internal import Glibc
internal import Posix

/// Writing to stdout failed.
enum OutputFailure: Error {
  /// The reader has gone (`| head`): no reason to complain, and none to go on.
  case closed
  case failed(PosixError)
}

/// The two streams of a command.
final class Console {
  private static let bufferSize = 1 << 16

  /// Whether stderr is a terminal on which a line can be drawn over.
  let drawsMessages: Bool
  /// Whether stdout is a terminal that shall have colours.
  let isColoured: Bool
  // Numbers 1 and 2 belong to the process: never closed, so that nothing else can take them.
  private static let output: Int32 = 1
  private static let messages: Int32 = 2
  private var buffer: [UInt8] = []
  /// What went wrong first: what came before is lost, so nothing that follows may be written.
  private var failure: OutputFailure?

  init() {
    let term = environmentVariable("TERM") ?? ""
    // https://no-color.org: any value that is not empty.
    let isRefused = !(environmentVariable("NO_COLOR") ?? "").isEmpty
    drawsMessages = term != "dumb" && isatty(Self.messages) == 1
    isColoured = !isRefused && term != "dumb" && isatty(Self.output) == 1
    buffer.reserveCapacity(Self.bufferSize)
  }

  /// Appends to stdout.
  func write(_ text: String) throws(OutputFailure) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Appends to stdout.
  func write(_ bytes: [UInt8]) throws(OutputFailure) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Appends to stdout; the bytes are borrowed for the call.
  func write(_ bytes: UnsafeRawBufferPointer) throws(OutputFailure) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Hands what was written to the kernel.
  func flush() throws(OutputFailure) {
    if let failure { throw failure }
    defer { buffer.removeAll(keepingCapacity: true) }
    if let code = writeAll(buffer, to: Self.output) {
      let failure: OutputFailure =
        code == EPIPE
        ? .closed : .failed(PosixError(call: "write", subject: "stdout", code: code))
      self.failure = failure
      throw failure
    }
  }

  /// Says one line on stderr, after what was written before.
  func say(_ line: String) {
    // A stdout that fails fails again at the next write, which can act on it.
    try? flush()
    // A stderr that cannot be written leaves nobody to tell.
    _ = writeAll(Array("\(line)\n".utf8), to: Self.messages)
  }
}

/// Writes bytes to stderr as they are; for code that has no console, such as a plugin's log.
func writeToStandardError(_ text: String) { _ = writeAll(Array(text.utf8), to: 2) }

/// Everything that stdin holds.
func readStandardInput() throws(PosixError) -> [UInt8] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = Glibc.read(0, &chunk, chunk.count)
    if count > 0 {
      bytes.append(contentsOf: chunk[..<count])
    } else if count == 0 {
      return bytes
    } else if errno != EINTR {
      throw PosixError(call: "read", subject: "stdin", code: errno)
    }
  }
}

/// Writes all bytes; returns the errno value of a failure.
///
/// Waits where the descriptor does not.
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
  bytes.withUnsafeBytes { buffer in
    var done = 0
    while done < buffer.count {
      let count = Glibc.write(
        descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
      if count >= 0 {
        done += count
        continue
      }
      let code = errno
      if code == EAGAIN {
        var item = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&item, 1, -1)
      } else if code != EINTR {
        return code
      }
    }
    return nil
  }
}
