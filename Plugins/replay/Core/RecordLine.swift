// One line of a completions export: its coordinates for the index, one stage of it for an answer.
//
//   {"benchmark_name":..,"dataset_split":..,"sample_index":..,"repeat_index":..,"sampling_config":..,
//    "promptN":..,"completionN":..,"stop_reasonN":.. [,"choicesN":[[logprob,tokens,greedy],..]]
//    [,"work_keyN":"<hex digits>"], ...}          greedy is true or false, or 1 or 0
internal import JSONFormat
internal import PluginKit

/// Whose record a line is.
struct RecordCoordinates {
  /// Limits of the coordinates, as the host has them: 31 and 24 bits.
  static var sampleLimit: Int { 1 << 31 }
  static var repeatLimit: Int { 1 << 24 }

  var sample = -1
  var repetition = -1
  var benchmark: [UInt8] = []
  var split: [UInt8] = []
  /// Each stage's work key, when these are wanted.
  var workKeys: [(stage: UInt8, key: WorkKey)] = []

  /// `<benchmark>_<split>`; empty when the line does not say.
  var task: [UInt8] {
    benchmark.isEmpty ? [] : benchmark + [UInt8(ascii: "_")] + split
  }

  /// Reads a line as far as needed: an export has the coordinates in front.
  mutating func read(
    _ line: UnsafeBufferPointer<UInt8>, withWorkKeys: Bool
  ) throws(JSONError) {
    sample = -1
    repetition = -1
    benchmark.removeAll(keepingCapacity: true)
    split.removeAll(keepingCapacity: true)
    workKeys.removeAll(keepingCapacity: true)
    var missing = 4
    var cursor = JSONCursor(unsafe: line)
    try cursor.beginObject()
    while missing > 0 || withWorkKeys, let key = try cursor.nextKey() {
      switch key {
      case "sample_index":
        sample = try Self.index(&cursor, below: Self.sampleLimit)
        missing -= 1
      case "repeat_index":
        repetition = try Self.index(&cursor, below: Self.repeatLimit)
        missing -= 1
      case "benchmark_name":
        try cursor.readString(appendingTo: &benchmark)
        missing -= 1
      case "dataset_split":
        try cursor.readString(appendingTo: &split)
        missing -= 1
      default:
        try readWorkKey(of: withWorkKeys ? key.string : "", &cursor)
      }
    }
  }

  /// Notes the value of a member if that is a `work_keyN`, else skips it.
  private mutating func readWorkKey(
    of member: String, _ cursor: inout JSONCursor
  ) throws(JSONError) {
    guard member.hasPrefix("work_key"), let stage = UInt8(member.dropFirst(8)),
      try cursor.peekKind() == .string
    else { return try cursor.skip() }
    if let key = WorkKey(hex: Array(try cursor.readString().utf8)) { workKeys.append((stage, key)) }
  }

  private static func index(_ cursor: inout JSONCursor, below limit: Int) throws(JSONError) -> Int {
    let at = cursor.offset
    let value = try cursor.readInt()
    guard value >= 0, value < limit else { throw JSONError(.numberOutOfRange, at: at) }
    return value
  }
}

/// The keys of one stage in a line.
struct StageKeys {
  let stage: UInt32
  let completion: String
  let stopReason: String
  let choices: String

  /// The keys of stage `stage`, from 1.
  init(_ stage: UInt32) {
    self.stage = stage
    completion = "completion\(stage)"
    stopReason = "stop_reason\(stage)"
    choices = "choices\(stage)"
  }

  /// Reads the stage of a line into `record`; false when the line has no such stage.
  ///
  /// The whole line is checked, so that a torn one is never used in part.
  func read(
    _ line: UnsafeBufferPointer<UInt8>, into record: inout RecordedCompletion
  ) throws(JSONError) -> Bool {
    record.clear()
    var isThere = false
    var cursor = JSONCursor(unsafe: line)
    try cursor.beginObject()
    while let key = try cursor.nextKey() {
      // Longer keys than these are no stage's, and a string of up to 15 bytes costs no allocation.
      guard key.utf8Count >= 8, key.utf8Count <= 15 else {
        try cursor.skip()
        continue
      }
      switch key.string {
      case completion:
        guard try cursor.isPresent() else { continue }
        try cursor.readString(appendingTo: &record.text)
        isThere = true
      case stopReason:
        if try cursor.isPresent() { record.finish = Finish(word: try cursor.readString()) }
      case choices:
        if try cursor.isPresent() { record.scores = try cursor.readScores() }
      default: try cursor.skip()
      }
    }
    try cursor.finish()
    return isThere
  }
}

extension JSONCursor {
  /// Whether the next value is not null; a null is read.
  fileprivate mutating func isPresent() throws(JSONError) -> Bool {
    guard try peekKind() == .null else { return true }
    try readNull()
    return false
  }

  /// Reads `[[log-probability, tokens, greedy], ...]`; a null log-probability is minus infinity.
  mutating func readScores() throws(JSONError) -> [ChoiceScore] {
    var scores: [ChoiceScore] = []
    try beginArray()
    while try nextElement() {
      var score = ChoiceScore(logprobSum: -.infinity, tokenCount: 0)
      var count = 0
      try beginArray()
      while try nextElement() {
        switch count {
        case 0: if try isPresent() { score.logprobSum = try readDouble() }
        case 1: score.tokenCount = try readInteger(as: UInt32.self)
        case 2:
          score.isGreedy =
            if try peekKind() == .bool { try readBool() } else { try readDouble() != 0 }
        default: try skip()
        }
        count += 1
      }
      guard count >= 2 else { throw JSONError(.unexpectedEnd, at: offset) }
      scores.append(score)
    }
    return scores
  }
}
