// Killing the processes of runs at random moments, and looking after each kill that nothing is lost.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

/// A process to be killed.
enum Prey: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case controller
  case writer
  case evaluator
  case generation

  var testDescription: String { rawValue }
}

/// Runs that are killed and resumed until enough kills were done.
final class Hunt {
  /// Kills of a role in a row that may show no progress: five of them give the role up, rightly.
  private static let barrenLimit = 2

  private let space: Workspace
  private let folder: String
  private let expected: Exports
  private var random: SplitMix64
  private var journal: [String] = []
  private var barren: [Prey: (mark: Int, kills: Int)] = [:]
  private var seen = StoredRows()
  /// Kills done, by role.
  private(set) var kills: [Prey: Int] = [:]
  /// Runs that came to their end.
  private(set) var runs = 0

  /// `expected` is what the same run shows when nobody disturbs it.
  init(_ space: Workspace, expected: Exports, seed: UInt64) {
    self.space = space
    self.expected = expected
    folder = space.artifacts
    random = SplitMix64(seed: seed)
  }

  /// All kills.
  var count: Int { kills.values.reduce(0, +) }

  /// What was done, for the comment of an expectation.
  var story: String {
    "seed \(Seed.value); kills \(kills); last steps:\n"
      + journal.suffix(12).joined(separator: "\n")
  }

  /// Kills until `wanted` kills are done and the last run is at its end.
  func run(_ preys: [Prey], until wanted: Int) throws {
    while count < wanted {
      space.config.artifactRoot = "\(folder)-killed-\(runs)"
      seen = StoredRows()
      barren = [:]
      try runOnce(preys, until: wanted)
      runs += 1
    }
  }

  private func runOnce(_ preys: [Prey], until wanted: Int) throws {
    var program = try space.start()
    var isFresh = true
    while count < wanted {
      // A start takes longer than anything else: moments after it must reach beyond it.
      let pause = Double.random(in: isFresh ? 0.02...1.2 : 0.02...0.3, using: &random)
      isFresh = false
      if Waiting.until(within: pause, { !program.isRunning }) { break }
      guard let prey = preys.randomElement(using: &random) else { break }
      try lookAtStore()
      if prey == .controller {
        guard let next = try killController(program, after: pause) else { break }
        program = next
        isFresh = true
      } else {
        killWorker(prey, of: program, after: pause)
      }
    }
    let result = program.wait(timeout: 60)
    #expect(result.exitCode == 0, "\(result)\n\(story)")
    #expect(program.leftovers() == [], "\(story)")
    try lookAtStore()
    try #require(try space.query("PRAGMA integrity_check") == ["ok"], "\(story)")
    let differences = try Exports(space).differences(from: expected)
    #expect(differences == [], "\(story)")
    #expect(space.temporaryFiles() == [], "\(story)")
  }

  /// Returns the resumed run; nil when the old one had ended before it could be killed.
  private func killController(
    _ program: StartedProgram, after pause: Double
  ) throws -> StartedProgram? {
    program.signal(SIGKILL)
    guard program.wait().signal == SIGKILL else { return nil }
    note(.controller, program.pid, pause)
    #expect(program.leftovers(after: 2) == [], "orphans stay; \(story)")
    try lookAtStore()
    if FileManager.default.fileExists(atPath: space.store) {
      #expect(try space.query("PRAGMA integrity_check") == ["ok"], "\(story)")
    }
    return try space.start()
  }

  private func killWorker(_ prey: Prey, of program: StartedProgram, after pause: Double) {
    letProgress(prey, program)
    let found = Processes.children(of: program.pid).filter { $0.role == prey.rawValue }
    guard let victim = found.randomElement(using: &random), program.isRunning else { return }
    victim.signal(SIGKILL)
    note(prey, victim.pid, pause)
  }

  /// Waits for new rows in the store when the last kills of the role left no time for any.
  private func letProgress(_ prey: Prey, _ program: StartedProgram) {
    if barren[prey]?.kills ?? 0 >= Self.barrenLimit {
      _ = Waiting.until(within: 10) {
        !program.isRunning || mark(prey) != barren[prey]?.mark
      }
    }
    let now = mark(prey)
    let isBarren = barren[prey]?.mark == now
    barren[prey] = (now, isBarren ? (barren[prey]?.kills ?? 0) + 1 : 1)
  }

  /// What grows when a role gets something done.
  private func mark(_ prey: Prey) -> Int {
    guard let rows = try? StoredRows.read(space) else { return 0 }
    switch prey {
    case .evaluator: return rows.verdicts + rows.errors
    case .generation: return rows.completions
    case .writer, .controller: return rows.total
    }
  }

  /// Nothing that was in the store once may be missing later.
  private func lookAtStore() throws {
    guard let rows = try StoredRows.read(space) else {
      #expect(seen == StoredRows(), "the store cannot be read any more; \(story)")
      return
    }
    #expect(rows.holds(seen), "the store had \(seen), now \(rows); \(story)")
    seen = rows
  }

  private func note(_ prey: Prey, _ pid: Int32, _ pause: Double) {
    kills[prey, default: 0] += 1
    let milliseconds = Int(pause * 1000)
    journal.append("run \(runs): \(prey.rawValue) \(pid) after \(milliseconds) ms; \(seen)")
  }
}
