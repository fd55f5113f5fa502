// One row of a prepared split as an evaluator parses it: the bytes of the file's line, borrowed.
public import JSONFormat
internal import PluginAPI

/// One row of a prepared split: its index and its JSON text.
///
/// Valid only until the method that got it returns: parse it, do not keep it.
public struct RowText {
  /// `sample_index`: from 0, in file order.
  public let index: UInt64
  let bytes: UnsafeBufferPointer<UInt8>

  /// A row of one's own, for tests: `bytes` must stay valid while the row is used.
  public init(index: UInt64, unsafe bytes: UnsafeBufferPointer<UInt8>) {
    self.index = index
    self.bytes = bytes
  }

  @inline(__always)
  init(_ record: UnsafePointer<evh_record>?) throws(PluginFailure) {
    let record = try required(record, "record")
    try checkSize(record.pointee.struct_size, atLeast: MinimumSize.record, "evh_record")
    index = record.pointee.index
    bytes = record.pointee.json.bytes
  }

  /// Reads the row with `body`, and checks that nothing but whitespace follows what it read.
  ///
  /// The fastest way, for a row of known shape; what the cursor throws becomes a `BadRecord`.
  public func read<Result>(
    _ body: (inout JSONCursor) throws(JSONError) -> Result
  ) throws(BadRecord) -> Result {
    do throws(JSONError) {
      var cursor = JSONCursor(unsafe: bytes)
      let result = try body(&cursor)
      try cursor.finish()
      return result
    } catch {
      throw BadRecord(error.description)
    }
  }

  /// The row as a tree, for rows whose shape is not known beforehand.
  public func value() throws(BadRecord) -> JSONValue {
    try read { cursor throws(JSONError) in try cursor.readValue() }
  }

  /// Lends `body` the bytes of the row as they stand in the file.
  public func withBytes<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(bytes.span)
  }
}
