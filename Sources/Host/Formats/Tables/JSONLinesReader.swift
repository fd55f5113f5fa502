// One JSON value a line, found at the speed of a search for line feeds. Nothing is decoded and
// nothing checked: whoever takes a line reads it as JSON and so finds what is wrong with it.

/// Cuts JSON Lines into lines, from chunks that may be cut anywhere.
///
/// A line ends with LF or CR LF, which are not part of it; the last may go without. Blank lines and
/// a byte order mark are skipped. Lines that lie whole in a chunk are handed out where they lie.
package struct JSONLinesReader: Sendable {
  private let recordLimit: Int
  /// The beginning of a line whose end comes with a later chunk.
  private var held: [UInt8] = []
  /// The place of the next line.
  private var start = RecordStart(line: 1, byteOffset: 0)

  /// A reader of one file.
  package init(recordLimit: Int = RecordLimit.standard) {
    self.recordLimit = recordLimit
  }

  /// Reads the next bytes of the file and gives `body` each line that ends in them.
  ///
  /// The bytes are valid only inside `body`, which may throw to stop.
  package mutating func push(
    _ chunk: Span<UInt8>, _ body: (RecordStart, Span<UInt8>) throws(TableError) -> Void
  ) throws(TableError) {
    var at = 0
    while at < chunk.count {
      let end = chunk.first(.lineFeed, from: at)
      if held.count &+ (end &- at) > recordLimit {
        throw RecordLimit.exceeded(recordLimit, by: start)
      }
      let part = chunk.extracting(at..<end)
      if end == chunk.count {
        held.append(part)
        return
      }
      if held.isEmpty {
        try give(part, to: body)
      } else {
        held.append(part)
        try giveHeld(to: body)
      }
      start.byteOffset &+= 1
      start.line &+= 1
      at = end &+ 1
    }
  }

  /// Ends the file and gives `body` the last line, if no line feed has ended it.
  package mutating func finish(
    _ body: (RecordStart, Span<UInt8>) throws(TableError) -> Void
  ) throws(TableError) {
    try giveHeld(to: body)
  }

  private mutating func giveHeld(
    to body: (RecordStart, Span<UInt8>) throws(TableError) -> Void
  ) throws(TableError) {
    // Taken out, because nothing of the reader may be lent while it changes.
    var line: [UInt8] = []
    swap(&line, &held)
    try give(line.span, to: body)
    swap(&line, &held)
    held.removeAll(keepingCapacity: true)
  }

  /// Gives `line`, which begins at `start` and is without its line feed, and steps over it.
  @inline(__always)
  private mutating func give(
    _ line: Span<UInt8>, to body: (RecordStart, Span<UInt8>) throws(TableError) -> Void
  ) throws(TableError) {
    var lower = start.byteOffset == 0 && line.startsWithMark ? 3 : 0
    var upper = line.count
    if upper > lower, line[upper &- 1] == .carriageReturn { upper &-= 1 }
    var record = start
    record.byteOffset &+= lower
    start.byteOffset &+= line.count
    // Only a line that begins with white space can be blank; looking further costs the others nothing.
    if lower < upper, line[lower].isBlank {
      var at = lower
      while at < upper, line[at].isBlank { at &+= 1 }
      if at == upper { lower = upper }
    }
    if lower < upper { try body(record, line.extracting(lower..<upper)) }
  }
}
