// Rows of the HumanEval family: HumanEval, HumanEval+, HumanEvalFix and HumanEval-X.

internal import PluginKit

extension CodingRow {
  init(humanEval fields: RowFields, _ benchmark: CodingBenchmark) throws(BadRecord) {
    let prompt = try fields.requiredText(
      CodingFieldNames.prompt, benchmark, "the function head to complete")
    let head = Self.unrepaired(prompt)
    let plus = try fields.list("plus_input")
    let test = try fields.text("test") ?? ""
    let base = try fields.list("base_input")
    guard plus != nil && base != nil || !PythonText.isBlank(test) else {
      throw RowFields.missing(["test"], benchmark, "a function check(candidate)")
    }
    let called = Self.calledByCheck(test)
    let check = AssertTests(
      setup: [], sources: PythonText.isBlank(test) ? [] : [test], callsCheck: called != nil)
    let tests: CodingTests
    if let plus {
      tests = .inputs(
        InputTests(
          base: base, plus: plus,
          tolerance: try fields.number("atol") ?? [UInt8(ascii: "0")],
          contract: try fields.text("contract") ?? "", check: check))
    } else {
      tests = .asserts(check)
    }
    let solution = try fields.text("canonical_solution") ?? ""
    if plus != nil, PythonText.isBlank(solution) {
      throw RowFields.missing(["canonical_solution"], benchmark, "the reference solution")
    }
    let buggy = try fields.text("buggy_solution") ?? ""
    if benchmark == .humanEvalFix, PythonText.isBlank(buggy), head == prompt {
      throw RowFields.missing(["buggy_solution"], benchmark, "the function to repair")
    }
    try self.init(
      benchmark: benchmark, fields: fields, prompt: prompt, head: head,
      entryPoint: try Self.entryPoint(fields, benchmark, head: head, called: called),
      solution: solution, buggySolution: buggy,
      oldEntryPoint: try Self.oldEntryPoint(fields, head: head), tests: tests)
  }

  /// The function that the old runner tests: what the row names, else the first of the head.
  private static func oldEntryPoint(
    _ fields: RowFields, head: String
  ) throws(BadRecord) -> String? {
    if let name = try fields.firstText(["entry_point"]) { return name }
    return PythonOutline(Array((try fields.text("declaration") ?? head).utf8)).functions.first
  }

  /// The function under test: the one that the test itself calls, then what the row names, then the
  /// last function of its head, as helpers stand above it.
  private static func entryPoint(
    _ fields: RowFields, _ benchmark: CodingBenchmark, head: String, called: String?
  ) throws(BadRecord) -> String {
    if let called { return called }
    if let name = try fields.firstText(["entry_point"]) {
      guard isName(name) else {
        throw BadRecord("field 'entry_point' must be the name of a function, not '\(name)'")
      }
      return name
    }
    for text in [try fields.text("declaration") ?? "", head] {
      if let name = PythonOutline(Array(text.utf8)).functions.last { return name }
    }
    throw RowFields.missing(
      ["entry_point", "declaration"], benchmark, "the name of the function to test")
  }

  /// The name in `check(name)` at the end of a test.
  private static func calledByCheck(_ test: String) -> String? {
    let line = Array(test.utf8).trimmed.split(separator: UInt8(ascii: "\n")).last ?? []
    guard line.begins(with: "check("), line.last == UInt8(ascii: ")") else { return nil }
    let name = line.dropFirst(6).dropLast().text
    return isName(name) ? name : nil
  }

  /// The head without what the old prepper wrote below it for a function to repair.
  private static func unrepaired(_ prompt: String) -> String {
    let bytes = Array(prompt.utf8)
    guard let mark = bytes.firstPlace(of: Array("\n\(CodingBenchmark.bugMark)".utf8)) else {
      return prompt
    }
    return bytes[...mark].text
  }

  /// The prompt of a function to repair as the old prepper wrote it.
  var repairPrompt: String {
    if head != prompt { return prompt }
    var parts: [String] = []
    let start = PythonText.strippedAtEnd(prompt)
    if !start.isEmpty { parts.append(start) }
    let buggy = PythonText.strippedAtEnd(buggySolution)
    if !buggy.isEmpty { parts += [CodingBenchmark.bugMark, buggy] }
    parts.append("# Fix the function `\(oldEntryPoint)` so it passes all tests.")
    return PythonText.stripped(parts.joined(separator: "\n"))
  }
}
