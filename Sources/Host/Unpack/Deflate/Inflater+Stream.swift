// A decoder fed from a stream.

extension Inflater {
  /// The next output; empty once the compressed stream has ended, and `cursor` is right behind it.
  func next(from cursor: ByteCursor) throws(UnpackError) -> [UInt8] {
    while true {
      // Asked before more input is: bits that are held may be all that the end needs.
      var position = cursor.position
      let progress = try run(cursor.chunk, from: &position)
      cursor.advance(to: position)
      if progress != .needsInput { return takeOutput() }
      guard try cursor.fill() else { throw Inflater.cutShort }
    }
  }

  static var cutShort: UnpackError {
    UnpackError(.damaged, "ends in the middle of the compressed data")
  }
}
