// A hash of an answer's bytes, for counting votes: equal bytes give equal hashes, in every process
// and on every machine. It need not resist anybody: an evaluator that wants to lie can say "pass".

/// The 64-bit hash of an answer; never 0, which means that there is no answer.
///
/// Eight bytes a step, each mixed in by a multiplication of full width whose halves are folded (the
/// step of wyhash). Two of a sample's few different answers collide with a chance of about 2^-64.
func answerHash(_ answer: UnsafeBufferPointer<UInt8>) -> UInt64 {
  let bytes = UnsafeRawBufferPointer(answer)
  var hash = folded(0xa076_1d64_78bd_642f ^ UInt64(bytes.count), 0xe703_7ed1_a0b4_28db)
  var offset = 0
  while offset + 8 <= bytes.count {
    let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    hash = folded(hash ^ word, 0x8ebc_6af0_9c88_c6e3)
    offset += 8
  }
  if offset < bytes.count {
    var rest: UInt64 = 0
    for index in offset..<bytes.count { rest = rest << 8 | UInt64(bytes[index]) }
    hash = folded(hash ^ rest, 0x5899_65cc_7537_4cc3)
  }
  return hash == 0 ? 1 : hash
}

@inline(__always)
private func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let product = left.multipliedFullWidth(by: right)
  return product.high ^ product.low
}
