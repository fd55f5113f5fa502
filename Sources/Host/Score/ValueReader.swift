// The named values of verdicts, `{"token_f1": 0.5, ...}`, read without making a String of a name
// that was seen before: a name is known again by the bytes it is spelt with.

import JSONFormat
import Metrics

/// Reads the values of verdicts and gives each name its small integer.
struct ValueReader {
  private struct Spelling {
    /// The key as it stands in the text, from its quote to its colon.
    var bytes: [UInt8]
    var id: Int32

    /// Whether a key stands in the text as this one does.
    func equals(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
      guard bytes.count == other.count else { return false }
      return bytes.withUnsafeBufferPointer { bytes in
        var differing: UInt8 = 0
        for index in 0..<other.count { differing |= bytes[index] ^ other[index] }
        return differing == 0
      }
    }
  }

  private var table = NameTable()
  private var spellings: [Spelling] = []

  /// The names in the order of their ids.
  var names: [String] { table.names }

  /// Pushes the values of one verdict; `null` is no value, and neither is anything but a number.
  ///
  /// Throws when the text is not one JSON object.
  mutating func read(
    _ text: UnsafeBufferPointer<UInt8>, sample: UInt32, repetition: UInt32,
    into values: inout ValueNormalizer
  ) throws(JSONError) {
    var cursor = JSONCursor(unsafe: text)
    try cursor.beginObject()
    var place = 0
    while let key = try cursor.nextKey() {
      let id = name(key, UnsafeBufferPointer(rebasing: text[key.offset..<cursor.offset]), place)
      place += 1
      guard try cursor.peekKind() == .number else {
        try cursor.skip()
        continue
      }
      values.push(
        RawValue(
          sampleIndex: Int64(sample), repeatIndex: Int64(repetition), name: id,
          value: try cursor.readDouble()))
    }
    try cursor.finish()
  }

  /// The id of a key; one beyond the last id that is allowed, once there are too many spellings.
  private mutating func name(
    _ key: JSONKey, _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int
  ) -> Int32 {
    // An evaluator gives its values in one order, so the first look nearly always finds the name.
    if place < spellings.count, spellings[place].equals(bytes) {
      return spellings[place].id
    }
    if let known = spellings.first(where: { $0.equals(bytes) }) { return known.id }
    guard spellings.count < ValueNormalizer.mostNames else {
      return Int32(ValueNormalizer.mostNames)
    }
    let id = table.id(of: key.string)
    spellings.append(Spelling(bytes: Array(bytes), id: id))
    return id
  }
}
