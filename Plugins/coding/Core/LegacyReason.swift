// The spelling that the old runner had for why a program failed.

/// The old text for one result.
struct LegacyReason {
  let row: CodingRow
  let result: SandboxResult

  /// Empty for a program that passed, and for all of MBPP+, where it was lost.
  var text: String {
    if row.benchmark == .mbppPlus { return "" }
    let isContest = row.benchmark == .liveCodeBench
    switch result.outcome {
    case .passed: return ""
    case .time: return "timed out"
    case .wrongAnswer:
      return isContest ? "failed: Wrong Answer" : raised(as: "AssertionError")
    case .missingEntryPoint:
      let message = "name '\(row.oldEntryPoint)' is not defined"
      return isContest ? "failed: Missing entry point" : "failed: NameError: \(message)"
    case .exception: return raised(as: "Exception")
    case .compileError: return raised(as: "SyntaxError")
    case .memory: return raised(as: "MemoryError")
    case .outputLimit: return "failed: output limit"
    case .sandboxViolation: return "failed: sandbox violation: \(result.violation)"
    case .harnessError: return "failed: \(result.message)"
    }
  }

  private func raised(as type: String) -> String {
    let type = result.type.isEmpty ? type : result.type
    let message = PythonText.stripped(result.message)
    let header = message.isEmpty ? "failed: \(type)" : "failed: \(type): \(message)"
    let traceback = PythonText.strippedAtEnd(result.traceback)
    return traceback.isEmpty ? header : "\(header)\n\(traceback)"
  }
}
