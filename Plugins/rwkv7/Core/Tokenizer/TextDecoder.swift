// Bytes of tokens to text: a token may end within a character.

/// Collects the bytes of a text piece by piece and makes UTF-8 of them.
///
/// The beginning of a character at the end of what has come is held back until the rest of it comes. What
/// is not UTF-8 becomes U+FFFD, one for each maximal subpart (see `UTF8Scan`), and is counted.
package struct TextDecoder: Sendable {
  /// U+FFFD as UTF-8.
  private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

  /// The text up to here as valid UTF-8, without what is held back.
  package private(set) var utf8: [UInt8] = []
  /// How many U+FFFD stand for bytes that were none.
  package private(set) var replacementCount = 0
  private var held: [UInt8] = []
  private var scan = UTF8Scan()

  /// A decoder that nothing has come to.
  package init() {}

  /// The text up to here, without what is held back.
  package var text: String { String(decoding: utf8, as: UTF8.self) }

  /// How many bytes are held back, 0 to 3.
  package var heldCount: Int { held.count }

  /// Takes more bytes.
  package mutating func append(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      var step = scan.take(byte)
      if case .brokenBefore = step {
        replaceHeld()
        step = scan.take(byte)
      }
      switch step {
      case .incomplete:
        held.append(byte)
      case .complete:
        utf8.append(contentsOf: held)
        utf8.append(byte)
        held.removeAll(keepingCapacity: true)
      case .invalid, .brokenBefore:
        replaceHeld()
      }
    }
  }

  /// Ends the text: what is held back will not be completed and becomes U+FFFD.
  package mutating func finish() {
    if !held.isEmpty { replaceHeld() }
    scan = UTF8Scan()
  }

  private mutating func replaceHeld() {
    utf8.append(contentsOf: Self.replacement)
    replacementCount += 1
    held.removeAll(keepingCapacity: true)
  }
}
