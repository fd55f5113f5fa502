// How much a program may use. Time is CPU time, so that a busy machine changes no verdict; the wall
// clock only ends what sleeps.

/// The limits of one job.
package struct CodingLimits: Sendable, Equatable {
  /// Seconds of CPU time.
  package var cpuSeconds: Double
  /// Seconds on the clock.
  package var wallSeconds: Double
  /// Address space in MiB.
  package var memoryMB = 1024
  /// Bytes that may be printed.
  package var outputBytes = 1_048_576
  /// Bytes of the largest file.
  package var fileBytes = 16_777_216
  /// Descriptors.
  package var openFiles = 32
  /// Threads.
  package var threads = 32
  /// Whether the times hold for each test, not for loading and all tests together.
  package var isPerTest = false
  /// Kind inputs: the least time that each input gets.
  package var inputMinimumSeconds = 4.0
  /// Kind inputs: how many times the reference's own time each input gets.
  package var inputFactor = 4.0

  /// The limits of a benchmark.
  ///
  /// - Parameters:
  ///   - benchmark: HumanEval and MBPP give 3 s in all, LiveCodeBench 6 s a test, EvalPlus 60 s in all
  ///     beside the time of each input.
  ///   - rules: The old runner gave 3 s everywhere: LiveCodeBench's tests share one second more, and
  ///     EvalPlus' inputs get 0.1 s or twice the reference's time.
  ///   - seconds: The option `eval_timeout`; nothing means the above.
  ///   - memoryMB: The option `memory_mb`; nothing means 1024, EvalPlus 4096, LiveCodeBench 2048.
  package init(
    _ benchmark: CodingBenchmark, rules: CodingRules, seconds: Double? = nil, memoryMB: Int? = nil
  ) {
    switch (benchmark, rules) {
    case (.liveCodeBench, .official):
      cpuSeconds = seconds ?? 6
      isPerTest = true
    case (.liveCodeBench, .legacy): cpuSeconds = (seconds ?? 3) + 1
    case (.humanEvalPlus, .official), (.mbppPlus, .official): cpuSeconds = seconds ?? 60
    case (.mbppPlus, .legacy):
      cpuSeconds = (seconds ?? 3) + 1
      inputMinimumSeconds = 0.1
      inputFactor = 2
    case (.humanEval, _), (.humanEvalFix, _), (.humanEvalX, _), (.mbpp, _),
      (.humanEvalPlus, .legacy):
      cpuSeconds = seconds ?? 3
    }
    // Four times as long for short limits: a loaded machine gives a program a part of one core.
    wallSeconds = min(cpuSeconds * 4, cpuSeconds + 30)
    switch benchmark {
    case .humanEvalPlus, .mbppPlus: self.memoryMB = memoryMB ?? 4096
    case .liveCodeBench: self.memoryMB = memoryMB ?? 2048
    case .humanEval, .humanEvalFix, .humanEvalX, .mbpp: self.memoryMB = memoryMB ?? 1024
    }
  }
}
