// Bytes of a file that nobody has checked yet: every place may be beyond the end, so every access
// says nil instead. All three readers (zip, pickle, safetensors) stand on it.

/// Bytes that somebody else keeps alive, read at any place.
struct CheckedBytes {
  let raw: UnsafeRawBufferPointer

  var count: Int { raw.count }

  /// Borrows `raw`, which must outlive the value and what is made of it.
  init(_ raw: UnsafeRawBufferPointer) { self.raw = raw }

  /// The little-endian integer at `offset`; nil if it is not wholly inside.
  func integer<Integer: FixedWidthInteger>(_ type: Integer.Type, at offset: Int) -> Integer? {
    guard offset >= 0, offset <= count - MemoryLayout<Integer>.size else { return nil }
    return Integer(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Integer.self))
  }

  /// The unsigned little-endian integer at `offset` as an Int; nil also where Int cannot hold it.
  func size<Integer: FixedWidthInteger & UnsignedInteger>(
    _ type: Integer.Type, at offset: Int
  ) -> Int? {
    integer(type, at: offset).flatMap { Int(exactly: $0) }
  }

  /// The `count` bytes from `offset` on; nil if they are not wholly inside.
  func part(at offset: Int, count length: Int) -> CheckedBytes? {
    guard offset >= 0, offset <= count, length >= 0, length <= count - offset else { return nil }
    return CheckedBytes(UnsafeRawBufferPointer(rebasing: raw[offset..<offset + length]))
  }

  /// The bytes as text; nil if they are not UTF-8.
  var text: String? { String(validating: raw, as: UTF8.self) }

  /// Whether the bytes begin with those of `literal`.
  func starts(with literal: StaticString) -> Bool {
    literal.withUTF8Buffer { letters in
      count >= letters.count && raw[..<letters.count].elementsEqual(letters)
    }
  }
}

/// How many elements a tensor of `shape` has; nil for a negative dimension or more than Int can hold.
func elementCount(of shape: [Int]) -> Int? {
  guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
  // A zero makes the product zero whatever the others are, also those that alone would overflow.
  if shape.contains(0) { return 0 }
  var product = 1
  for size in shape {
    let (next, overflows) = product.multipliedReportingOverflow(by: size)
    if overflows { return nil }
    product = next
  }
  return product
}
