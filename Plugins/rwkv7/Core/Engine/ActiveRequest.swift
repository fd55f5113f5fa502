// A request that has a place in the batch.
internal import PluginKit

/// What a request asks for, copied from the host's memory.
struct EngineRequest {
  enum Work {
    case generate(SamplingRules, stops: [String], seed: UInt64)
    /// The tokens of each continuation, none of them empty, and their texts.
    case choose([[UInt32]], texts: [String])
  }

  var facts: Deliver.Facts
  var tokens: [UInt32]
  var work: Work
  /// When it was submitted, in nanoseconds of CLOCK_MONOTONIC.
  var since: UInt64
}

/// What came of a request.
enum EngineResult {
  /// `replaced`: how many U+FFFD stand for bytes that were no UTF-8.
  case text([UInt8], finish: Finish, replaced: Int)
  case scores([ChoiceScore], best: String)
  case failure(PluginFailure)
  case cancelled
}

/// A request on its way through the batch.
final class ActiveRequest {
  enum Phase {
    /// Until the other request has read `length` tokens that both begin with.
    case waiting(on: UInt64, length: Int)
    case reading
    case generating(last: UInt32)
    /// Scores continuations: `fed` tokens of number `choice` are read.
    case choosing(choice: Int, fed: Int)
    /// Its result is there.
    case over

    var isOver: Bool {
      if case .over = self { return true }
      return false
    }
  }

  var request: EngineRequest
  var phase = Phase.reading
  /// After all tokens that were fed.
  let state: AlignedFloats
  /// How many tokens of the prompt were fed.
  var fed = 0
  /// Lengths of the prompt at which others need the state, in order.
  var snapshots: [Int] = []
  var isCancelled = false

  /// Everything fed, prompt and text; what the state stands for.
  var history: [UInt32]
  var sampler: Sampler?
  var matcher: StopMatcher?
  var text = TextDecoder()
  var generated = 0
  var scores: [ChoiceScore] = []
  /// The state that a continuation is read with; its own one stays at the end of the prompt.
  var branch: AlignedFloats?

  init(_ request: EngineRequest, state: AlignedFloats) {
    self.request = request
    self.state = state
    history = request.tokens
  }

  var id: UInt64 { request.facts.request }
}
