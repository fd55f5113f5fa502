// What was decompressed: the last 32 KiB, which matches refer to, and after them what nobody has taken yet.
//
//   0             taken            written       limit       capacity
//   | history      | not yet taken  | free        | slack     |
internal import Glibc

/// Output of a decoder, in one block of memory that never grows.
///
/// Everything from 0 to `written` is output of this stream, so a distance is valid if and only if it is at most
/// `written`: nothing older than the history is ever asked for, because no distance is greater than its size.
struct OutputWindow: ~Copyable {
  /// The greatest distance of a match.
  static let historySize = 32 << 10
  /// Output is handed on in pieces of about this size; larger ones would leave the processor's cache.
  static let pieceSize = 256 << 10
  /// What the fast loop may write beyond `limit`: three literals and a match of 258 bytes, copied in
  /// pieces of 16 of which the last may be useless but for one byte.
  private static let slack = 3 + 258 + 15

  /// Decoding stops for somebody to take the output once `written` has got here.
  let limit = historySize + pieceSize
  /// `limit + slack` bytes, all of them initialized.
  let base: UnsafeMutablePointer<UInt8>
  /// End of the output.
  private(set) var written = 0
  private var taken = 0

  init() {
    // calloc gives zeros without touching the pages that a short stream never reaches.
    guard let memory = calloc(limit + OutputWindow.slack, 1) else {
      preconditionFailure("no memory for \(limit) bytes of output")
    }
    base = memory.bindMemory(to: UInt8.self, capacity: limit + OutputWindow.slack)
  }

  deinit { free(base) }

  /// Forgets everything.
  mutating func restart() {
    written = 0
    taken = 0
  }

  var isFull: Bool { written >= limit }

  /// The output since the last call.
  mutating func take() -> [UInt8] {
    let count = written - taken
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      // Sound: the buffer has at least `count` bytes; those of the window are initialized up to `written`.
      if let start = buffer.baseAddress { start.initialize(from: base + taken, count: count) }
      initialized = count
    }
    taken = written
    // Only a full window moves, so that small pieces do not move 32 KiB each.
    if isFull {
      base.update(
        from: base + (written - OutputWindow.historySize), count: OutputWindow.historySize)
      written = OutputWindow.historySize
      taken = written
    }
    return bytes
  }

  /// Adds one byte; there must be room.
  mutating func append(_ byte: UInt8) {
    precondition(!isFull)
    base[written] = byte
    written += 1
  }

  /// Adds as much of the input as there is room for; returns how much that was.
  ///
  /// Sound: `count` bytes of `source` must be readable; no more than that are read and none is written beyond
  /// `limit`.
  mutating func append(_ source: UnsafePointer<UInt8>, count: Int) -> Int {
    let copied = max(0, min(count, limit - written))
    (base + written).update(from: source, count: copied)
    written += copied
    return copied
  }

  /// Repeats output of at most 258 bytes; false when it would begin before the stream did.
  mutating func repeatOutput(distance: Int, length: Int) -> Bool {
    precondition(!isFull && length <= 258)
    guard distance <= written else { return false }
    copyMatch(base + written, distance: distance, length: length)
    written += length
    return true
  }

  /// Says how far the fast loop has written.
  mutating func advance(to end: Int) {
    precondition(end >= written && end <= limit + 3 + 258)
    written = end
  }
}

/// Copies `length` bytes from `distance` bytes before `target` to `target`, where both may overlap: what was
/// copied first is then copied again.
///
/// Sound: up to `length + 15` bytes from `target` on must be writable, and `distance` bytes before it
/// readable. Pieces of 16 or 8 bytes are used only when the distance is at least as long, so that each piece
/// is complete before it is read.
@inline(__always)
func copyMatch(_ target: UnsafeMutablePointer<UInt8>, distance: Int, length: Int) {
  let to = UnsafeMutableRawPointer(target)
  let from = UnsafeRawPointer(to - distance)
  var done = 0
  if distance >= 16 {
    repeat {
      let piece = from.loadUnaligned(fromByteOffset: done, as: SIMD16<UInt8>.self)
      to.storeBytes(of: piece, toByteOffset: done, as: SIMD16<UInt8>.self)
      done &+= 16
    } while done < length
  } else if distance >= 8 {
    repeat {
      let piece = from.loadUnaligned(fromByteOffset: done, as: UInt64.self)
      to.storeBytes(of: piece, toByteOffset: done, as: UInt64.self)
      done &+= 8
    } while done < length
  } else if distance == 1 {
    target.update(repeating: target[-1], count: length)
  } else {
    repeat {
      target[done] = target[done &- distance]
      done &+= 1
    } while done < length
  }
}
