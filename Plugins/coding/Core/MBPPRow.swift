// Rows of the MBPP family: the 974 problems, the sanitized ones, and MBPP+ of EvalPlus.

internal import PluginKit

extension CodingRow {
  init(mbpp fields: RowFields, _ benchmark: CodingBenchmark) throws(BadRecord) {
    let prompt = try fields.requiredText(
      CodingFieldNames.prompt, benchmark, "the sentence that describes the function")
    let code = try fields.text("code") ?? ""
    var sources: [String] = []
    for name in CodingFieldNames.tests { sources += try fields.texts(name) ?? [] }
    let assertion = try fields.text("assertion") ?? ""
    if !PythonText.isBlank(assertion) { sources.append(assertion) }
    var setup = try fields.texts("test_imports") ?? []
    if let more = try fields.text("test_setup_code"), !PythonText.isBlank(more) {
      setup.append(more)
    }
    let solution = try fields.text("canonical_solution") ?? ""
    let defined = PythonOutline(Array((code.isEmpty ? solution : code).utf8)).functions
    let tests: CodingTests
    var entryPoint = try fields.firstText(["entry_point"]) ?? ""
    guard entryPoint.isEmpty || Self.isName(entryPoint) else {
      throw BadRecord("field 'entry_point' must be the name of a function, not '\(entryPoint)'")
    }
    let asserts = AssertTests(setup: setup, sources: sources, callsCheck: true)
    if let plus = try fields.list("plus_input") {
      guard !entryPoint.isEmpty else {
        throw RowFields.missing(["entry_point"], benchmark, "the name of the function to test")
      }
      guard !PythonText.isBlank(solution) else {
        throw RowFields.missing(["canonical_solution"], benchmark, "the reference solution")
      }
      guard let base = try fields.list("base_input") else {
        throw RowFields.missing(["base_input"], benchmark, "the list of its base tests' arguments")
      }
      tests = .inputs(
        InputTests(
          base: base, plus: plus, tolerance: try fields.number("atol") ?? [UInt8(ascii: "0")],
          contract: try fields.text("contract") ?? "", check: asserts))
    } else if let test = try fields.text("test"), benchmark == .mbppPlus {
      tests = .asserts(AssertTests(setup: setup, sources: [test], callsCheck: true))
    } else {
      guard !sources.isEmpty else {
        throw RowFields.missing(CodingFieldNames.tests, benchmark, "a list of asserts")
      }
      tests = .asserts(asserts)
    }
    if entryPoint.isEmpty, let first = sources.first {
      // Named only where both the solution defines and a test calls it: a guess would fail programs.
      entryPoint = defined.last { Self.calls($0, in: first) } ?? ""
    }
    try self.init(
      benchmark: benchmark, fields: fields, prompt: prompt, entryPoint: entryPoint,
      solution: solution.isEmpty ? code : solution, signature: Self.signature(code), tests: tests)
  }

  /// Whether `source` calls a function of that name.
  static func calls(_ name: String, in source: String) -> Bool {
    let bytes = Array(source.utf8)
    let wanted = Array(name.utf8)
    var at = bytes.firstPlace(of: wanted)
    while let place = at {
      let end = place + wanted.count
      let isWhole = place == 0 || !(bytes[place - 1].isNamePart || bytes[place - 1] == 0x2E)
      let after = bytes[end...].first { $0 != 0x20 }
      if isWhole, after == UInt8(ascii: "(") { return true }
      at = bytes.firstPlace(of: wanted, from: end)
    }
    return false
  }

  /// The first line of a solution that is a whole function head, as the old runner found it.
  static func signature(_ code: String) -> String {
    for line in PythonText.lines(code) {
      let bare = PythonText.stripped(line)
      if bare.hasPrefix("def ") && bare.hasSuffix(":") { return bare }
    }
    return ""
  }
}
