// A job for the sandbox: one JSON object that holds a program, its limits and its tests. Large tests
// are copied as they stand in the row.

package import JSONFormat

/// Writes the job of a program.
package struct CodingJob: Sendable {
  private let row: CodingRow
  private let rules: CodingRules
  private let limits: CodingLimits

  /// Prepares the jobs of a row.
  package init(row: CodingRow, rules: CodingRules, limits: CodingLimits) {
    self.row = row
    self.rules = rules
    self.limits = limits
  }

  /// The frame's JSON, without its length.
  ///
  /// Throws for a limit that is not finite, which no limit of ours is.
  package func frame(id: Int, program: String) throws(JSONError) -> [UInt8] {
    var writer = JSONWriter(capacity: program.utf8.count + testSize + 4096)
    writer.beginObject()
    writer.key("id")
    writer.integer(id)
    writer.key("kind")
    writer.string(kind.rawValue)
    writer.key("program")
    writer.string(program)
    try write(limits, to: &writer)
    switch row.tests {
    case .asserts(let tests): write(asserts: sources(tests), setup: tests.setup, to: &writer)
    case .inputs(let tests):
      if kind == .asserts {
        let plus = PlusSource(row: row, tests: tests).source
        write(asserts: sources(tests.check) + [plus], setup: tests.check.setup, to: &writer)
      } else {
        write(tests, to: &writer)
      }
    case .cases(let tests): write(tests, to: &writer)
    }
    writer.endObject()
    return writer.bytes
  }

  /// How the sandbox judges a program.
  package enum Kind: String, Sendable {
    /// Test source beside the program.
    case asserts
    /// Inputs whose results are compared with the reference's.
    case inputs
    /// Calls of one function.
    case calls
    /// Runs of the program with given input.
    case stdin
  }

  /// How the programs of the row are judged.
  ///
  /// HumanEval+ goes by test source where the row has no base inputs, and with the old rules, which
  /// compare otherwise than EvalPlus.
  package var kind: Kind {
    switch row.tests {
    case .asserts: .asserts
    case .inputs(let tests):
      tests.base == nil || isOldHumanEvalPlus(tests) ? .asserts : .inputs
    case .cases(let tests): tests.function == nil ? .stdin : .calls
    }
  }

  private func isOldHumanEvalPlus(_ tests: InputTests) -> Bool {
    rules == .legacy && row.benchmark == .humanEvalPlus && !tests.check.sources.isEmpty
  }

  private var testSize: Int {
    switch row.tests {
    case .asserts(let tests): tests.sources.reduce(0) { $0 + $1.utf8.count }
    case .inputs(let tests): (tests.base?.count ?? 0) + tests.plus.count
    case .cases(let tests):
      tests.shown.count + (tests.hidden?.count ?? 0) + (tests.packed?.count ?? 0)
    }
  }

  private func write(_ limits: CodingLimits, to writer: inout JSONWriter) throws(JSONError) {
    writer.key("limits")
    writer.beginObject()
    writer.key("cpu_s")
    try writer.double(limits.cpuSeconds)
    writer.key("wall_s")
    try writer.double(limits.wallSeconds)
    writer.key("memory_mb")
    writer.integer(limits.memoryMB)
    writer.key("output_bytes")
    writer.integer(limits.outputBytes)
    writer.key("file_bytes")
    writer.integer(limits.fileBytes)
    writer.key("open_files")
    writer.integer(limits.openFiles)
    writer.key("threads")
    writer.integer(limits.threads)
    if kind == .inputs {
      writer.key("input_min_s")
      try writer.double(limits.inputMinimumSeconds)
      writer.key("input_factor")
      try writer.double(limits.inputFactor)
    }
    writer.endObject()
    writer.key("per_test")
    writer.bool(limits.isPerTest)
  }

  // MARK: Test source

  /// The sources of the tests; HumanEval's end with the call of `check`.
  ///
  /// The old runner calls it even where the test does so itself.
  private func sources(_ tests: AssertTests) -> [String] {
    if tests.callsCheck, rules == .official || !row.benchmark.hasHead { return tests.sources }
    let name = rules == .legacy ? row.oldEntryPoint : row.entryPoint
    return tests.sources.map { "\($0)\ncheck(\(name))" }
  }

  private func write(asserts: [String], setup: [String], to writer: inout JSONWriter) {
    if row.benchmark.hasHead || rules == .official {
      writer.key("prelude")
      writer.string(row.benchmark.hasHead ? stub : setup.joined(separator: "\n"))
      if !row.entryPoint.isEmpty {
        writer.key("entry_point")
        writer.string(row.entryPoint)
      }
    }
    writer.key("tests")
    writer.beginArray()
    for source in asserts { writer.string(source) }
    writer.endArray()
  }

  /// The prompt's head with a body that does nothing: its imports and helpers are there for the tests.
  private var stub: String {
    let head = Array(row.head.utf8)
    let feed = head.last == UInt8(ascii: "\n") ? "" : "\n"
    let blanks = BodyIndentation.blanks(below: head)
    return "\(row.head)\(feed)\(blanks)pass\n"
  }

  // MARK: Inputs

  private func write(_ tests: InputTests, to writer: inout JSONWriter) {
    writer.key("entry_point")
    writer.string(row.entryPoint)
    writer.key("reference")
    writer.string(row.prompt + row.solution)
    writer.key("dataset")
    writer.string(row.benchmark == .mbppPlus ? "mbpp" : "humaneval")
    writer.key("task_id")
    writer.string(row.taskID)
    writer.key("atol")
    writer.raw(tests.tolerance)
    writer.key("groups")
    writer.beginArray()
    for (name, inputs) in [("base", tests.base ?? Array("[]".utf8)), ("plus", tests.plus)] {
      writer.beginObject()
      writer.key("name")
      writer.string(name)
      writer.key("inputs")
      writer.raw(inputs)
      writer.endObject()
    }
    writer.endArray()
  }

  // MARK: LiveCodeBench

  private func write(_ tests: CaseTests, to writer: inout JSONWriter) {
    if let function = tests.function {
      writer.key("function")
      writer.string(function)
    }
    writer.key("tests")
    if tests.hiddenCount > 0, let hidden = tests.hidden {
      writer.raw(tests.shownCount > 0 ? Self.joined(tests.shown, hidden) : hidden)
    } else {
      writer.raw(tests.shown)
    }
    if let packed = tests.packed {
      writer.key("encoded_tests")
      writer.raw(packed)
    }
  }

  /// One JSON array of the elements of two, neither of which is empty.
  private static func joined(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
    var joined: [UInt8] = []
    joined.reserveCapacity(first.count + second.count)
    joined += first.trimmed.dropLast()
    joined.append(UInt8(ascii: ","))
    joined += second.trimmed.dropFirst()
    return joined
  }
}
