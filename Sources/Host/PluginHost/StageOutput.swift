// What came back for one stage, laid out once as the header wants it, so that the many calls that
// read it build nothing.

package import Model
import PluginAPI

/// The costs of one completion.
package struct CompletionCounts: Equatable, Sendable {
  /// Tokens of the prompt.
  package var promptTokens: UInt32
  /// Tokens of the completion.
  package var completionTokens: UInt32
  /// From submission to the last token.
  package var latencyNanoseconds: UInt64

  /// Makes counts; all are 0 when nothing is known.
  package init(
    promptTokens: UInt32 = 0, completionTokens: UInt32 = 0, latencyNanoseconds: UInt64 = 0
  ) {
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
    self.latencyNanoseconds = latencyNanoseconds
  }
}

/// One stage's output in one block of memory: the C struct, the scores, the stage's name, the text.
package final class StageOutput {
  private let block: UnsafeMutableRawPointer
  private let stageStart: Int
  private let textStart: Int

  /// The struct inside the block; valid while the object lives.
  var pointer: UnsafePointer<evh_output> {
    UnsafePointer(block.assumingMemoryBound(to: evh_output.self))
  }

  /// Copies everything into a block of its own.
  ///
  /// `stage` and `text` must be UTF-8; `CompletionView.text` is.
  package init(
    finish: StopReason, stage: UnsafeBufferPointer<UInt8>, text: UnsafeBufferPointer<UInt8>,
    scores: [ChoiceScore] = [], counts: CompletionCounts = CompletionCounts()
  ) {
    let scoresStart = MemoryLayout<evh_output>.stride
    stageStart = scoresStart + scores.count * MemoryLayout<evh_choice_score>.stride
    textStart = stageStart + stage.count
    block = .allocate(byteCount: textStart + text.count, alignment: 8)
    if let base = stage.baseAddress {
      (block + stageStart).copyMemory(from: base, byteCount: stage.count)
    }
    if let base = text.baseAddress {
      (block + textStart).copyMemory(from: base, byteCount: text.count)
    }
    let table = (block + scoresStart).bindMemory(
      to: evh_choice_score.self, capacity: scores.count)
    for (index, score) in scores.enumerated() {
      (table + index).initialize(
        to: evh_choice_score(
          logprob_sum: score.logProbability, token_count: score.tokenCount,
          flags: score.isGreedy ? UInt32(EVH_CHOICEF_GREEDY) : 0))
    }
    var output = evh_output()
    output.struct_size = structSize(evh_output.self)
    output.finish = Int32(finish.rawValue)
    output.stage = view(block + stageStart, count: stage.count)
    output.text = view(block + textStart, count: text.count)
    output.scores = scores.isEmpty ? nil : UnsafePointer(table)
    output.score_count = UInt32(scores.count)
    output.prompt_tokens = counts.promptTokens
    output.completion_tokens = counts.completionTokens
    output.latency_ns = counts.latencyNanoseconds
    block.bindMemory(to: evh_output.self, capacity: 1).initialize(to: output)
  }

  deinit { block.deallocate() }

  /// The stage's name; valid while the object lives.
  package var stage: UnsafeBufferPointer<UInt8> {
    bytes(from: stageStart, count: textStart - stageStart)
  }

  /// The completion's text; valid while the object lives.
  package var text: UnsafeBufferPointer<UInt8> {
    bytes(from: textStart, count: Int(pointer.pointee.text.len))
  }

  private func bytes(from start: Int, count: Int) -> UnsafeBufferPointer<UInt8> {
    // The bytes were copied here by the initialiser and nobody writes them again.
    UnsafeBufferPointer(
      start: (block + start).assumingMemoryBound(to: UInt8.self), count: count)
  }
}

/// Room for the array of pointers that next() and score() take, used again at every call.
final class OutputTable {
  private(set) var base: UnsafeMutablePointer<UnsafePointer<evh_output>?>
  private var capacity: Int

  init(capacity: Int = 8) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// Fills the table; the outputs must outlive the call that uses it.
  @inline(__always)
  func fill(_ outputs: [StageOutput]) {
    if outputs.count > capacity { grow(to: outputs.count) }
    for index in outputs.indices { (base + index).initialize(to: outputs[index].pointer) }
  }

  private func grow(to count: Int) {
    base.deallocate()
    capacity = max(count, capacity * 2)
    base = .allocate(capacity: capacity)
  }
}
