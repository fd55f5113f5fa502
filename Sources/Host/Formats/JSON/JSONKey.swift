// The key of an object's member, compared as bytes without making a String of it, and the set of
// keys that finds duplicates: no allocation for an object of up to 16 keys.

/// The key that `JSONCursor.nextKey()` found; valid as long as the cursor's bytes are.
///
///     switch key {
///     case "sample_index": row.sampleIndex = try cursor.readInt()
///     default: try cursor.skip()
///     }
public struct JSONKey {
  /// Bytes of its decoded UTF-8.
  public let utf8Count: Int
  /// Where its opening quote stands, in bytes from the start of the text.
  public let offset: Int
  private let content: ByteView
  private let isASCII: Bool

  init(_ text: QuotedText, at offset: Int) {
    utf8Count = text.utf8Count
    content = text.content
    isASCII = text.isASCII
    self.offset = offset
  }

  private var text: QuotedText {
    QuotedText(content: content, utf8Count: utf8Count, isASCII: isASCII)
  }

  /// The decoded key.
  public var string: String { text.string }

  /// Whether the decoded key is `literal`; allocates only if the key has escapes.
  @inlinable
  public static func == (key: JSONKey, literal: StaticString) -> Bool {
    key.utf8Count == literal.utf8CodeUnitCount && key.hasSameBytes(as: literal)
  }

  /// Makes `case "literal":` work in a switch over a key.
  @inlinable
  public static func ~= (literal: StaticString, key: JSONKey) -> Bool { key == literal }

  @usableFromInline
  func hasSameBytes(as literal: StaticString) -> Bool {
    let wanted = ByteView(literal)
    return text.hasEscapes ? text.bytes == wanted.bytes : content == wanted
  }
}

extension JSONKey: Hashable {
  /// Whether two keys decode to the same bytes, wherever they stand.
  public static func == (left: JSONKey, right: JSONKey) -> Bool {
    guard left.utf8Count == right.utf8Count else { return false }
    if left.text.hasEscapes || right.text.hasEscapes { return left.text.bytes == right.text.bytes }
    return left.content == right.content
  }

  /// Hashes the decoded bytes.
  public func hash(into hasher: inout Hasher) {
    if text.hasEscapes {
      unsafe text.bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    } else {
      unsafe hasher.combine(bytes: UnsafeRawBufferPointer(content.buffer))
    }
  }
}

/// The keys that an object has shown so far, numbered from 0.
struct KeySet {
  private static var few: Int { 16 }

  private var count = 0
  private var first: InlineArray<16, JSONKey>
  /// All keys, once they are more than a few; the hasher is seeded, so no text can make it slow.
  private var many: [JSONKey: Int] = [:]

  init() {
    let none = QuotedText(content: ByteView(""), utf8Count: 0, isASCII: true)
    first = InlineArray(repeating: JSONKey(none, at: 0))
  }

  /// Adds `key` and returns nil, or returns the number of the equal key that is there already.
  mutating func insert(_ key: JSONKey) -> Int? {
    if count < Self.few {
      for index in 0..<count where first[index] == key { return index }
      first[count] = key
    } else {
      if count == Self.few {
        for index in 0..<count { many[first[index]] = index }
      }
      if let index = many[key] { return index }
      many[key] = count
    }
    count += 1
    return nil
  }
}
