// A JSON file that is one array of objects, or an object that holds one, read element by element:
// only the element at hand is ever held. Elements are checked as JSON one by one; members beside the
// way to the array are only skipped, by their quotes and brackets, because holding one of them to
// check it could mean holding the file.

package import JSONFormat

/// Reads the objects of one JSON array from chunks that may be cut anywhere.
///
/// Each comes as its bytes, checked to be one JSON object. Errors name the line; after one, and
/// after `finish`, the reader is of no more use.
package struct JSONRows: Sendable {
  /// The names of the members that lead to the array, from the outermost object inwards.
  private let path: [String]
  private let duplicateKeys: JSONDuplicateKeys
  private let recordLimit: Int
  private var state = State.start(markLength: 0)
  /// How many objects on the way to the array are open.
  private var level = 0
  private var hasFoundArray = false
  private var elementCount = 0
  private var extent = JSONExtent()
  /// What earlier chunks hold of the element or key that is being read.
  private var held: [UInt8] = []
  /// Where the element, key or skipped value that is being read begins.
  private var start = RecordStart(line: 1, byteOffset: 0)
  /// The place of the next byte.
  private var place = RecordStart(line: 1, byteOffset: 0)

  private enum State {
    /// After that many bytes of a byte order mark.
    case start(markLength: Int)
    /// Before an object on the way to the array, or before the array.
    case wayValue
    case firstKey
    case key
    case inKey
    case colon(isOnWay: Bool)
    case skippedValue
    case inSkippedValue
    case afterMember
    case firstElement
    case element
    case inElement
    case afterElement
    case end
  }

  /// A reader of one file.
  ///
  /// - Parameters:
  ///   - path: the members that lead to the array, such as `["data"]`; none if the file is the array.
  ///   - duplicateKeys: what to make of an element with the same key twice.
  ///   - recordLimit: the most bytes that one element may have.
  package init(
    path: [String] = [], duplicateKeys: JSONDuplicateKeys = .refuse,
    recordLimit: Int = RecordLimit.standard
  ) {
    self.path = path
    self.duplicateKeys = duplicateKeys
    self.recordLimit = recordLimit
  }

  /// Reads the next bytes of the file and gives `body` each element that ends in them.
  ///
  /// The bytes are valid only inside `body`, which may throw to stop.
  package mutating func push(
    _ chunk: Span<UInt8>, _ body: (RecordStart, Span<UInt8>) throws(TableError) -> Void
  ) throws(TableError) {
    var at = 0
    while at < chunk.count {
      switch state {
      case .inKey, .inElement, .inSkippedValue:
        at = try readValue(chunk, from: at, body)
      case .start, .wayValue, .firstKey, .key, .colon, .skippedValue, .afterMember, .firstElement,
        .element, .afterElement, .end:
        if try takes(chunk[at]) {
          step(over: chunk.extracting(at...at))
          at &+= 1
        }
      }
    }
  }

  /// Ends the file; throws unless all that was opened is closed.
  package func finish() throws(TableError) {
    switch state {
    case .end:
      return
    case .inKey, .inElement, .inSkippedValue:
      throw TableError(
        line: start.line, message: "the file ends inside the value that begins here")
    case .start, .wayValue, .firstKey, .key, .colon, .skippedValue, .afterMember, .firstElement,
      .element, .afterElement:
      throw failure("the file ends before its last bracket; is it empty or cut short?")
    }
  }

  private func failure(_ message: String) -> TableError {
    TableError(line: place.line, message: message)
  }

  private mutating func step(over bytes: Span<UInt8>) {
    place.line &+= bytes.occurrences(of: .lineFeed)
    place.byteOffset &+= bytes.count
  }
}

// MARK: Keys, elements and skipped values

extension JSONRows {
  /// Reads on in the value that has begun, and returns where it ends or `chunk` does.
  private mutating func readValue(
    _ chunk: Span<UInt8>, from first: Int,
    _ body: (RecordStart, Span<UInt8>) throws(TableError) -> Void
  ) throws(TableError) -> Int {
    let end = extent.end(in: chunk, from: first)
    let part = chunk.extracting(first..<(end ?? chunk.count))
    if case .inSkippedValue = state {
      if end != nil { state = .afterMember }
    } else {
      if held.count &+ part.count > recordLimit {
        throw RecordLimit.exceeded(recordLimit, by: start)
      }
      if end == nil || !held.isEmpty { held.append(part) }
      if end != nil, held.isEmpty {
        try complete(part, body)
      } else if end != nil {
        // Taken out, because nothing of the reader may be lent while it changes.
        var value: [UInt8] = []
        swap(&value, &held)
        try complete(value.span, body)
        swap(&value, &held)
        held.removeAll(keepingCapacity: true)
      }
    }
    step(over: part)
    return first &+ part.count
  }

