// The model's arithmetic without a host, for the benchmark.
package import PluginKit

/// A loaded model whose steps can be timed.
package final class InferenceProbe {
  private let forward: ForwardPass
  private var states: [AlignedFloats] = []

  /// Such as `avx512`.
  package var instructionSet: String { forward.pool.instructionSet }
  /// Weights that one token's products read, in bytes and in number.
  package let bytesPerToken: Int
  package let weightsPerToken: Int
  /// Tokens that the model knows.
  package let vocabularySize: Int

  /// Loads a model for at most `mostRows` tokens a step.
  package init(
    weights path: String, type: WeightType, threads: Int, mostRows: Int
  ) throws {
    let file = try WeightFile(path: path)
    let layout = try RWKV7Layout(file)
    let pool = try KernelPool(threads: threads)
    let weights = try ModelWeights(file, layout, type: type, pool: pool) {}
    bytesPerToken = weights.bytesPerToken
    weightsPerToken = weights.weightsPerToken
    vocabularySize = layout.shape.vocabulary
    forward = try ForwardPass(weights, pool: pool, mostRows: mostRows, mostLogits: mostRows)
  }

  /// One token of each of `batch` texts, with logits and the best next token of each.
  package func decode(_ tokens: [UInt32]) throws(PluginFailure) -> [UInt32] {
    while states.count < tokens.count {
      states.append(try AlignedFloats(count: forward.stateCount))
    }
    forward.run(
      tokens.indices.map {
        StepSegment(state: states[$0], tokens: tokens[$0...$0], logitCount: 1)
      })
    return tokens.indices.map { row in
      let logits = forward.logits(row)
      return forward.best(of: logits)
    }
  }

  /// Reads a prompt from the start, with logits after its last token.
  package func read(_ prompt: [UInt32]) throws(PluginFailure) {
    if states.isEmpty { states.append(try AlignedFloats(count: forward.stateCount)) }
    states[0].clear()
    var rest = prompt[...]
    while !rest.isEmpty {
      let part = rest.prefix(forward.mostRows)
      rest = rest.dropFirst(part.count)
      forward.run([
        StepSegment(state: states[0], tokens: part, logitCount: rest.isEmpty ? 1 : 0)
      ])
    }
  }
}
