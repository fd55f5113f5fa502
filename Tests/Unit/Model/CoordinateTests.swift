// Indexes, seeds and the fields that decide a completion.

import Model
import Testing

@Suite struct CoordinateTests {
  static let numbers: [(Int64, Bool, Bool)] = [
    (0, true, true), (1, true, true), (0xff_ffff, true, true), (0x100_0000, true, false),
    (0x7fff_ffff, true, false), (0x8000_0000, false, false), (0x1_0000_0000, false, false),
    (-1, false, false), (.min, false, false), (.max, false, false),
  ]

  @Test(arguments: numbers)
  func `only a number in range becomes an index`(value: Int64, isSample: Bool, isRepeat: Bool) {
    #expect(SampleIndex(value).map { Int64($0.rawValue) } == (isSample ? value : nil))
    #expect(RepeatIndex(value).map { Int64($0.rawValue) } == (isRepeat ? value : nil))
  }

  @Test func `coordinates sort by task, then sample, then repeat`() {
    let rows: [(UInt32, UInt32, UInt32)] = [(1, 0, 0), (0, 2, 0), (0, 1, 9), (0, 1, 3)]
    let keys = rows.map { TryKey(task: $0.0, sample: $0.1, repetition: $0.2) }
    #expect(keys.sorted().map(\.description) == ["t0/s1/r3", "t0/s1/r9", "t0/s2/r0", "t1/s0/r0"])
    #expect([4, 3].compactMap { SampleIndex($0) }.sorted().map(\.rawValue) == [3, 4])
    #expect([4, 3].compactMap { RepeatIndex($0) }.sorted().map(\.rawValue) == [3, 4])
  }

  @Test func `a seed holds sample, repeat and stage in fixed bits`() {
    for bit in 0..<31 {
      #expect(stageSeed(run: 0, sample: 1 << bit, repetition: 0, stage: 0) == 1 << (32 + bit))
    }
    for bit in 0..<24 {
      #expect(stageSeed(run: 0, sample: 0, repetition: 1 << bit, stage: 0) == 1 << (8 + bit))
    }
    for bit in 0..<8 {
      #expect(stageSeed(run: 0, sample: 0, repetition: 0, stage: 1 << bit) == 1 << bit)
    }
    let last = stageSeed(
      run: 0, sample: SampleIndex.limit - 1, repetition: RepeatIndex.limit - 1, stage: 255)
    #expect(last == UInt64(Int64.max))
  }

  @Test func `another run seed moves every seed and keeps them apart`() {
    for run: Int64 in [1, 2, -1, .min, .max] {
      var seen: Set<UInt64> = []
      for sample: UInt32 in 0..<20 {
        for repetition: UInt32 in 0..<5 {
          for stage: UInt8 in 1...2 {
            let seed = stageSeed(run: run, sample: sample, repetition: repetition, stage: stage)
            let plain = stageSeed(run: 0, sample: sample, repetition: repetition, stage: stage)
            #expect(seed <= UInt64(Int64.max) && seed != plain)
            seen.insert(seed)
          }
        }
      }
      #expect(seen.count == 200)
    }
    let one = stageSeed(run: 1, sample: 7, repetition: 3, stage: 1)
    #expect(one != stageSeed(run: 2, sample: 7, repetition: 3, stage: 1))
    #expect(one == stageSeed(run: 1, sample: 7, repetition: 3, stage: 1))
  }

  @Test func `what decides a completion is compared field by field`() {
    let task = sampleTask()
    var other = task
    other.metrics = []
    other.decide = "exact"
    other.sampleCount = 3
    other.repeats = 1
    other.passK = [1]
    #expect(other.differingFields(from: task.generationIdentity).isEmpty)
    other.modelSignature = "sha256:other"
    other.seed = 9
    other.sampling[0].json = "{}"
    other.sampling.removeLast()
    #expect(
      other.differingFields(from: task.generationIdentity)
        == ["model.signature", "seed", "sampling.cot", "sampling.final"])
    #expect(task.label == "gsm8k_test/cot @ m" && task.tryCount == 40)
  }

  @Test func `words of outcomes and reasons are those of the exports`() {
    #expect(Outcome.allCases.map(\.word) == ["pass", "fail", "unparsed", "error"])
    #expect(
      StopReason.allCases.map(\.word)
        == ["stop_token", "max_length", "logits_only", "error", "cancelled"])
    #expect(ErrorPlace.allCases.map(\.word) == ["dataset row", "worker", "plugin", "backend"])
    #expect(Outcome.allCases.map(\.rawValue) == [1, 2, 3, 4])
    #expect(StopReason.allCases.map(\.rawValue) == [1, 2, 3, 4, 5])
  }
}

private func sampleTask() -> TaskSpec {
  let plugin = PluginIdentity(id: "p", version: "1.0.0", sha256: "ab")
  return TaskSpec(
    model: "m", modelSignature: "sha256:m", backend: plugin, backendBuild: "b1",
    manifest: DatasetManifest(
      benchmark: "gsm8k", split: "test", sourceDataset: "s", sourceSplit: "test", revision: "",
      checksum: "sha256:d", rowCount: 20),
    evaluator: plugin, mode: "cot", evaluatorConfig: "{}", metrics: [plugin], decide: "",
    sampling: [
      StageSampling(stage: "cot", json: "{\"top_k\":1}"), StageSampling(stage: "final", json: "{}"),
    ], seed: 0, sampleCount: 20, repeats: 2, passK: [1, 2], avgK: [], majK: [], passHatK: [],
    allowIncomplete: false, shotsDigest: "")
}
