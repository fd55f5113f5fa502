// Where bytes come from, a chunk at a time: a file, or what another stream becomes when decompressed.

/// A source of bytes that is read once, from the beginning to the end.
///
/// A class, because a copy of a position in a file would not be a position of its own. Owned by one thread.
package protocol ByteStream: AnyObject {
  /// The next bytes, at most about 1 MiB; empty at the end, and from then on.
  ///
  /// After an error the stream is of no further use.
  func next() throws(UnpackError) -> [UInt8]
}
