// The evaluator: its options, its stages, and the way of a completion into the sandbox and back as a verdict.

package import JSONFormat
package import PluginKit

/// Generated Python programs, judged by running them in a sandbox.
package struct Coding: Evaluator {
  /// The component's id, version and promises.
  package static let info = ComponentInfo(
    id: "coding", title: "Generated programs, run in a sandbox",
    configSchema: """
      {"type":"object","additionalProperties":false,"properties":{\
      "mode":{"enum":["direct","cot"]},\
      "benchmark":{"enum":["human_eval","human_eval_plus","human_eval_fix","human_eval_x",\
      "mbpp","mbpp_plus","livecodebench"]},\
      "rules":{"enum":["official","legacy"],"default":"official"},\
      "prompt_style":{"enum":["raw","completion","chat"],"default":"raw"},\
      "sandbox":{"enum":["bubblewrap","rlimits"],"default":"bubblewrap"},\
      "python":{"type":"string","default":"/usr/bin/python3"},\
      "timeout_s":{"type":"number","exclusiveMinimum":0},\
      "memory_mb":{"type":"integer","minimum":64},\
      "reuse":{"type":"boolean","default":true}}}
      """, capabilities: .deterministic)

  /// What is kept of a row.
  package typealias Row = CodingRow

  private let benchmark: CodingBenchmark?
  private let rules: CodingRules
  private let prompt: CodingPrompt
  private let extraction: ProgramExtraction
  private let kind: SandboxKind
  private let timeout: Double?
  private let memory: Int?
  private let sandbox: Sandbox
  private let known: KnownRuns

  /// Bytes of jobs whose runs are remembered: the repeats of a sample, which come one after the other.
  private static let rememberedBytes = 16 << 20

  /// Opens an instance and starts its sandbox.
  ///
  /// A sandbox that cannot be had is a configuration that is refused, before any model is asked.
  package init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
    var options = try Options(configuration)
    let mode: CodingMode? = try Self.optionalWord("mode", &options)
    benchmark = try Self.optionalWord("benchmark", &options)
    rules = try Self.word("rules", .official, &options)
    prompt = CodingPrompt(style: try Self.word("prompt_style", .raw, &options), mode: mode)
    extraction = ProgramExtraction(prompt: prompt, rules: rules)
    kind = try Self.word("sandbox", .bubblewrap, &options)
    let python = try options.string("python", default: "/usr/bin/python3")
    timeout = try Self.seconds("timeout_s", &options)
    let megabytes = try options.integer("memory_mb", default: 0, in: 0...1_048_576)
    memory = megabytes == 0 ? nil : max(64, megabytes)
    let reuses = try options.bool("reuse", default: true)
    try options.finish()
    known = KnownRuns(limit: reuses ? Self.rememberedBytes : 0)
    sandbox = Sandbox(kind: kind, python: python)
    do throws(SandboxError) {
      try sandbox.open()
    } catch {
      throw ConfigurationError(error.message)
    }
  }

  private static func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ fallback: Word, _ options: inout Options
  ) throws(ConfigurationError) -> Word where Word.RawValue == String {
    try optionalWord(name, &options) ?? fallback
  }

  private static func optionalWord<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ options: inout Options
  ) throws(ConfigurationError) -> Word? where Word.RawValue == String {
    guard let text = try options.string(name) else { return nil }
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw ConfigurationError("option '\(name)' is '\(text)'; it must be one of \(words)")
    }
    return word
  }

  private static func seconds(
    _ name: String, _ options: inout Options
  ) throws(ConfigurationError) -> Double? {
    guard let value = options.value(name) else { return nil }
    guard let seconds = value.double, seconds > 0, seconds <= 3600 else {
      throw ConfigurationError("option '\(name)' must be a number of seconds above 0, at most 3600")
    }
    return seconds
  }

  /// Parses a row; a missing or wrong field is a data error that names it.
  package func row(_ text: RowText) throws(BadRecord) -> CodingRow {
    try CodingRow(text, benchmark: benchmark)
  }

  /// One stage `final`, or a stage `cot` before it.
  package func next(
    _ row: CodingRow, outputs: [Output], call: CallContext
  ) throws(PluginFailure) -> StageRequest? {
    prompt.next(row, completions: outputs.map(\.text))
  }

  /// Runs the program of the last stage.
  package func score(
    _ row: CodingRow, outputs: [Output], call: CallContext
  ) throws(PluginFailure) -> Verdict {
    guard let last = outputs.last else {
      throw PluginFailure(.invalidArgument, "score was called without an output")
    }
    let limits = CodingLimits(row.benchmark, rules: rules, seconds: timeout, memoryMB: memory)
    let verdict = CodingVerdict(
      row: row, rules: rules, limits: limits, completion: last.text, sandbox: kind.rawValue)
    if last.finish == .error || last.finish == .cancelled { return verdict.withoutCompletion }
    switch extraction.program(in: last.text, of: row) {
    case .none(let reason): return verdict.unparsed(reason)
    case .program(let program):
      let run = try run(program, row, limits, call)
      return verdict.judged(program, run.result, load: run.load, isConfirmed: run.isConfirmed)
    }
  }

  /// Runs a program that was not run a moment ago, and again alone when the wall clock ended it.
  ///
  /// A machine that is busy with other things must change no verdict.
  private func run(
    _ program: ExtractedProgram, _ row: CodingRow, _ limits: CodingLimits, _ call: CallContext
  ) throws(PluginFailure) -> JudgedRun {
    let job: [UInt8]
    do throws(JSONError) {
      job = try CodingJob(row: row, rules: rules, limits: limits).frame(
        id: 1, program: program.source)
    } catch {
      throw PluginFailure(.internalError, "the job could not be written: \(error)")
    }
    if let known = known.run(of: job) { return known }
    let first = try run(job, limits, alone: false, call)
    guard first.result.outcome == .time, first.result.isWallClock else {
      known.keep(first, of: job)
      return first
    }
    let second = try run(job, limits, alone: true, call)
    return JudgedRun(result: second.result, load: first.load, isConfirmed: true)
  }

  private func run(
    _ job: [UInt8], _ limits: CodingLimits, alone: Bool, _ call: CallContext
  ) throws(PluginFailure) -> JudgedRun {
    var looks: UInt64 = 0
    let answer: Sandbox.Answer
    do throws(SandboxError) {
      // How many tests a row has is known in the sandbox alone, which gives each its time.
      let seconds = limits.isPerTest ? 3600 : limits.wallSeconds + 120
      answer = try sandbox.run(job, seconds: seconds, alone: alone) {
        looks += 1
        call.progress(looks)
      }
    } catch {
      throw PluginFailure(.internalError, error.message)
    }
    do throws(SandboxResultError) {
      let result = try SandboxResult(frame: answer.frame)
      return JudgedRun(result: result, load: answer.load, isConfirmed: false)
    } catch {
      throw PluginFailure(.internalError, error.message)
    }
  }
}

/// What came of running a program.
struct JudgedRun: Sendable {
  /// The sandbox's result; that of the second run when there were two.
  let result: SandboxResult
  /// The machine's load when the first run began.
  let load: Double
  /// Whether it was run again alone, because the wall clock ended the first run.
  let isConfirmed: Bool
}
