// UTF-8 that comes in chunks cut anywhere: checked, without its byte order mark, and handed on in
// whole characters, so that no reader behind it ever sees a part of one.

/// Checks the chunks of a text for UTF-8.
struct TextStream: Sendable {
  /// The beginning of a character whose rest comes with the next chunk: at most three bytes.
  private var held: [UInt8] = []
  private var isAtStart = true

  /// What is good of a chunk: `completed`, and then the chunk's bytes in `rest`.
  struct Checked {
    /// The character that an earlier chunk began, or nothing.
    var completed: [UInt8] = []
    var rest = 0..<0
    /// The length of the byte order mark that was dropped, which stood before all this.
    var markLength = 0
    /// What follows the good part, if it is not UTF-8.
    var fault: Fault?
  }

  /// Why a text cannot be read.
  enum Fault {
    case notUTF8
    /// Its first byte begins no character: UTF-16, or no text at all.
    case otherEncoding
    case endsInCharacter

    func error(line: Int) -> TableError {
      let message =
        switch self {
        case .notUTF8: "the text is not valid UTF-8 here; save the file as UTF-8"
        case .otherEncoding: "the file is UTF-16 or no text; save it as UTF-8"
        case .endsInCharacter: "the file ends in the middle of a character; is it cut short?"
        }
      return TableError(line: line, message: message)
    }
  }

  mutating func check(_ chunk: Span<UInt8>) -> Checked {
    var checked = Checked()
    var at = 0
    if let first = held.first {
      let length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
      while held.count < length, at < chunk.count {
        held.append(chunk[at])
        at += 1
      }
      let (valid, isCutShort) = Self.measure(held.span)
      if isCutShort { return checked }
      if valid < held.count {
        checked.fault = fault
        return checked
      }
      checked.completed = held
      held.removeAll(keepingCapacity: true)
    }
    let left = chunk.extracting(at...)
    let (valid, isCutShort) = Self.measure(left)
    checked.rest = at..<at + valid
    if isCutShort {
      held.append(left.extracting(valid...))
    } else if valid < left.count {
      checked.fault = valid == 0 && checked.completed.isEmpty ? fault : .notUTF8
    }
    dropMark(from: &checked, of: chunk)
    return checked
  }

  /// What is wrong if the text ends now.
  var faultAtEnd: Fault? { held.isEmpty ? nil : .endsInCharacter }

  /// What is wrong with bytes that are not UTF-8 and that nothing comes before in this chunk.
  private var fault: Fault { isAtStart ? .otherEncoding : .notUTF8 }

  private mutating func dropMark(from checked: inout Checked, of chunk: Span<UInt8>) {
    guard isAtStart, !(checked.completed.isEmpty && checked.rest.isEmpty) else { return }
    isAtStart = false
    if checked.completed.span.startsWithMark {
      checked.completed = []
      checked.markLength = 3
    } else if checked.completed.isEmpty, chunk.extracting(checked.rest).startsWithMark {
      checked.rest = 3..<checked.rest.upperBound
      checked.markLength = 3
    }
  }

  /// How many bytes are whole characters, and whether the others are the beginning of one.
  private static func measure(_ bytes: Span<UInt8>) -> (valid: Int, isCutShort: Bool) {
    do {
      _ = try UTF8Span(validating: bytes)
      return (bytes.count, false)
    } catch {
      let isCutShort =
        error.kind == .truncatedScalar && error.byteOffsets.upperBound == bytes.count
      return (error.byteOffsets.lowerBound, isCutShort)
    }
  }
}
