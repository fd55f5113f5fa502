// The warm sandbox of one evaluator: started when it is first needed, kept for the next program, replaced when
// anything about it is in doubt.
internal import Glibc
internal import JSONFormat

/// Runs jobs in a sandbox, one at a time.
// `@unchecked Sendable`: belongs to one instance of the evaluator, on which the host never overlaps two calls.
final class Sandbox: @unchecked Sendable {
  private var process: SandboxProcess?
  /// Whether the runner has not yet said whether everything of the last job is gone.
  private var owesReport = false
  /// The command that worked, once one has.
  private var knownCommand: [String]?

  /// What came of a job.
  struct Answer {
    /// The result frame.
    let frame: [UInt8]
    /// How many processes wanted a processor when the job began, over the last minute.
    let load: Double
  }

  private let command: SandboxCommand
  private let turn: MachineTurn

  /// Seconds that a start may take, on a machine that is busy.
  private static let longestStart: UInt64 = 60

  /// Prepares a sandbox; nothing is started.
  init(kind: SandboxKind, python: String) {
    command = SandboxCommand(kind: kind, python: python)
    turn = MachineTurn(program: python)
  }

  deinit { turn.close() }

  /// Starts the sandbox now, so that one that cannot be had is found before any model is asked.
  func open() throws(SandboxError) {
    try start(until: MonotonicClock.now + Self.longestStart * 1_000_000_000, tick: {})
  }

  /// Runs a job, and once more in a new sandbox when the first one broke.
  ///
  /// - Parameters:
  ///   - job: The job frame.
  ///   - seconds: How long the job may take by its own limits.
  ///   - alone: Whether nothing else of ours may run on the machine meanwhile.
  ///   - tick: Called now and then while waiting.
  /// - Returns: The result, and the machine's load when the job began.
  /// - Throws: `SandboxError` when no sandbox can be had, or two broke.
  func run(
    _ job: [UInt8], seconds: Double, alone: Bool, tick: () -> Void
  ) throws(SandboxError) -> Answer {
    let result = turn.take(alone: alone, tick: tick) {
      Result { () throws(SandboxError) in try run(job, seconds: seconds, tick: tick) }
    }
    return try result.get()
  }

  private func run(
    _ job: [UInt8], seconds: Double, tick: () -> Void
  ) throws(SandboxError) -> Answer {
    let load = Self.load
    var lastEnd = ""
    for _ in 0..<2 {
      let begin = MonotonicClock.now
      settle(until: begin + Self.longestStart * 1_000_000_000, tick: tick)
      try start(until: begin + Self.longestStart * 1_000_000_000, tick: tick)
      guard let process else { continue }
      // The runner keeps the job's own limits; this one is for a runner that does not answer.
      let deadline = MonotonicClock.now + UInt64((seconds + 30) * 1_000_000_000)
      let channel = SandboxChannel(process.channel)
      do throws(SandboxChannel.Failure) {
        try channel.send(job, until: deadline, tick: tick)
        let frame = try channel.receive(until: deadline, tick: tick)
        if let fault = Self.fault(in: frame) {
          lastEnd = fault
          self.process = nil
          continue
        }
        owesReport = true
        return Answer(frame: frame, load: load)
      } catch {
        let end =
          switch error {
          case .late: "gave no answer within \(Int(seconds + 30)) s"
          case .closed: "ended"
          case .broken: "sent what is no result"
          }
        let line = process.lastLine()
        lastEnd = line.isEmpty ? end : "\(end): \(line)"
        self.process = nil
      }
    }
    throw SandboxError("the sandbox \(lastEnd), twice at this program")
  }

  /// Makes sure that a sandbox is running and ready.
  private func start(
    until deadline: UInt64, tick: () -> Void
  ) throws(SandboxError) {
    if process != nil { return }
    let commands: [[String]]
    if let known = knownCommand { commands = [known] } else { commands = try command.candidates() }
    var complaint = ""
    for command in commands {
      let process = try SandboxProcess(command)
      guard let hello = greet(process, until: deadline, tick: tick) else {
        _ = process.hasEnded(within: 1000)
        complaint = process.lastLine()
        continue
      }
      guard let filter = hello["seccomp"]?.string, filter != "none" else {
        throw SandboxError(
          "this kernel has no system-call filters (seccomp); no program is judged without them")
      }
      knownCommand = command
      self.process = process
      owesReport = false
      return
    }
    throw SandboxError(command.refusal(complaint))
  }

  /// Gives the runner its modules and hears that it is ready; nothing when it is not.
  private func greet(
    _ process: SandboxProcess, until deadline: UInt64, tick: () -> Void
  ) -> JSONValue? {
    let channel = SandboxChannel(process.channel)
    do throws(SandboxChannel.Failure) {
      try channel.send(RunnerSources.firstFrame(kind: command.kind), until: deadline, tick: tick)
      let ready = try channel.receive(until: deadline, tick: tick)
      guard let hello = try? JSONValue.parse(ready), hello["ready"]?.integer == 1 else {
        return nil
      }
      return hello
    } catch {
      return nil
    }
  }

  /// What the runner says when its judge has ended without a result: that says nothing of the program.
  private static func fault(in frame: [UInt8]) -> String? {
    guard let value = try? JSONValue.parse(frame), value["broken"]?.bool == true else { return nil }
    return value["message"]?.string ?? "ended"
  }

  /// Hears whether everything of the last job is gone; gives the sandbox up when it is not.
  private func settle(until deadline: UInt64, tick: () -> Void) {
    guard owesReport, let process else { return }
    owesReport = false
    do throws(SandboxChannel.Failure) {
      let report = try SandboxChannel(process.channel).receive(until: deadline, tick: tick)
      let isClean = (try? JSONValue.parse(report))?["clean"]?.bool == true
      if !isClean { self.process = nil }
    } catch {
      self.process = nil
    }
  }

  /// The load of the machine over the last minute; 0 where the kernel does not say.
  private static var load: Double {
    var loads = [0.0, 0, 0]
    return getloadavg(&loads, 1) == 1 ? loads[0] : 0
  }
}
