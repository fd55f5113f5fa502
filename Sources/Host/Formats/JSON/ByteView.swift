// Borrowed bytes with every access checked. Together with the edges that take or lend pointers this
// is the only place that touches memory: all grammar above it is safe whatever the text holds.

/// Bytes that somebody else keeps alive; every access is bounds-checked, also in release.
@safe
struct ByteView {
  private let start: UnsafePointer<UInt8>
  let count: Int

  /// Borrows `bytes`, which must outlive the view and stay unchanged.
  @unsafe
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    // An empty buffer may have no address; any valid one serves, as nothing is ever read from it.
    unsafe start = bytes.baseAddress ?? StaticString("").utf8Start
    count = bytes.count
  }

  /// Views a literal, which lives as long as the program.
  @inline(__always)
  init(_ literal: StaticString) {
    unsafe start = literal.utf8Start
    count = literal.utf8CodeUnitCount
  }

  private init(start: UnsafePointer<UInt8>, count: Int) {
    unsafe self.start = start
    self.count = count
  }

  @inline(__always)
  subscript(index: Int) -> UInt8 {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    return unsafe start[index]
  }

  /// The part `lower ..< upper`.
  @inline(__always)
  func part(_ lower: Int, _ upper: Int) -> ByteView {
    precondition(0 <= lower && lower <= upper && upper <= count)
    return unsafe ByteView(start: start + lower, count: upper &- lower)
  }

  /// The eight bytes at `index`, the first in the lowest bits.
  @inline(__always)
  func word(at index: Int) -> UInt64 {
    precondition(0 <= index && index <= count &- 8)
    let word = unsafe UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self)
    return UInt64(littleEndian: word)
  }

  /// The bytes as a buffer, valid as long as the view is.
  @unsafe var buffer: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(start: start, count: count)
  }

  /// A string of these bytes, which must be known to be UTF-8, and ASCII if `isASCII` says so.
  func string(isASCII: Bool) -> String {
    let text = unsafe UTF8Span(unchecked: buffer.span, isKnownASCII: isASCII)
    return String(copying: text)
  }

  /// The bytes, copied.
  var bytes: [UInt8] { unsafe Array(buffer) }

  /// Copies the bytes to the start of `target`, which must have room, and returns how many.
  @unsafe
  func copy(into target: UnsafeMutableBufferPointer<UInt8>) -> Int {
    precondition(count <= target.count)
    unsafe target.baseAddress?.update(from: start, count: count)
    return count
  }

  /// Appends the bytes to `bytes`.
  func append(to bytes: inout [UInt8]) {
    unsafe bytes.append(contentsOf: buffer)
  }
}

extension ByteView: Equatable {
  @inline(__always)
  static func == (left: ByteView, right: ByteView) -> Bool {
    left.count == right.count && left.hasSameBytes(as: right)
  }

  /// Whether two views of the same length hold the same bytes.
  private func hasSameBytes(as other: ByteView) -> Bool {
    if count >= 8 {
      var at = 0
      while at < count &- 8 {
        if word(at: at) != other.word(at: at) { return false }
        at &+= 8
      }
      return word(at: count &- 8) == other.word(at: count &- 8)
    }
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }
}
