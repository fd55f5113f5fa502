// A loaded model behind the interface of the host.
package import PluginKit

/// An RWKV-7 model, its vocabulary and the batch that is going on.
package final class RWKV7Model: BackendModel {
  /// Heads are padded to round sizes: the released models have 6 rows more than tokens.
  private static let mostUnusedTokens = 128

  private let options: RWKV7Options
  private let vocabulary: Vocabulary
  private let vocabularyDigest: String
  private let signature: String
  private let shape: RWKV7Shape
  private let elementType: ElementType
  /// Lets tests and the benchmark see how many steps a piece of work took.
  let engine: BatchEngine

  /// Throws what is wrong with the files or the options, and when memory is lacking.
  init(_ options: RWKV7Options, call: CallContext) throws {
    self.options = options
    (vocabulary, vocabularyDigest) = try Self.readVocabulary(options.vocabulary)
    let file = try WeightFile(path: options.weights)
    let layout = try RWKV7Layout(file)
    shape = layout.shape
    elementType = layout.head.type
    let unused = shape.vocabulary - vocabulary.size
    guard unused >= 0, unused < Self.mostUnusedTokens, vocabulary.tokenCount == vocabulary.size - 1
    else {
      throw PluginFailure(
        .invalidArgument,
        "the vocabulary '\(options.vocabulary)' has \(vocabulary.tokenCount) tokens with ids up to "
          + "\(vocabulary.size - 1), the model '\(options.weights)' has \(shape.vocabulary): they do "
          + "not belong together; set the option 'vocabulary' to the file of this model")
    }
    // The host has worked out or checked a SHA-256; any other name of the weights it leaves to the backend.
    let known = options.signature.flatMap { $0.hasPrefix("sha256:") ? $0 : nil }
    signature = known ?? withExtendedLifetime(file) { "sha256:" + sha256(file.mapping.bytes) }
    let pool = try KernelPool(threads: options.threads, instructionSet: options.instructionSet)
    let weights = try ModelWeights(file, layout, type: options.weightType, pool: pool) {
      call.progress(0)
    }
    let rows = max(options.chunk, options.maxBatch)
    let forward = try ForwardPass(weights, pool: pool, mostRows: rows, mostLogits: rows)
    try Self.tryOut(forward, options.weights)
    engine = BatchEngine(
      forward, vocabulary, capacity: options.maxBatch, cachedStates: options.cachedStates)
  }

  /// The vocabulary of a file, and the file's SHA-256.
  private static func readVocabulary(_ path: String) throws -> (Vocabulary, digest: String) {
    do {
      let file = try MappedFile(path: path)
      // The bytes are those of the mapping, which would else end with its last use, before the copy.
      let content = withExtendedLifetime(file) { Array(file.bytes) }
      return (try Vocabulary(file: content), sha256(content))
    } catch let error as WeightFileError {
      throw PluginFailure(
        .invalidArgument, "the vocabulary '\(path)' \(error.reason); see the option 'vocabulary'")
    } catch {
      throw PluginFailure(.invalidArgument, "the vocabulary '\(path)': \(error)")
    }
  }

  /// Reads token 0, so that damaged weights are found now and not in every request.
  private static func tryOut(_ forward: ForwardPass, _ path: String) throws(PluginFailure) {
    let state = try AlignedFloats(count: forward.stateCount)
    forward.run([StepSegment(state: state, tokens: [0], logitCount: 1)])
    guard forward.logits(0).allSatisfy(\.isFinite) else {
      throw PluginFailure(
        .invalidArgument,
        "the weights '\(path)' give logits that are no numbers: the file is damaged, or its number "
          + "type is too narrow for this model; download or convert it again")
    }
  }

  /// Names the weights, and in `build` everything else that decides a text: threads, batch and instruction
  /// set do not.
  package func describe(call: CallContext) throws(PluginFailure) -> ModelDescription {
    let type = options.weightType == .file ? "\(elementType)" : options.weightType.rawValue
    return ModelDescription(
      signature: signature,
      build: "rwkv7 1; weights \(type); vocabulary \(vocabularyDigest.prefix(16))",
      maxBatch: options.maxBatch)
  }

  /// Takes a request into the batch; false = the batch is full.
  package func submit(_ request: Request, call: CallContext) throws(PluginFailure) -> Bool {
    guard engine.hasRoom else { return false }
    let facts = Deliver.Facts(request: request.id, stage: request.stage)
    do throws(PluginFailure) {
      try engine.add(try read(request, facts))
    } catch {
      engine.refuse(facts, error)
    }
    return true
  }

  /// Runs steps until something is finished or the time is over, and delivers it.
  package func pump(
    timeout: UInt64, deliver: Deliver, call: CallContext
  ) throws(PluginFailure) {
    let start = now()
    while !engine.hasResults, !engine.isIdle {
      engine.step()
      if now() - start >= timeout { break }
    }
    try engine.takeResults { (facts, since, result) throws(PluginFailure) in
      var facts = facts
      facts.latency = now() - since
      switch result {
      case .text(let text, let finish, let replaced):
        if replaced > 0 {
          call.log(
            .info,
            "request \(facts.request), stage \(facts.stage): bytes that are not UTF-8 became "
              + "\(replaced) U+FFFD")
        }
        return try deliver.text(text.span, finish: finish, facts)
      case .scores(let scores, let best): return try deliver.scores(scores, best: best, facts)
      case .failure(let failure): return try deliver.failure(failure, facts)
      case .cancelled: return try deliver.cancelled(facts)
      }
    }
  }

  /// Gives up a request.
  package func cancel(_ request: UInt64) { engine.cancel(request) }

  // MARK: Requests

  private func read(
    _ request: Request, _ facts: Deliver.Facts
  ) throws(PluginFailure) -> EngineRequest {
    let sampling = try request.sampling()
    let prompt = request.isMessages ? try ChatPrompt.text(request.prompt) : request.prompt
    var tokens = vocabulary.encode(prompt)
    // A model that has read nothing has no logits: token 0 is where every text begins.
    if sampling?.padZero == true || tokens.isEmpty { tokens.insert(0, at: 0) }
    let work: EngineRequest.Work
    switch request.kind {
    case .generate: work = try generation(request, sampling)
    case .choose: work = try choice(request)
    case nil: throw PluginFailure(.unsupported, "rwkv7 can generate and choose, nothing else")
    }
    return EngineRequest(facts: facts, tokens: tokens, work: work, since: now())
  }

  private func generation(
    _ request: Request, _ sampling: Sampling?
  ) throws(PluginFailure) -> EngineRequest.Work {
    do throws(SamplingRuleError) {
      let rules = try SamplingRules(
        sampling.map { SamplingSettings($0) } ?? SamplingSettings(),
        vocabularySize: shape.vocabulary)
      return .generate(rules, stops: sampling?.stops ?? [], seed: request.seed)
    } catch {
      throw PluginFailure(.invalidArgument, error.description)
    }
  }

  private func choice(_ request: Request) throws(PluginFailure) -> EngineRequest.Work {
    let texts = request.choices
    guard !texts.isEmpty else {
      throw PluginFailure(.invalidArgument, "a request to choose needs something to choose from")
    }
    var choices: [[UInt32]] = []
    for text in texts {
      let tokens = vocabulary.encode(text)
      guard !tokens.isEmpty else {
        throw PluginFailure(
          .invalidArgument, "choice \(choices.count + 1) is empty: its score would mean nothing")
      }
      choices.append(tokens)
    }
    return .choose(choices, texts: texts)
  }
}
