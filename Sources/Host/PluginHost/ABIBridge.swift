// Between the header's shapes and Swift's: text views, structs that may be shorter or longer than
// this host's, and the frozen sizes of version 1.0.

import PluginAPI

/// The size each struct had in version 1.0: a shorter one is no struct of this major.
package enum FirstRelease {
  /// Bytes of `evh_plugin`.
  package static let plugin: UInt32 = 96
  /// Bytes of `evh_component`.
  package static let component: UInt32 = 96
  /// Bytes of `evh_evaluator`.
  package static let evaluator: UInt32 = 48
  /// Bytes of `evh_metric`.
  package static let metric: UInt32 = 32
  /// Bytes of `evh_dataset`.
  package static let dataset: UInt32 = 40
  /// Bytes of `evh_backend`.
  package static let backend: UInt32 = 80
  /// Bytes of `evh_stage_request`.
  package static let stageRequest: UInt32 = 72
  /// Bytes of `evh_verdict`.
  package static let verdict: UInt32 = 88
  /// Bytes of `evh_output`.
  package static let output: UInt32 = 104
}

/// The size in bytes of one of this host's structs, as `struct_size` wants it.
func structSize<Struct>(_ type: Struct.Type) -> UInt32 { UInt32(MemoryLayout<Struct>.size) }

/// Copies a struct that says it is `size` bytes long over a zeroed one of this host's.
///
/// Reading `pointee` whole would run over the end of a struct of an older minor.
@inline(__always)
func copy<Struct>(
  _ source: UnsafePointer<Struct>, size: UInt32, over zeroed: consuming Struct
) -> Struct {
  guard size < structSize(Struct.self) else { return source.pointee }
  var result = zeroed
  withUnsafeMutableBytes(of: &result) { target in
    target.copyMemory(from: UnsafeRawBufferPointer(start: source, count: Int(size)))
  }
  return result
}

/// A view of bytes; of none it is a null pointer and 0, as the header asks.
@inline(__always)
func view(_ bytes: UnsafeBufferPointer<UInt8>) -> evh_str {
  guard let base = bytes.baseAddress, !bytes.isEmpty else { return evh_str() }
  // CChar and UInt8 have one layout, and the callee only reads bytes.
  return evh_str(
    ptr: UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self), len: UInt64(bytes.count))
}

/// A view of `count` bytes from `base`.
@inline(__always)
func view(_ base: UnsafeRawPointer, count: Int) -> evh_str {
  count == 0
    ? evh_str() : evh_str(ptr: base.assumingMemoryBound(to: CChar.self), len: UInt64(count))
}

/// A plugin's text that is not what the header allows.
enum TextFault: Error {
  case nullPointer
  case tooLong
  case notUTF8
}

extension evh_str {
  /// The bytes of a view that is at most `limit` long and, unless `isUTF8Needed` is false, UTF-8.
  @inline(__always)
  func bytes(
    limit: Int, isUTF8Needed: Bool = true
  ) throws(TextFault) -> UnsafeBufferPointer<UInt8> {
    guard len > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
    guard let ptr else { throw .nullPointer }
    guard len <= UInt64(limit) else { throw .tooLong }
    let bytes = UnsafeBufferPointer(
      // CChar and UInt8 have one layout, and nobody writes through this view.
      start: UnsafeRawPointer(ptr).assumingMemoryBound(to: UInt8.self), count: Int(len))
    if isUTF8Needed, !isUTF8(bytes) { throw .notUTF8 }
    return bytes
  }

  /// The text with what is not UTF-8 repaired, cut at `limit` bytes: for messages alone.
  func messageText(limit: Int = 4096) -> String {
    guard let ptr, len > 0 else { return "" }
    let count = Int(min(len, UInt64(limit)))
    let raw = UnsafeRawBufferPointer(start: ptr, count: count)
    return singleLine(String(decoding: raw, as: UTF8.self))
  }
}

/// The text on one line: control characters become spaces.
func singleLine(_ text: String) -> String {
  guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { return text }
  return String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
}

/// Whether bytes are well-formed UTF-8 (Unicode 15, table 3-7).
///
/// Eight bytes at a time while they are ASCII; no allocation.
package func isUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
  guard let base = bytes.baseAddress else { return true }
  let raw = UnsafeRawPointer(base)
  let count = bytes.count
  var at = 0
  while at < count {
    while at &+ 8 <= count,
      raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    { at &+= 8 }
    guard at < count else { return true }
    let lead = bytes[at]
    if lead < 0x80 {
      at &+= 1
      continue
    }
    let (length, low, high) = sequenceShape(lead)
    guard length > 0, at &+ length <= count else { return false }
    let second = bytes[at &+ 1]
    guard second >= low, second <= high else { return false }
    if length > 2, bytes[at &+ 2] & 0xc0 != 0x80 { return false }
    if length > 3, bytes[at &+ 3] & 0xc0 != 0x80 { return false }
    at &+= length
  }
  return true
}

/// Length of the sequence a lead byte begins and the range of its second byte; 0 when it begins none.
@inline(__always)
private func sequenceShape(_ lead: UInt8) -> (length: Int, low: UInt8, high: UInt8) {
  switch lead {
  case 0xc2...0xdf: (2, 0x80, 0xbf)
  case 0xe0: (3, 0xa0, 0xbf)
  case 0xed: (3, 0x80, 0x9f)
  case 0xe1...0xef: (3, 0x80, 0xbf)
  case 0xf0: (4, 0x90, 0xbf)
  case 0xf1...0xf3: (4, 0x80, 0xbf)
  case 0xf4: (4, 0x80, 0x8f)
  default: (0, 0, 0)
  }
}
