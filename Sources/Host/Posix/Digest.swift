// SHA-256 as a value.
internal import CPosix

/// An incremental SHA-256; a copy goes on from the same state.
package struct SHA256 {
  private var state = evh_sha256_state()

  /// Starts a digest of nothing.
  package init() { evh_sha256_init(&state) }

  /// Appends bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    evh_sha256_update(&state, bytes.baseAddress, bytes.count)
  }

  /// Appends bytes.
  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { evh_sha256_update(&state, $0.baseAddress, $0.count) }
  }

  /// Appends a text with its length, so that ("ab", "c") and ("a", "bc") differ.
  package mutating func update(field text: String) {
    var text = text
    text.withUTF8 { bytes in
      update(integer: UInt64(bytes.count))
      evh_sha256_update(&state, bytes.baseAddress, bytes.count)
    }
  }

  /// Appends a number as eight little-endian bytes.
  package mutating func update(integer: UInt64) {
    withUnsafeBytes(of: integer.littleEndian) {
      evh_sha256_update(&state, $0.baseAddress, $0.count)
    }
  }

  /// The digest of what was appended so far.
  package consuming func finish() -> Digest256 {
    var digest = Digest256()
    withUnsafeMutableBytes(of: &digest.words) { out in
      evh_sha256_final(&state, out.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    return digest
  }
}

/// Thirty-two bytes of digest.
package struct Digest256: Equatable, Sendable {
  /// The bytes in order, as they lie in memory.
  package var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// A digest of zeros.
  package init() {}

  /// Whether all bytes are the same.
  package static func == (left: Digest256, right: Digest256) -> Bool { left.words == right.words }

  /// The bytes as an array.
  package var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

  /// Lower-case hexadecimal.
  package var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension SHA256 {
  /// The digest of a whole file, read in pieces.
  package static func ofFile(_ path: String) throws(PosixError) -> Digest256 {
    let file = try Descriptor.reading(path)
    var digest = SHA256()
    var offset = 0
    while true {
      let bytes = try file.read(count: 1 << 20, at: offset)
      if bytes.isEmpty { return digest.finish() }
      digest.update(bytes)
      offset += bytes.count
    }
  }
}
