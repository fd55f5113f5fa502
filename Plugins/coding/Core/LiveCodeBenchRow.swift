// Rows of LiveCodeBench. Its tests are texts of JSON inside the row's JSON, and the hidden ones are
// packed: those are handed on as they stand and unpacked inside the sandbox.

internal import JSONFormat
internal import PluginKit

extension CodingRow {
  init(liveCodeBench fields: RowFields) throws(BadRecord) {
    let benchmark = CodingBenchmark.liveCodeBench
    let question = try fields.requiredText(
      ["question_content"] + CodingFieldNames.prompt + ["question_title"], benchmark,
      "the question")
    guard let shown = try Self.tests(fields, "public_test_cases"),
      let hidden = try Self.tests(fields, "private_test_cases")
    else {
      let missing = fields.has("public_test_cases") ? "private_test_cases" : "public_test_cases"
      throw RowFields.missing([missing], benchmark, "its tests")
    }
    guard case .plain(let shownJSON, let shownCount, let isCall) = shown else {
      throw BadRecord("field 'public_test_cases' must be a list of tests, or one as text")
    }
    let function = try Self.function(fields)
    var tests = CaseTests(
      function: function, shown: shownJSON, shownCount: shownCount, hidden: nil, hiddenCount: 0,
      packed: nil)
    switch hidden {
    case .packed(let json):
      tests = CaseTests(
        function: function, shown: shownJSON, shownCount: shownCount, hidden: nil, hiddenCount: 0,
        packed: json)
    case .plain(let json, let count, let isHiddenCall):
      guard shownCount + count > 0 else {
        throw RowFields.missing(["private_test_cases"], benchmark, "at least one test")
      }
      guard function != nil || !isHiddenCall else { throw Self.noFunction }
      tests = CaseTests(
        function: function, shown: shownJSON, shownCount: shownCount, hidden: json,
        hiddenCount: count, packed: nil)
    }
    guard function != nil || !isCall else { throw Self.noFunction }
    let difficulty = PythonText.stripped(try fields.text("difficulty") ?? "").lowercased()
    try self.init(
      benchmark: benchmark, fields: fields, prompt: question, entryPoint: function ?? "",
      solution: try fields.text("canonical_solution") ?? "",
      starter: try fields.firstText(CodingFieldNames.starter) ?? "",
      difficulty: ["easy", "medium", "hard"].contains(difficulty) ? difficulty : "",
      tests: .cases(tests))
  }

  private static var noFunction: BadRecord {
    BadRecord("field 'metadata' must name 'func_name': the tests call a function")
  }

  private enum Tests {
    case plain([UInt8], count: Int, callsFunction: Bool)
    case packed([UInt8])
  }

  private static func tests(_ fields: RowFields, _ name: String) throws(BadRecord) -> Tests? {
    guard let (kind, json) = fields.json(name) else { return nil }
    switch kind {
    case .array: return try checked(json, name)
    case .string:
      // After the quote: base64 has no bracket, so a list shows in its first character.
      guard json.count > 2 else { return nil }
      if json[1].isBlank || json[1] == UInt8(ascii: "[") || json[1] == UInt8(ascii: "\\") {
        return try checked(Array((try fields.text(name) ?? "").utf8), name)
      }
      guard json.prefix(64).dropFirst().dropLast().allSatisfy(isBase64) else {
        throw BadRecord("field '\(name)' is neither a list of tests as text nor base64")
      }
      return .packed(json)
    case .object, .number, .bool, .null:
      throw RowFields.wrong(name, "a list of tests, or one as text", kind)
    }
  }

  private static func isBase64(_ byte: UInt8) -> Bool {
    byte.isNamePart && byte < 0x80 && byte != 0x5F || byte == 0x2B || byte == 0x2F || byte == 0x3D
  }

  /// Checks that every test has texts `input` and `output`, and counts them.
  private static func checked(_ json: [UInt8], _ name: String) throws(BadRecord) -> Tests {
    var count = 0
    var callsFunction = false
    do throws(JSONError) {
      try JSON.read(json) { cursor throws(JSONError) in
        try cursor.beginArray()
        while try cursor.nextElement() {
          var found = 0
          try cursor.beginObject()
          while let key = try cursor.nextKey() {
            let kind = try cursor.peekKind()
            switch key {
            case "input", "output":
              guard kind == .string else {
                throw JSONError(.wrongKind(expected: .string), at: cursor.offset)
              }
              found += 1
              try cursor.skip()
            case "testtype":
              if kind == .string {
                if try cursor.readString() == "functional" { callsFunction = true }
              } else {
                try cursor.skip()
              }
            default: try cursor.skip()
            }
          }
          guard found == 2 else { throw JSONError(.unexpectedEnd, at: cursor.offset) }
          count += 1
        }
      }
    } catch {
      throw BadRecord(
        "test \(count + 1) of field '\(name)' must be an object with texts 'input' and 'output' "
          + "(\(error))")
    }
    return .plain(json, count: count, callsFunction: callsFunction)
  }

  /// `func_name` of the metadata, which is an object or one as text.
  private static func function(_ fields: RowFields) throws(BadRecord) -> String? {
    guard let (kind, json) = fields.json("metadata") else { return nil }
    guard kind == .string || kind == .object else {
      throw RowFields.wrong("metadata", "an object, or one as text", kind)
    }
    let text = kind == .object ? json : Array((try fields.text("metadata") ?? "").utf8)
    if text.trimmed.isEmpty { return nil }
    let name: JSONValue?
    do throws(JSONError) {
      let value = try JSONValue.parse(text)
      guard value.members != nil else { throw JSONError(.wrongKind(expected: .object), at: 0) }
      name = value["func_name"]
    } catch {
      throw BadRecord("field 'metadata' must be an object, or one as text (\(error))")
    }
    guard let name, name != .null else { return nil }
    guard let function = name.string, isName(function) else {
      throw BadRecord("'func_name' in field 'metadata' must be the name of a function")
    }
    return function
  }
}
