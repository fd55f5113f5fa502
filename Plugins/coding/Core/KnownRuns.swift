// Programs that were judged a moment ago: a model that says the same thing ten times is judged once.

/// The latest runs of an evaluator, by the whole of their jobs: program, tests and limits.
///
/// `score` is a function of its row and outputs, so two equal jobs have one verdict; running the second one
/// would only let chance make it another. What load or a limit may have decided is not kept.
///
/// `@unchecked Sendable` is sound: it belongs to one instance of the evaluator, on which the host never overlaps
/// two calls.
final class KnownRuns: @unchecked Sendable {
  private var runs: [[UInt8]: JudgedRun] = [:]
  /// The jobs in the order they came.
  private var order: [[UInt8]] = []
  private var size = 0
  private let limit: Int

  /// Keeps jobs of up to `limit` bytes together; 0 keeps none.
  init(limit: Int) { self.limit = limit }

  /// The run of an equal job, nil when none is known.
  func run(of job: [UInt8]) -> JudgedRun? { limit == 0 ? nil : runs[job] }

  /// Keeps a run if it says something of the program alone; the oldest ones make room.
  func keep(_ run: JudgedRun, of job: [UInt8]) {
    guard job.count <= limit / 2, run.result.isLasting, runs[job] == nil else { return }
    runs[job] = run
    order.append(job)
    size += job.count
    guard size > limit else { return }
    var dropped = 0
    while size > limit / 2, dropped < order.count - 1 {
      runs[order[dropped]] = nil
      size -= order[dropped].count
      dropped += 1
    }
    order.removeFirst(dropped)
  }
}

extension SandboxResult {
  /// Whether the same program would get it again: neither time, memory, load nor the sandbox had a part in it.
  var isLasting: Bool {
    switch outcome {
    case .passed, .wrongAnswer, .exception, .compileError, .missingEntryPoint: true
    case .time, .memory, .outputLimit, .sandboxViolation, .harnessError: false
    }
  }
}
