// What requests get, whoever else is in the batch.
import PluginKit
import Testing

@testable import RWKV7Core

@Suite struct EngineTests {
  /// Prompts of the kind that the model was trained on, some of them twice, with a common beginning and of
  /// different lengths.
  static let prompts = [
    "User: Calculate 907 + 59.\n\nAssistant: <think", "User: What is 12 - 9?\n\nAssistant:",
    "User: What is 12 - 9?\n\nAssistant:", "User: Describe the sea.\n\nAssistant:",
    "User: You are a very talented expert in reading. Answer this question:\nWhich option is cat?\nA. dog\nB. cat\n\nAssistant: The answer is",
    "User: You are a very talented expert in reading. Answer this question:\nWhich option is cow?\nA. cow\nB. cat\n\nAssistant: The answer is",
    "x", "",
  ]

  /// Requests of all kinds: sampled, greedy, with penalties, stops, bans, limits, and choices.
  static func requests(_ vocabulary: Vocabulary, count: Int) throws -> [EngineRequest] {
    try (0..<count).map { index in
      var settings = SamplingSettings()
      settings.maxTokens = UInt32([40, 1, 0, 25, 90][index % 5])
      settings.temperature = [1.6, 0, 3, 1][index % 4]
      settings.topK = [0, 50, 3][index % 3]
      settings.topP = [1, 0.7][index % 2]
      settings.presencePenalty = index % 3 == 0 ? 0.5 : 0
      settings.frequencyPenalty = index % 3 == 0 ? 0.3 : 0
      settings.penaltyDecay = 0.99
      settings.stopTokens = index % 4 == 3 ? [0, 261] : [0]
      settings.banTokens = index % 5 == 0 ? [295] : []
      let rules = try SamplingRules(settings, vocabularySize: 752)
      let prompt = vocabulary.encode(prompts[index % prompts.count])
      let work: EngineRequest.Work =
        index % 7 == 6
        ? .choose(
          [" A", " B", " the cat is green"].map { vocabulary.encode($0) }, texts: ["A", "B", "C"])
        : .generate(rules, stops: index % 6 == 0 ? ["\n9", "is"] : [], seed: UInt64(index / 3))
      return EngineRequest(
        facts: Deliver.Facts(request: UInt64(index), stage: "s"), tokens: [0] + prompt, work: work,
        since: 0)
    }
  }

  /// What each request got, as one line each; `order` is the order in which they are handed in.
  static func answers(
    _ setup: TinyModel.Setup, _ requests: [EngineRequest]
  ) throws -> (lines: [String], engine: BatchEngine) {
    let engine = try TinyModel.engine(setup)
    var lines = [String](repeating: "missing", count: requests.count)
    var waiting = requests[...]
    var steps = 0
    while !waiting.isEmpty || !engine.isIdle {
      steps += 1
      try #require(steps < 100_000, "the engine goes on without an end")
      while engine.hasRoom, let next = waiting.popFirst() { try engine.add(next) }
      engine.step()
      try engine.takeResults { facts, _, result in
        let line =
          switch result {
          case .text(let text, let finish, _): "\(finish) \(String(decoding: text, as: UTF8.self))"
          case .scores(let scores, let best):
            "\(best) \(scores.map { "\($0.logprobSum) \($0.tokenCount) \($0.isGreedy)" })"
          case .failure(let failure): "failure \(failure.message)"
          case .cancelled: "cancelled"
          }
        lines[Int(facts.request)] = lines[Int(facts.request)] == "missing" ? line : "twice"
        return true
      }
    }
    return (lines, engine)
  }

  @Test func `a text is the same whatever the batch, its order, the threads and the machine`()
    throws
  {
    let requests = try Self.requests(try TinyModel.vocabulary(), count: 70)
    var alone = TinyModel.Setup()
    (alone.capacity, alone.cachedStates) = (1, 0)
    let wanted = try Self.answers(alone, requests).lines
    #expect(!wanted.contains { $0 == "missing" || $0 == "twice" || $0.hasPrefix("failure") })
    #expect(Set(wanted).count > 25, "too little happens to prove anything")

    var setups = [TinyModel.Setup](repeating: TinyModel.Setup(), count: 5)
    (setups[0].capacity, setups[0].threads) = (32, 2)
    (setups[1].capacity, setups[1].rows, setups[1].cachedStates) = (5, 5, 2)
    (setups[2].capacity, setups[2].threads, setups[2].instructionSet) = (64, 3, KernelTests.sets[0])
    (setups[3].capacity, setups[3].rows) = (64, 200)
    (setups[4].capacity, setups[4].instructionSet) = (3, KernelTests.sets.last)
    if KernelTests.sets.count > 2 { setups[4].instructionSet = KernelTests.sets[1] }
    for setup in setups {
      #expect(try Self.answers(setup, requests).lines == wanted, "\(setup)")
      #expect(try Self.answers(setup, requests.reversed()).lines == wanted, "\(setup), reversed")
    }
  }

