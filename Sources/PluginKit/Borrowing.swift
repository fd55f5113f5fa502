// Text across the boundary: views of the host's bytes, and views of ours lent for one call. Nothing is
// copied on the way out except lists of short strings, which need one address each at the same time.
internal import PluginAPI

extension evh_str {
  /// The bytes as a buffer, valid as long as the host's memory is.
  @inline(__always)
  var bytes: UnsafeBufferPointer<UInt8> {
    guard len > 0, let ptr else { return UnsafeBufferPointer(start: nil, count: 0) }
    let start = UnsafeRawPointer(ptr).assumingMemoryBound(to: UInt8.self)
    return UnsafeBufferPointer(start: start, count: Int(len))
  }

  /// The text as a string of its own; bytes that are not UTF-8 become U+FFFD.
  var string: String { String(decoding: bytes, as: UTF8.self) }

  /// A view of `bytes`, valid as long as those are.
  @inline(__always)
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    let start = UnsafeRawPointer(bytes.baseAddress ?? noBytes)
    self.init(ptr: start.assumingMemoryBound(to: CChar.self), len: UInt64(bytes.count))
  }
}

/// Lends `body` a view of `text`.
@inline(__always)
func withText<Result>(_ text: String, _ body: (evh_str) -> Result) -> Result {
  text.utf8Span.span.withUnsafeBufferPointer { body(evh_str($0)) }
}

/// Lends `body` a view of `bytes`.
@inline(__always)
func withText<Result>(_ bytes: [UInt8], _ body: (evh_str) -> Result) -> Result {
  bytes.withUnsafeBufferPointer { body(evh_str($0)) }
}

/// Lends `body` an array of views of `texts`; none at all is a null pointer.
func withTexts<Result>(
  _ texts: [String], _ body: (UnsafePointer<evh_str>?, UInt32) -> Result
) -> Result {
  if texts.isEmpty { return body(nil, 0) }
  // The strings of a list are short (answer letters, stop words), so they are copied side by side.
  var joined: [UInt8] = []
  for text in texts { joined.append(contentsOf: text.utf8) }
  return joined.withUnsafeBufferPointer { bytes in
    withUnsafeTemporaryAllocation(of: evh_str.self, capacity: texts.count) { views in
      var start = 0
      for (index, text) in texts.enumerated() {
        let end = start + text.utf8.count
        views.initializeElement(
          at: index, to: evh_str(UnsafeBufferPointer(rebasing: bytes[start..<end])))
        start = end
      }
      return body(UnsafePointer(views.baseAddress), UInt32(texts.count))
    }
  }
}

/// A copy of `text` that lives until the process ends, for descriptors.
func permanentText(_ text: String) -> evh_str {
  let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
  _ = copy.initialize(from: text.utf8)
  return evh_str(UnsafeBufferPointer(copy))
}
