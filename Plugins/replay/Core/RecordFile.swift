// A file of lines that is read in pieces: its size may be far beyond memory. Lines come mostly in
// order, with a few readers at different places (the scan ahead, the stages of tries in flight), so
// a few windows of the file are kept.
internal import Glibc
internal import PluginKit

/// A regular file, read line by line at any place.
final class RecordFile {
  /// A line without its newline, and where the next one starts.
  struct Line {
    /// Valid until the next call of `line(at:)`.
    let bytes: UnsafeBufferPointer<UInt8>
    /// Offset of the line behind it, or the file's size.
    let next: Int
  }

  /// Bytes `base ..< base + count` of the file.
  private struct Window {
    var memory: UnsafeMutablePointer<UInt8>
    var capacity: Int
    var base = 0
    var count = 0
    /// When it was used last, by `clock`.
    var used = 0
  }

  /// Bytes read at once where lines are read in order; one `pread` for some thousand lines.
  private static var readAhead: Int { 1 << 20 }
  /// Bytes read at once elsewhere: a line or a few.
  private static var readOnce: Int { 1 << 15 }
  /// A longer line is refused, as no completion has it.
  private static var longestLine: Int { 1 << 28 }

  /// As it was given, for messages.
  let path: String
  /// Bytes of the file when it was opened; what is added later is not seen.
  let size: Int
  private let descriptor: Int32
  private var windows: [Window] = []
  private var clock = 0

  /// Opens the file.
  init(path: String) throws(PluginFailure) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw PluginFailure(
        errno == ENOENT ? .notFound : .io, "cannot open the source '\(path)': \(reason())")
    }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw PluginFailure(.io, "the source '\(path)' is not a regular file")
    }
    self.descriptor = descriptor
    size = Int(facts.st_size)
    for _ in 0..<4 {
      let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.readAhead)
      windows.append(Window(memory: memory, capacity: Self.readAhead))
    }
  }

  deinit {
    for window in windows { window.memory.deallocate() }
    close(descriptor)
  }

  /// The line that starts at `offset`; nil at the file's end.
  func line(at offset: Int) throws(PluginFailure) -> Line? {
    guard offset < size else { return nil }
    clock += 1
    var isInOrder = offset == 0
    for index in windows.indices {
      guard let start = place(of: offset, in: index) else { continue }
      if let line = line(from: start, at: offset, in: index) { return line }
      // It begins in a window and ends behind it: whoever read that window goes on reading.
      isInOrder = true
    }
    var want = isInOrder ? Self.readAhead : Self.readOnce
    let index = windows.indices.min { windows[$0].used < windows[$1].used } ?? 0
    while want <= Self.longestLine {
      try load(index, from: offset, count: want)
      if let line = line(from: 0, at: offset, in: index) { return line }
      want *= 4
    }
    throw PluginFailure(
      .io, "'\(path)', byte \(offset): the line has more than \(Self.longestLine) bytes")
  }

  /// Where `offset` lies in a window, or nil.
  private func place(of offset: Int, in index: Int) -> Int? {
    let start = offset - windows[index].base
    return start >= 0 && start < windows[index].count ? start : nil
  }

  /// The line from `start` of a window on, or nil when the window ends before it does.
  private func line(from start: Int, at offset: Int, in index: Int) -> Line? {
    windows[index].used = clock
    let memory = UnsafePointer(windows[index].memory) + start
    let left = windows[index].count - start
    if let newline = memchr(memory, 0x0a, left) {
      let count = UnsafeRawPointer(newline) - UnsafeRawPointer(memory)
      return Line(
        bytes: UnsafeBufferPointer(start: memory, count: count), next: offset + count + 1)
    }
    guard offset + left == size else { return nil }
    return Line(bytes: UnsafeBufferPointer(start: memory, count: left), next: size)
  }

  private func load(_ index: Int, from offset: Int, count: Int) throws(PluginFailure) {
    if windows[index].capacity < count {
      windows[index].memory.deallocate()
      windows[index].memory = .allocate(capacity: count)
      windows[index].capacity = count
    }
    windows[index].base = offset
    windows[index].count = try read(
      into: UnsafeMutableRawBufferPointer(start: windows[index].memory, count: count), at: offset)
  }

  /// Fills `target` from `offset` on, as far as the file reaches; returns how many bytes that is.
  func read(
    into target: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(PluginFailure) -> Int {
    let wanted = min(target.count, size - offset)
    var done = 0
    while done < wanted {
      let count = pread(
        descriptor, target.baseAddress.map { $0 + done }, wanted - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let why = count < 0 ? reason() : "it became shorter while it was read"
        throw PluginFailure(.io, "cannot read the source '\(path)': \(why)")
      }
      done += count
    }
    return wanted
  }

  /// The number from 1 of the line at `offset`: reads the file up to it, for messages only.
  func lineNumber(at offset: Int) -> Int {
    var number = 1
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var at = 0
    while at < offset {
      let count = chunk.withUnsafeMutableBytes { (try? read(into: $0, at: at)) ?? 0 }
      guard count > 0 else { break }
      for byte in chunk[..<min(count, offset - at)] where byte == 0x0a { number += 1 }
      at += count
    }
    return number
  }
}

/// What `errno` means.
private func reason() -> String { String(cString: strerror(errno)) }