  @Test func `weights of 8 bits give one text as well, whatever the batch`() throws {
    let requests = try Self.requests(try TinyModel.vocabulary(), count: 20)
    var alone = TinyModel.Setup()
    (alone.type, alone.capacity) = (.int8, 1)
    var together = alone
    (together.capacity, together.threads) = (20, 2)
    #expect(try Self.answers(alone, requests).lines == Self.answers(together, requests).lines)
  }

  @Test func `choices are scored as if each were read token by token`() throws {
    let vocabulary = try TinyModel.vocabulary()
    let forward = try TinyModel.forward(TinyModel.Setup())
    let state = try AlignedFloats(count: forward.stateCount)
    let prompt = [0] + vocabulary.encode(Self.prompts[4])
    let texts = [" A", " B", " cat is the sea", "é"]
    let choices = texts.map { vocabulary.encode($0) }
    let request = EngineRequest(
      facts: Deliver.Facts(request: 0, stage: "s"), tokens: prompt,
      work: .choose(choices, texts: texts), since: 0)
    let engine = try TinyModel.engine(TinyModel.Setup())
    try engine.add(request)
    while !engine.hasResults { engine.step() }
    var result: EngineResult?
    try engine.takeResults { _, _, it in
      result = it
      return true
    }
    guard case .scores(let scores, let best) = result else {
      Issue.record("no scores: \(String(describing: result))")
      return
    }
    for (index, choice) in choices.enumerated() {
      state.clear()
      var logits = forward.read(prompt, state)
      var sum = 0.0
      var isGreedy = true
      for token in choice {
        sum += try logits.withUnsafeBufferPointer { try LogProbabilities($0) }
          .of(logit: logits[Int(token)])
        isGreedy = isGreedy && logits[Int(token)] == logits.max()
        logits = forward.read([token], state)
      }
      #expect(scores[index].logprobSum == sum, "\(texts[index])")
      #expect(scores[index].isGreedy == isGreedy && Int(scores[index].tokenCount) == choice.count)
    }
    #expect(best == texts[1])
  }

  @Test func `equal prompts are read once, and a second stage goes on where the first ended`()
    throws
  {
    let vocabulary = try TinyModel.vocabulary()
    var settings = SamplingSettings()
    (settings.maxTokens, settings.temperature, settings.stopTokens) = (64, 1, [0])
    let rules = try SamplingRules(settings, vocabularySize: 752)
    func request(_ id: Int, _ tokens: [UInt32]) -> EngineRequest {
      EngineRequest(
        facts: Deliver.Facts(request: UInt64(id), stage: "s"), tokens: tokens,
        work: .generate(rules, stops: [], seed: UInt64(id)), since: 0)
    }
    let prompt = [0] + vocabulary.encode(Self.prompts[0])
    let engine = try TinyModel.engine(TinyModel.Setup())
    for id in 0..<8 { try engine.add(request(id, prompt)) }
    engine.step()
    #expect(engine.tokenCount == prompt.count, "eight repeats of a prompt are read once")
    var first = ""
    while !engine.isIdle {
      engine.step()
      try engine.takeResults { facts, _, result in
        if facts.request == 0, case .text(let text, _, _) = result {
          first = String(decoding: text, as: UTF8.self)
        }
        return true
      }
    }
    let before = engine.tokenCount
    let more = vocabulary.encode("\nTherefore, the answer is \\(\\boxed{")
    let second = prompt + vocabulary.encode(first) + more
    try engine.add(request(9, second))
    engine.step()
    #expect(engine.tokenCount - before <= more.count + 1, "the first stage is not read again")
  }

  @Test func `a beginning that many prompts share is read once`() throws {
    let vocabulary = try TinyModel.vocabulary()
    let shared =
      [0]
      + vocabulary.encode(String(repeating: "User: What is 1 + 1?\n\nAssistant: 2\n\n", count: 9))
    var settings = SamplingSettings()
    settings.maxTokens = 2
    let rules = try SamplingRules(settings, vocabularySize: 752)
    var setup = TinyModel.Setup()
    setup.capacity = 4
    let engine = try TinyModel.engine(setup)
    var own = 0
    for id in 0..<12 {
      let tail = vocabulary.encode("User: What is \(id) + 3?\n\nAssistant:")
      own += tail.count
      while !engine.hasRoom { engine.step() }
      try engine.add(
        EngineRequest(
          facts: Deliver.Facts(request: UInt64(id), stage: "s"), tokens: shared + tail,
          work: .generate(rules, stops: [], seed: 0), since: 0))
    }
    while !engine.isIdle {
      engine.step()
      try engine.takeResults { _, _, _ in true }
    }
    #expect(engine.tokenCount < shared.count + own + 12 * 2)
  }

