// A result as the sandbox reports it. It comes from where hostile programs run: nothing in it is
// trusted to have the right shape or size.

internal import JSONFormat

/// A result frame that is not one.
package struct SandboxResultError: Error, Sendable, Equatable {
  /// One line: what is wrong.
  package let message: String
}

/// What became of a program.
package enum SandboxOutcome: String, Sendable, CaseIterable {
  /// Every test passed.
  case passed
  /// A test failed: an assert, or a result that differs.
  case wrongAnswer = "wrong_answer"
  /// The program raised an exception.
  case exception
  /// The program is no Python.
  case compileError = "compile_error"
  /// It took too long.
  case time
  /// It took too much memory.
  case memory
  /// It printed too much.
  case outputLimit = "output_limit"
  /// It tried what is forbidden.
  case sandboxViolation = "sandbox_violation"
  /// It does not define the function asked for.
  case missingEntryPoint = "missing_entry_point"
  /// The tests or the sandbox failed, not the program.
  case harnessError = "harness_error"
}

/// One result of the sandbox.
package struct SandboxResult: Sendable {
  /// The job's number.
  package var id = 0
  /// What became of the program.
  package var outcome = SandboxOutcome.harnessError
  /// The failing test, from 0; nothing when it failed while loading, or passed.
  package var test: Int?
  /// How many tests there are, when known.
  package var tests: Int?
  /// The failing group of inputs.
  package var group = ""
  /// For each group of inputs whether it passed, when known.
  package var groups: [(name: String, passed: Bool)] = []
  /// The failing test's input.
  package var input = ""
  /// What it expected.
  package var expected = ""
  /// What it got.
  package var got = ""
  /// The exception's type.
  package var type = ""
  /// The exception's message, or the harness's.
  package var message = ""
  /// The last frame inside the program: `line 12, in f`.
  package var frame = ""
  /// The exception's traceback.
  package var traceback = ""
  /// What it tried that is forbidden.
  package var violation = ""
  /// Whether the clock ended it, not its CPU time.
  package var isWallClock = false
  /// The end of what it wrote to its error output.
  package var stderr = ""
  /// Seconds of CPU time.
  package var cpuSeconds: Double?
  /// Seconds on the clock.
  package var wallSeconds: Double?
  /// Why the sandbox must not be used again; empty when it may.
  package var taint = ""

  /// A result of one's own, for tests and for what the sandbox itself cannot report.
  package init(_ outcome: SandboxOutcome, message: String = "") {
    self.outcome = outcome
    self.message = message
  }

  /// Reads a frame's JSON.
  package init(frame: [UInt8]) throws(SandboxResultError) {
    var result = SandboxResult(.harnessError)
    var word: String?
    do throws(JSONError) {
      try JSON.read(frame) { cursor throws(JSONError) in
        try cursor.beginObject()
        while let key = try cursor.nextKey() {
          if try cursor.takeNull() { continue }
          switch key {
          case "outcome": word = try cursor.readString()
          default: try result.read(key, &cursor)
          }
        }
      }
    } catch {
      throw SandboxResultError(message: "the sandbox sent no result: \(error)")
    }
    guard let word, let outcome = SandboxOutcome(rawValue: word) else {
      throw SandboxResultError(
        message: word.map { "the sandbox sent the unknown outcome '\(CutText.cut($0, to: 40))'" }
          ?? "the sandbox sent a result without an outcome")
    }
    result.outcome = outcome
    self = result
  }

  private mutating func read(_ key: JSONKey, _ cursor: inout JSONCursor) throws(JSONError) {
    switch key {
    case "id": id = try cursor.readInt()
    case "test": test = try Self.count(&cursor)
    case "tests": tests = try Self.count(&cursor)
    case "group": group = try Self.text(&cursor, 40)
    case "groups":
      try cursor.beginObject()
      while let name = try cursor.nextKey() {
        let passed = try cursor.readBool()
        if groups.count < 8 { groups.append((CutText.cut(name.string, to: 40), passed)) }
      }
    case "input": input = try Self.text(&cursor, 500)
    case "expected": expected = try Self.text(&cursor, 500)
    case "got": got = try Self.text(&cursor, 500)
    case "type": type = try Self.text(&cursor, 200)
    case "message": message = try Self.text(&cursor, 2000)
    case "frame": frame = try Self.text(&cursor, 200)
    case "traceback": traceback = try Self.text(&cursor, 4200)
    case "violation": violation = try Self.text(&cursor, 200)
    case "wall": isWallClock = try cursor.readBool()
    case "stderr": stderr = try Self.text(&cursor, 1100)
    case "cpu_s": cpuSeconds = max(0, try cursor.readDouble())
    case "wall_s": wallSeconds = max(0, try cursor.readDouble())
    case "taint": taint = try Self.text(&cursor, 500)
    default: try cursor.skip()
    }
  }

  private static func count(_ cursor: inout JSONCursor) throws(JSONError) -> Int {
    let offset = cursor.offset
    let count = try cursor.readInt()
    guard count >= 0, count < Int(Int32.max) else { throw JSONError(.numberOutOfRange, at: offset) }
    return count
  }

  private static func text(_ cursor: inout JSONCursor, _ limit: Int) throws(JSONError) -> String {
    CutText.cut(try cursor.readString(), to: limit)
  }
}

/// Cutting texts to a size.
enum CutText {
  /// The text if it has at most `limit` scalars, else as many with `…` as the last.
  static func cut(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    return String(scalars[..<scalars.index(before: end)]) + "…"
  }

  /// As much of the text as fits into `limit` bytes, whole characters only.
  static func cut(_ text: String, toBytes limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var bytes = text.utf8.prefix(limit)
    while let last = bytes.last, last & 0xC0 == 0x80 { bytes = bytes.dropLast() }
    if let last = bytes.last, last >= 0xC0 { bytes = bytes.dropLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
