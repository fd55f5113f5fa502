// One pass over the logits: the greatest, those of each block, and whether all are numbers.
//
// The blocks' maxima are what makes the choice of the best few tokens cheap: the k-th greatest of them is
// at most the k-th greatest logit, so only blocks that reach it hold candidates.

/// The greatest logits, block by block.
struct LogitScan: Sendable {
  /// How many logits a block has, a multiple of 8; the last block may have fewer.
  static let blockSize = 64

  /// The greatest logit of each block.
  private(set) var blockMaxima: [Float] = []
  /// The greatest logit of all.
  private(set) var maximum = -Float.infinity

  /// Reads all logits.
  ///
  /// - Returns: Whether one of them is NaN, which `maximum` then does not show.
  mutating func read(_ logits: UnsafeBufferPointer<Float>) -> Bool {
    let blockCount = (logits.count + Self.blockSize - 1) / Self.blockSize
    if blockMaxima.count != blockCount {
      blockMaxima = Array(repeating: -.infinity, count: blockCount)
    }
    var unordered = SIMDMask<SIMD8<Int32>>(repeating: false)
    maximum = -.infinity
    blockMaxima.withUnsafeMutableBufferPointer { blockMaxima in
      for block in 0..<blockCount {
        var greatest = SIMD8<Float>(repeating: -.infinity)
        logits.visitBlock(block) { _, values in
          unordered = unordered .| (values .!= values)
          greatest.replace(with: values, where: values .> greatest)
        }
        let four = greatest.lowHalf.replacing(
          with: greatest.highHalf, where: greatest.highHalf .> greatest.lowHalf)
        let two = four.lowHalf.replacing(
          with: four.highHalf, where: four.highHalf .> four.lowHalf)
        let blockMaximum = two[1] > two[0] ? two[1] : two[0]
        blockMaxima[block] = blockMaximum
        if blockMaximum > maximum { maximum = blockMaximum }
      }
    }
    return unordered != SIMDMask(repeating: false)
  }

  /// The first of the greatest logits; what `read` has seen must still be there.
  func firstMaximum(_ logits: UnsafeBufferPointer<Float>) -> Int {
    let block = blockMaxima.firstIndex(of: maximum) ?? 0
    let start = block * Self.blockSize
    return logits[start...].firstIndex(of: maximum) ?? start
  }
}

extension SIMD8<UInt32> {
  /// Whether any lane has its highest bit set.
  ///
  /// With integers, since comparisons of vectors that end in a branch are made lane by lane.
  @inline(__always)
  var hasHighBit: Bool {
    // Sound: both are 32 bytes, and every bit pattern is a value of the words.
    let words = unsafeBitCast(self, to: SIMD4<UInt64>.self)
    return ((words[0] | words[1]) | (words[2] | words[3])) & 0x8000_0000_8000_0000 != 0
  }
}

extension UnsafeBufferPointer<Float> {
  /// Calls `body` for every eight elements of a block, with the place of the first.
  ///
  /// The last ones are filled up with -infinity behind the end of the buffer.
  @inline(__always)
  func visitBlock(_ block: Int, _ body: (Int, SIMD8<Float>) -> Void) {
    let start = block * LogitScan.blockSize
    if start + LogitScan.blockSize <= count, let baseAddress {
      let values = UnsafeRawPointer(baseAddress + start)
      for offset in stride(from: 0, to: LogitScan.blockSize, by: 8) {
        // Sound: the whole block lies within the buffer, and no alignment is asked for.
        body(
          start + offset,
          values.loadUnaligned(
            fromByteOffset: offset * MemoryLayout<Float>.stride, as: SIMD8<Float>.self))
      }
    } else {
      for offset in stride(from: start, to: count, by: 8) {
        var values = SIMD8<Float>(repeating: -.infinity)
        for lane in 0..<Swift.min(8, count - offset) { values[lane] = self[offset + lane] }
        body(offset, values)
      }
    }
  }
}
