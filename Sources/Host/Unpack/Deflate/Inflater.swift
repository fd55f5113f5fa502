// Raw DEFLATE (RFC 1951), decoded as the input comes.

/// Decodes one stream after another, with about 350 KiB of memory whatever their size.
///
/// Refuses what zlib refuses. Gives the same output however the input is cut.
final class Inflater {
  /// Why decoding has stopped.
  enum Progress {
    /// All input is used up.
    case needsInput
    /// Output has to be taken.
    case hasOutput
    /// The last block has ended; what follows in the input was not touched. Output may be left to take.
    case finished
  }

  private enum Stage {
    case blockHeader
    case storedLength
    /// Bytes of a stored block that are still to come.
    case stored(Int)
    case codes
    case symbols
    case finished
  }

  private var stage = Stage.blockHeader
  private var isLastBlock = false
  private var held = HeldBits()
  private var description = CodeDescription()
  var literals = HuffmanTable.fixedLiterals
  var distances = HuffmanTable.fixedDistances
  var window = OutputWindow()

  /// Forgets everything and waits for another stream.
  func restart() {
    stage = .blockHeader
    isLastBlock = false
    held = HeldBits()
    window.restart()
  }

  /// The output since the last call.
  func takeOutput() -> [UInt8] { window.take() }

  /// Decodes from `position` on, which moves behind what was used.
  ///
  /// Throws `.damaged` without a place; the stream cannot be decoded any further then.
  func run(_ input: [UInt8], from position: inout Int) throws(UnpackError) -> Progress {
    // A closure that throws one type of error cannot write to an `inout` parameter of this function.
    let (progress, end) = try input.withUnsafeBufferPointer {
      (bytes) throws(UnpackError) -> (Progress, Int) in
      // No input may have no address; any will do, as nothing is read from it.
      let base = bytes.baseAddress ?? UnsafePointer(window.base)
      var reader = BitReader(base, from: position, to: bytes.count, held: held)
      let progress = try advance(&reader)
      held = reader.held
      return (progress, reader.position)
    }
    position = end
    return progress
  }

  private func advance(_ reader: inout BitReader) throws(UnpackError) -> Progress {
    while !window.isFull {
      switch stage {
      case .blockHeader:
        guard reader.need(3) else { return .needsInput }
        isLastBlock = reader.take(1) == 1
        try beginBlock(type: reader.take(2))
      case .storedLength:
        reader.alignToByte()
        guard reader.need(32) else { return .needsInput }
        let length = reader.take(16)
        guard reader.take(16) == ~length & 0xffff else {
          throw UnpackError(.damaged, "the length of a stored block is damaged")
        }
        stage = .stored(length)
      case .stored(let left):
        let copied = window.append(
          reader.base + reader.position, count: min(left, reader.end - reader.position))
        reader.position += copied
        if copied == left {
          endBlock()
        } else {
          stage = .stored(left - copied)
          if !window.isFull { return .needsInput }
        }
      case .codes:
        guard try description.read(&reader) else { return .needsInput }
        try readCodes()
        stage = .symbols
      case .symbols:
        switch try decodeSymbols(&reader) {
        case .blockEnd: endBlock()
        case .needsInput: return .needsInput
        case .windowFull: break
        }
      case .finished: return .finished
      }
    }
    return .hasOutput
  }

  private func beginBlock(type: Int) throws(UnpackError) {
    switch type {
    case 0: stage = .storedLength
    case 1:
      literals = HuffmanTable.fixedLiterals
      distances = HuffmanTable.fixedDistances
      stage = .symbols
    case 2:
      description.restart()
      stage = .codes
    default: throw UnpackError(.damaged, "a block has a type that does not exist")
    }
  }

  private func readCodes() throws(UnpackError) {
    guard literals.rebuild(description.literalLengths) else {
      throw UnpackError(.damaged, "the literals of a block have no valid code")
    }
    guard distances.rebuild(description.distanceLengths) else {
      throw UnpackError(.damaged, "the distances of a block have no valid code")
    }
  }

  private func endBlock() { stage = isLastBlock ? .finished : .blockHeader }
}
