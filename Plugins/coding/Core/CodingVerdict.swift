// The verdict of a try: its outcome, what a person reads, and the numbers that scores are made of.

package import PluginKit

/// Makes the verdicts of one try.
package struct CodingVerdict: Sendable {
  let row: CodingRow
  let rules: CodingRules
  let limits: CodingLimits
  let completion: String
  /// What kept the program in: `bubblewrap` or `rlimits`.
  let sandbox: String

  /// Bytes of an answer or a reference that a verdict keeps.
  static let longestKept = 65_536

  /// Prepares the verdict of a completion whose program runs in a sandbox of the kind `sandbox`.
  package init(
    row: CodingRow, rules: CodingRules, limits: CodingLimits, completion: String, sandbox: String
  ) {
    self.row = row
    self.rules = rules
    self.limits = limits
    self.completion = completion
    self.sandbox = sandbox
  }

  /// The verdict of a program that the sandbox judged.
  ///
  /// `load` is the machine's load when it began; `isConfirmed` means that the wall clock ended a first
  /// run, and that this is the result of a second one alone on the machine.
  package func judged(
    _ program: ExtractedProgram, _ result: SandboxResult, load: Double? = nil,
    isConfirmed: Bool = false
  ) -> Verdict {
    let outcome: Verdict.Outcome =
      switch result.outcome {
      case .passed: .pass
      case .harnessError: .error
      case .wrongAnswer, .exception, .compileError, .time, .memory, .outputLimit,
        .sandboxViolation, .missingEntryPoint:
        .fail
      }
    let isLegacy = rules == .legacy && result.outcome != .harnessError
    let reason =
      isLegacy
      ? LegacyReason(row: row, result: result).text
      : FailReason(limits: limits, result: result).text
    let details = VerdictDetails(
      result: result, extraction: program.method.rawValue, sandbox: sandbox, load: load,
      isConfirmed: isConfirmed)
    return verdict(
      outcome, answer: answer(program), reason: reason, details: details.json,
      basePass: outcome == .error ? nil : basePass(result))
  }

  /// The verdict of a completion without a program.
  package func unparsed(_ reason: String) -> Verdict {
    verdict(
      .unparsed, answer: "", reason: "no program: \(reason)",
      details: VerdictDetails.json(outcome: "unparsed", message: reason, sandbox: sandbox),
      basePass: row.benchmark.isPlus ? 0 : nil)
  }

  /// The verdict of a try without a completion.
  package var withoutCompletion: Verdict { failed("no completion") }

  /// The verdict of a try that could not be judged.
  package func failed(_ reason: String) -> Verdict {
    verdict(
      .error, answer: "", reason: reason,
      details: VerdictDetails.json(outcome: "error", message: reason, sandbox: sandbox),
      basePass: nil)
  }

  private func verdict(
    _ outcome: Verdict.Outcome, answer: String, reason: String, details: [UInt8], basePass: Double?
  ) -> Verdict {
    var values: [NamedValue] = []
    if let basePass { values.append(("base_pass", basePass)) }
    if sandbox == "rlimits" { values.append(("sandbox_rlimits", 1)) }
    return Verdict(
      outcome, answer: CutText.cut(answer, toBytes: Self.longestKept),
      reference: CodingReference(row: row, rules: rules).text, failReason: reason,
      group: row.difficulty, details: details, values: values)
  }

  /// What the old runner stored: the completion, and LiveCodeBench's extracted code; else the program.
  private func answer(_ program: ExtractedProgram) -> String {
    guard rules == .legacy, row.benchmark != .liveCodeBench else { return program.source }
    return PythonText.strippedAtEnd(completion)
  }

  /// Whether the tests of the original benchmark passed, 1 or 0; nothing where the row cannot tell.
  private func basePass(_ result: SandboxResult) -> Double? {
    guard row.benchmark.isPlus else { return nil }
    if result.outcome == .passed { return 1 }
    if let base = result.groups.first(where: { $0.name == "base" }) { return base.passed ? 1 : 0 }
    if result.group == "plus" { return 1 }
    // As test source the base tests are the first, the added inputs the last.
    guard CodingJob(row: row, rules: rules, limits: limits).kind == .asserts else { return 0 }
    guard case .inputs(let tests) = row.tests else { return nil }
    return result.test.map { $0 >= max(1, tests.check.sources.count) ? 1 : 0 } ?? 0
  }
}
