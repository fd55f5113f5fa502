// What is asked of a source of recorded completions, and what it answers.
internal import PluginKit

/// Which completion is wanted.
struct WantedRecord {
  var sample: UInt64
  var repetition: UInt32
  /// From 1.
  var stage: UInt32
  /// `<benchmark>_<split>/<mode>`; empty when the host does not say.
  var task: [UInt8]
  /// The work key of the request, or nil when records are not found by it.
  var workKey: WorkKey?

  /// `<benchmark>_<split>`.
  var benchmarkAndSplit: ArraySlice<UInt8> {
    task[..<(task.lastIndex(of: UInt8(ascii: "/")) ?? task.count)]
  }

  /// How messages name it, without its stage.
  var name: String {
    let task = String(decoding: benchmarkAndSplit, as: UTF8.self)
    return "\(task.isEmpty ? "" : "\(task), ")sample \(sample), repeat \(repetition)"
  }
}

/// The first eight bytes of a work key: the chance that two of a million records share them is 1 in
/// 40 million, and exports and stores keep only the first half of a key anyway.
struct WorkKey: Hashable {
  let prefix: UInt64

  /// The key that begins with these bytes; nil when they are fewer than eight, or the key is unknown
  /// (all zero).
  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count >= 8 else { return nil }
    prefix = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    if prefix == 0 { return nil }
  }

  /// The key that begins with these hex digits.
  init?(hex: [UInt8]) {
    var bytes: [UInt8] = []
    for at in stride(from: 0, to: min(hex.count, 16) - 1, by: 2) {
      guard let high = Self.digit(hex[at]), let low = Self.digit(hex[at + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.init(bytes)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

/// One recorded completion; its memory is used again for the next.
struct RecordedCompletion {
  var text: [UInt8] = []
  var finish = Finish.stop
  /// Scores of the choices, if they were recorded.
  var scores: [ChoiceScore] = []

  /// Forgets the last completion, but not its memory.
  mutating func clear() {
    text.removeAll(keepingCapacity: true)
    scores.removeAll(keepingCapacity: true)
    finish = .stop
  }
}

/// What a look for a record gave.
enum Lookup {
  /// The completion was read.
  case found
  /// There is none, or it cannot be used: why.
  case refused(PluginFailure)
  /// The time ran out while the source was still being read; ask again.
  case unfinished
}

extension Finish {
  /// The reason that an export's word names; old exports have an empty one where nobody noted it.
  init(word: String) {
    switch word {
    case "max_length", "length": self = .length
    case "logits_only": self = .choice
    case "error": self = .error
    case "cancelled": self = .cancelled
    default: self = .stop
    }
  }
}

/// Something that recorded completions come from.
protocol RecordSource: AnyObject {
  /// Names the recorded data, for work keys.
  func signature() throws(PluginFailure) -> String

  /// Reads the wanted completion into `record`; may give up when `deadline` (see `now`) has passed.
  func find(
    _ wanted: WantedRecord, into record: inout RecordedCompletion, deadline: UInt64
  ) throws(PluginFailure) -> Lookup
}
