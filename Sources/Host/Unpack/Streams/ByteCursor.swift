// A place in a stream: formats are read in pieces that do not know where the chunks end.

/// Reads a stream byte by byte, in pieces, or in whatever lies ready.
final class ByteCursor {
  private let source: any ByteStream
  private(set) var chunk: [UInt8] = []
  /// The next byte to read in `chunk`.
  private(set) var position = 0
  /// Bytes of the stream before `chunk`.
  private var before = 0

  init(_ source: any ByteStream) { self.source = source }

  /// Bytes read so far.
  var offset: Int { before + position }

  /// True when at least one byte lies ready, after asking for more if need be; false at the end.
  func fill() throws(UnpackError) -> Bool {
    if position < chunk.count { return true }
    before += chunk.count
    position = 0
    chunk = []
    chunk = try source.next()
    return !chunk.isEmpty
  }

  /// Takes bytes of `chunk` as read.
  func advance(to newPosition: Int) {
    precondition(newPosition >= position && newPosition <= chunk.count)
    position = newPosition
  }

  /// The next byte; nil at the end.
  func byte() throws(UnpackError) -> UInt8? {
    guard try fill() else { return nil }
    position += 1
    return chunk[position - 1]
  }

  /// The next `count` bytes; nil when the stream ends before that.
  ///
  /// For headers of bounded size: all of it is held in memory.
  func read(_ count: Int) throws(UnpackError) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      guard try fill() else { return nil }
      let end = min(chunk.count, position + count - bytes.count)
      bytes += chunk[position..<end]
      position = end
    }
    return bytes
  }

  /// Hands the next `count` bytes on as they come; false when the stream ends before that.
  func pass(
    _ count: Int, to take: (ArraySlice<UInt8>) throws(UnpackError) -> Void
  ) throws(UnpackError) -> Bool {
    var left = count
    while left > 0 {
      guard try fill() else { return false }
      let end = min(chunk.count, position + left)
      try take(chunk[position..<end])
      left -= end - position
      position = end
    }
    return true
  }
}