  /// Deals with a whole key or element, which begins at `start`.
  private mutating func complete(
    _ value: Span<UInt8>, _ body: (RecordStart, Span<UInt8>) throws(TableError) -> Void
  ) throws(TableError) {
    if case .inKey = state {
      let key = try read(value) { cursor throws(JSONError) in try cursor.readString() }
      state = .colon(isOnWay: try isOnWay(key))
    } else {
      try read(value) { cursor throws(JSONError) in try cursor.skip() }
      state = .afterElement
      try body(start, value)
    }
  }

  private func read<Result>(
    _ value: Span<UInt8>, _ body: (inout JSONCursor) throws(JSONError) -> Result
  ) throws(TableError) -> Result {
    do throws(JSONError) {
      return try JSON.read(value, duplicateKeys: duplicateKeys, body)
    } catch {
      let before = value.extracting(..<error.offset)
      let inFile = JSONError(error.code, at: start.byteOffset + error.offset)
      throw TableError(
        line: start.line + before.occurrences(of: .lineFeed), message: inFile.description)
    }
  }

  private func isOnWay(_ key: String) throws(TableError) -> Bool {
    guard key == path[level - 1] else { return false }
    if hasFoundArray { throw failure("the member '\(key)' is there twice") }
    return true
  }
}

// MARK: What stands between them

extension JSONRows {
  /// Goes on at `byte`, and says whether that has used it up.
  private mutating func takes(_ byte: UInt8) throws(TableError) -> Bool {
    if case .start(let markLength) = state { return try takesMark(byte, markLength) }
    if byte.isBlank { return true }
    switch (state, byte) {
    case (.wayValue, UInt8(ascii: "{")) where level < path.count:
      level += 1
      state = .firstKey
    case (.wayValue, UInt8(ascii: "[")) where level == path.count:
      hasFoundArray = true
      state = .firstElement
    case (.wayValue, _):
      throw notOnWay(byte)
    case (.firstKey, .quote), (.key, .quote):
      return begin(.inKey)
    case (.colon(let isOnWay), UInt8(ascii: ":")):
      state = isOnWay ? .wayValue : .skippedValue
    case (.skippedValue, _) where !byte.closesJSON && byte != UInt8(ascii: ","):
      return begin(.inSkippedValue)
    case (.afterMember, UInt8(ascii: ",")):
      state = .key
    case (.firstKey, UInt8(ascii: "}")), (.afterMember, UInt8(ascii: "}")):
      try closeObject()
    case (.afterElement, UInt8(ascii: ",")):
      state = .element
    case (.firstElement, UInt8(ascii: "]")), (.afterElement, UInt8(ascii: "]")):
      state = level == 0 ? .end : .afterMember
    case (.firstElement, UInt8(ascii: "{")), (.element, UInt8(ascii: "{")):
      elementCount += 1
      return begin(.inElement)
    default:
      throw misplaced()
    }
    return true
  }

  private mutating func takesMark(_ byte: UInt8, _ length: Int) throws(TableError) -> Bool {
    let mark: InlineArray<3, UInt8> = [0xef, 0xbb, 0xbf]
    if byte == mark[length] {
      state = length == 2 ? .wayValue : .start(markLength: length + 1)
      return true
    }
    if length > 0 { throw failure("the file does not begin with JSON; is it UTF-8 text?") }
    state = .wayValue
    return false
  }

  /// Begins a value at the byte at hand, which is left to be read.
  private mutating func begin(_ value: State) -> Bool {
    state = value
    start = place
    extent = JSONExtent()
    return false
  }

  private mutating func closeObject() throws(TableError) {
    if !hasFoundArray {
      throw failure("the object that ends here has no member '\(path[level - 1])'")
    }
    level -= 1
    state = level == 0 ? .end : .afterMember
  }

  /// The error for a value that is not what the path says.
  private func notOnWay(_ byte: UInt8) -> TableError {
    if level < path.count {
      return failure("expected an object with a member '\(path[level])'")
    }
    if level > 0 { return failure("expected the member '\(path[level - 1])' to be an array") }
    return failure(
      byte == UInt8(ascii: "{")
        ? "the file is an object, not an array; name the member that holds the rows, "
          + "or read the file as JSON Lines" : "expected an array of objects")
  }

  private func misplaced() -> TableError {
    switch state {
    case .firstElement, .element:
      failure("expected an object as element \(elementCount + 1) of the array")
    case .afterElement:
      failure("expected a comma or the end of the array after element \(elementCount)")
    case .firstKey, .key:
      failure("expected a key in quotes")
    case .colon:
      failure("expected a colon after the key")
    case .skippedValue:
      failure("expected a value after the colon")
    case .afterMember:
      failure("expected a comma or the end of the object")
    case .end:
      failure("the file goes on after its last bracket; one JSON value was expected")
    case .start, .wayValue, .inKey, .inSkippedValue, .inElement:
      failure("expected an array of objects")
    }
  }
}
