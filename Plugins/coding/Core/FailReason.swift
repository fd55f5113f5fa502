// Why a program did not pass, in a line that a person understands without knowing the sandbox.

/// The line for one result.
struct FailReason {
  let limits: CodingLimits
  let result: SandboxResult

  /// Empty for a program that passed.
  var text: String {
    switch result.outcome {
    case .passed: ""
    case .wrongAnswer: "wrong answer\(place)\(difference)"
    case .exception: "\(raised)\(location)"
    case .compileError: "no valid Python: \(raised)\(location)"
    case .time: "time: more than \(Self.number(seconds)) s \(clock)\(place)"
    case .memory: "memory: more than \(limits.memoryMB) MiB\(place)"
    case .outputLimit: "output: more than \(limits.outputBytes) bytes\(place)"
    case .sandboxViolation: "sandbox violation: \(result.violation)\(place)"
    case .missingEntryPoint: "the program does not define the function asked for\(named)"
    case .harnessError: "the judge failed: \(Self.line(result.message))"
    }
  }

  private var clock: String { result.isWallClock ? "on the clock" : "of CPU time" }
  private var seconds: Double { result.isWallClock ? limits.wallSeconds : limits.cpuSeconds }
  private var named: String { result.message.isEmpty ? "" : ": \(Self.line(result.message))" }

  /// ` in test 3`, from 1; nothing when there is only one test, or when it failed while loading.
  private var place: String {
    guard let test = result.test else {
      return result.outcome == .wrongAnswer ? "" : " while loading"
    }
    let group = result.group.isEmpty ? "" : " of \(result.group)"
    return result.tests == 1 && test == 0 ? group : " in test \(test + 1)\(group)"
  }

  private var difference: String {
    var parts: [String] = []
    if !result.expected.isEmpty { parts.append("expected \(Self.line(result.expected))") }
    if !result.got.isEmpty { parts.append("got \(Self.line(result.got))") }
    if parts.isEmpty, !result.message.isEmpty { parts.append(Self.line(result.message)) }
    return parts.isEmpty ? "" : ": \(parts.joined(separator: ", "))"
  }

  private var raised: String {
    let type = result.type.isEmpty ? "an exception" : result.type
    return result.message.isEmpty ? type : "\(type): \(Self.line(result.message))"
  }

  private var location: String {
    let parts = [result.frame, result.test == nil ? "" : String(place.drop { $0 == " " })]
    let known = parts.filter { !$0.isEmpty }
    return known.isEmpty ? "" : " (\(known.joined(separator: ", ")))"
  }

  /// One line of a text: its ends of lines as spaces, cut to 200 characters.
  private static func line(_ text: String) -> String {
    let lines = PythonText.lines(PythonText.stripped(text))
    return CutText.cut(lines.joined(separator: " "), to: 200)
  }

  /// A number of seconds without a needless fraction.
  static func number(_ seconds: Double) -> String {
    if seconds == seconds.rounded(), let whole = Int(exactly: seconds) { return "\(whole)" }
    return "\(seconds)"
  }
}
