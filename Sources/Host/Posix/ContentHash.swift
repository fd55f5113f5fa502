// BLAKE2b-256 as a value: names contents inside the store. Where the world must be able to check a digest
// (files, plugins, manifests) it is SHA-256.
internal import CPosix

/// An incremental BLAKE2b-256 (RFC 7693); a copy goes on from the same state.
package struct ContentHash {
  private var state = evh_blake2b_state()

  /// Starts a digest of nothing.
  package init() { evh_blake2b_init(&state) }

  /// Appends bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    evh_blake2b_update(&state, bytes.baseAddress, bytes.count)
  }

  /// Appends bytes with their length before them, so that ("ab", "c") and ("a", "bc") differ.
  package mutating func update(counted bytes: UnsafeRawBufferPointer) {
    update(integer: UInt64(bytes.count))
    evh_blake2b_update(&state, bytes.baseAddress, bytes.count)
  }

  /// Appends a text's UTF-8 with its length before it.
  package mutating func update(field text: String) {
    var text = text
    text.withUTF8 { update(counted: UnsafeRawBufferPointer($0)) }
  }

  /// Appends a number as eight little-endian bytes.
  package mutating func update(integer: UInt64) {
    withUnsafeBytes(of: integer.littleEndian) {
      evh_blake2b_update(&state, $0.baseAddress, $0.count)
    }
  }

  /// The digest of what was appended so far.
  package consuming func finish() -> Digest256 {
    var digest = Digest256()
    withUnsafeMutableBytes(of: &digest.words) { out in
      evh_blake2b_final(&state, out.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    return digest
  }
}