  @Test func `what is cancelled ends, and who waited for it goes on alone`() throws {
    let vocabulary = try TinyModel.vocabulary()
    let requests = try Self.requests(vocabulary, count: 8)
    let engine = try TinyModel.engine(TinyModel.Setup())
    var twin = requests[0]
    twin.facts.request = 50
    try engine.add(requests[0])
    try engine.add(twin)
    engine.cancel(0)
    engine.cancel(12345)
    var ends: [UInt64: String] = [:]
    while !engine.isIdle {
      engine.step()
      try engine.takeResults { facts, _, result in
        if case .cancelled = result {
          ends[facts.request] = "cancelled"
        } else {
          ends[facts.request] = "done"
        }
        return true
      }
    }
    #expect(ends == [0: "cancelled", 50: "done"])
  }

  @Test func `results that the host does not want yet are kept for the next time`() throws {
    let requests = try Self.requests(try TinyModel.vocabulary(), count: 6)
    let engine = try TinyModel.engine(TinyModel.Setup())
    for request in requests { try engine.add(request) }
    var seen: [UInt64] = []
    while !engine.isIdle {
      engine.step()
      try engine.takeResults { facts, _, _ in
        seen.append(facts.request)
        return false
      }
    }
    #expect(seen.sorted() == [0, 1, 2, 3, 4, 5])
  }

  @Test func `ten thousand requests need no more states than a few`() throws {
    var settings = SamplingSettings()
    settings.maxTokens = 1
    let rules = try SamplingRules(settings, vocabularySize: 752)
    var setup = TinyModel.Setup()
    setup.capacity = 64
    let engine = try TinyModel.engine(setup)
    var done = 0
    for id in 0..<10_000 {
      while !engine.hasRoom {
        engine.step()
        try engine.takeResults { _, _, _ in
          done += 1
          return true
        }
      }
      try engine.add(
        EngineRequest(
          facts: Deliver.Facts(request: UInt64(id), stage: "s"), tokens: [UInt32(1 + id % 700)],
          work: .generate(rules, stops: [], seed: 0), since: 0))
    }
    while !engine.isIdle {
      engine.step()
      try engine.takeResults { _, _, _ in
        done += 1
        return true
      }
    }
    #expect(done == 10_000)
    #expect(engine.stateCount <= 64)
  }

  @Test func `a request whose answer is known at once leaves its place at once`() throws {
    let vocabulary = try TinyModel.vocabulary()
    var setup = TinyModel.Setup()
    setup.capacity = 1
    let engine = try TinyModel.engine(setup)
    let choices = [" A", " B"].map { vocabulary.encode($0) }
    var done: [UInt64] = []
    for id in 0..<20 {
      while !engine.hasRoom { engine.step() }
      try engine.add(
        EngineRequest(
          facts: Deliver.Facts(request: UInt64(id), stage: "s"),
          tokens: [0] + vocabulary.encode(Self.prompts[4]),
          work: .choose(choices, texts: ["A", "B"]), since: 0))
      guard id > 0 else { continue }
      #expect(engine.hasRoom, "nothing is left to do for request \(id)")
      // Late: it has its result already.
      engine.cancel(UInt64(id))
    }
    while !engine.isIdle {
      engine.step()
      try engine.takeResults { facts, _, result in
        done.append(facts.request)
        return true
      }
    }
    #expect(done == Array(0..<20))
  }

  @Test func `prompts that branch again and again are all answered, as they are alone`() throws {
    var numbers = Numbers(11)
    func pick(_ count: Int) -> Int { Int(abs(numbers.next()) * Float(count)) % count }
    var settings = SamplingSettings()
    settings.maxTokens = 3
    let rules = try SamplingRules(settings, vocabularySize: 752)
    for round in 0..<12 {
      var prompts: [[UInt32]] = [[0]]
      var requests: [EngineRequest] = []
      for id in 0..<40 {
        let parent = prompts[pick(prompts.count)]
        let kept = parent.prefix(1 + pick(parent.count))
        let prompt = kept + (0..<(1 + pick(90))).map { _ in UInt32(1 + pick(700)) }
        prompts.append(Array(prompt))
        requests.append(
          EngineRequest(
            facts: Deliver.Facts(request: UInt64(id), stage: "s"), tokens: Array(prompt),
            work: .generate(rules, stops: [], seed: 0), since: 0))
      }
      var alone = TinyModel.Setup()
      (alone.capacity, alone.cachedStates) = (1, 0)
      var together = TinyModel.Setup()
      together.capacity = [4, 13, 40][round % 3]
      together.cachedStates = [1, 3, 8, 0][round % 4]
      together.rows = [16, 64, 160][round % 3]
      #expect(
        try Self.answers(together, requests).lines == Self.answers(alone, requests).lines,
        "round \(round)")
    }
  }
}
