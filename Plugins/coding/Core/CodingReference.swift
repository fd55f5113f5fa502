// The reference of a verdict: the canonical solution, or what the program is judged by.

internal import JSONFormat

/// The reference of one row.
struct CodingReference {
  let row: CodingRow
  let rules: CodingRules

  /// The solution if the row has one, else the tests as JSON, as many as fit.
  var text: String {
    let solution = PythonText.stripped(row.solution)
    // The old runner knows `canonical_solution` alone, which MBPP's rows do not have.
    let isKnown = !solution.isEmpty && !(rules == .legacy && row.benchmark == .mbpp)
    if isKnown { return CutText.cut(solution, toBytes: CodingVerdict.longestKept) }
    switch row.tests {
    case .asserts(let tests): return Self.list(tests.sources)
    case .inputs(let tests): return Self.list(tests.check.sources)
    case .cases(let tests): return Self.cases(tests)
    }
  }

  /// A JSON list of texts as Python writes it, with a space behind each comma.
  private static func list(_ texts: [String]) -> String {
    var list = "["
    for text in texts {
      var writer = JSONWriter(capacity: text.utf8.count + 8)
      writer.string(text)
      let item = writer.bytes.text
      if list.utf8.count + item.utf8.count + 4 > CodingVerdict.longestKept { break }
      list += (list.utf8.count > 1 ? ", " : "") + item
    }
    return list + "]"
  }

  /// The shown tests as the old runner's object of inputs, outputs and the function's name; packed
  /// tests are not unpacked for it.
  private static func cases(_ tests: CaseTests) -> String {
    var inputs: [String] = []
    var outputs: [String] = []
    // Was checked when the row was read.
    try? JSON.read(tests.shown) { cursor throws(JSONError) in
      try cursor.beginArray()
      while try cursor.nextElement() {
        try cursor.beginObject()
        while let key = try cursor.nextKey() {
          switch key {
          case "input": inputs.append(try cursor.readString())
          case "output": outputs.append(try cursor.readString())
          default: try cursor.skip()
          }
        }
      }
    }
    var size = 64
    let fitting = zip(inputs, outputs).prefix { input, output in
      size += 2 * (input.utf8.count + output.utf8.count) + 8
      return size <= CodingVerdict.longestKept
    }
    var writer = JSONWriter(capacity: size)
    writer.beginObject()
    writer.key("inputs")
    writer.beginArray()
    for (input, _) in fitting { writer.string(input) }
    writer.endArray()
    writer.key("outputs")
    writer.beginArray()
    for (_, output) in fitting { writer.string(output) }
    writer.endArray()
    writer.key("fn_name")
    if let function = tests.function { writer.string(function) } else { writer.null() }
    writer.endObject()
    return writer.bytes.text
  }
}
