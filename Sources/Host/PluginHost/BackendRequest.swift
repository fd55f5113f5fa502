// What goes into a backend and what comes out of it, as views that are borrowed for one call.

package import Model
import PluginAPI

/// One stage of one try as a backend is asked for it; the views are borrowed for the call.
package struct RequestView {
  /// Whether text is to be generated or choices scored.
  package var kind: StageRequestKind
  /// Unique among the requests this worker has in flight.
  package var requestID: UInt64
  /// Row of the split, from 0.
  package var sampleIndex: UInt64
  /// Try at the sample, from 0.
  package var repeatIndex: UInt32
  /// From 1.
  package var stageIndex: UInt32
  /// The prompt is a JSON array of messages.
  package var isMessages: Bool
  /// No stage follows this one.
  package var isFinal: Bool
  /// Decides the text, whatever the batch.
  package var seed: UInt64
  /// The stage's name.
  package var stage: UnsafeBufferPointer<UInt8>
  /// The whole context, UTF-8.
  package var prompt: UnsafeBufferPointer<UInt8>
  /// Continuations to score, of a `choose` request.
  package var choices: ByteList
  /// How to sample; kept alive by the view.
  package var sampling: SamplingBlock
  /// 16 bytes: the hash of everything that decides the completion.
  package var workKey: UnsafeBufferPointer<UInt8>
  /// For example `gsm8k_test/cot`.
  package var task: UnsafeBufferPointer<UInt8>

  /// Describes one request.
  package init(
    kind: StageRequestKind, requestID: UInt64, sampleIndex: UInt64, repeatIndex: UInt32,
    stageIndex: UInt32, isMessages: Bool = false, isFinal: Bool = false, seed: UInt64,
    stage: UnsafeBufferPointer<UInt8>, prompt: UnsafeBufferPointer<UInt8>,
    choices: ByteList = ByteList(), sampling: SamplingBlock,
    workKey: UnsafeBufferPointer<UInt8>, task: UnsafeBufferPointer<UInt8>
  ) {
    self.kind = kind
    self.requestID = requestID
    self.sampleIndex = sampleIndex
    self.repeatIndex = repeatIndex
    self.stageIndex = stageIndex
    self.isMessages = isMessages
    self.isFinal = isFinal
    self.seed = seed
    self.stage = stage
    self.prompt = prompt
    self.choices = choices
    self.sampling = sampling
    self.workKey = workKey
    self.task = task
  }
}

extension evh_request {
  /// Fills everything but the choices.
  init(_ request: RequestView) {
    self.init()
    struct_size = structSize(evh_request.self)
    kind = request.kind.rawValue
    request_id = request.requestID
    sample_index = request.sampleIndex
    repeat_index = request.repeatIndex
    stage_index = request.stageIndex
    flags =
      (request.isMessages ? UInt32(EVH_REQF_MESSAGES) : 0)
      | (request.isFinal ? UInt32(EVH_REQF_FINAL) : 0)
    choice_count = UInt32(request.choices.count)
    seed = request.seed
    stage = view(request.stage)
    prompt = view(request.prompt)
    sampling = request.sampling.pointer
    work_key = view(request.workKey)
    task = view(request.task)
  }
}

/// What became of one request that was handed in.
package enum SubmitResult: Equatable, Sendable {
  /// Its completion will be delivered by a later `pump`.
  case accepted
  /// No room at the moment; hand it in again after a `pump`.
  case full
  /// It will not be answered.
  case failed(CallFailure)
}

/// A completion as `pump` delivers it; the views are valid inside the closure alone.
package struct CompletionView {
  /// The request it answers.
  package var requestID: UInt64
  /// Why it ended.
  package var finish: StopReason
  /// Valid UTF-8; of a `choose` request the best continuation.
  package var text: UnsafeBufferPointer<UInt8>
  /// Tokens and latency, as the backend counted them.
  package var counts: CompletionCounts
  /// Why there is no completion, when `finish` is `error`.
  package var failure: CallFailure?
  let rawScores: UnsafeBufferPointer<evh_choice_score>

  /// How many continuations were scored.
  package var scoreCount: Int { rawScores.count }

  /// The score of one continuation.
  package func score(_ index: Int) -> ChoiceScore {
    let score = rawScores[index]
    return ChoiceScore(
      logProbability: score.logprob_sum, tokenCount: score.token_count,
      isGreedy: score.flags & UInt32(EVH_CHOICEF_GREEDY) != 0)
  }

  /// All scores, copied.
  package var scores: [ChoiceScore] { (0..<scoreCount).map(score) }
}
