// HumanEval+ as test source: the inputs that EvalPlus added, compared with the canonical solution as
// the old runner did. It runs in the judge, where the solution is trusted.

internal import JSONFormat

/// The test source of the added inputs of a row.
struct PlusSource {
  let row: CodingRow
  let tests: InputTests

  /// Python that fails where the program and the canonical solution differ.
  ///
  /// Inputs that the solution or its contract refuses are left out, and the tolerance holds for plain
  /// numbers alone.
  var source: String {
    """
    def judge_added_inputs(candidate):
        import json
        scope = {}
        exec(\(Self.literal(reference)), scope)
        reference = scope[\(Self.literal(row.entryPoint))]
        tolerance = float(\(tests.tolerance.text))
        for arguments in json.loads(\(Self.literal(tests.plus.text))):
            if not isinstance(arguments, list):
                arguments = [arguments]
            try:
                expected = reference(*arguments)
            except Exception:
                continue
            if isinstance(expected, float) and tolerance:
                assert abs(candidate(*arguments) - expected) <= tolerance
            else:
                assert candidate(*arguments) == expected
    judge_added_inputs(\(row.entryPoint))
    """
  }

  private var reference: String {
    let contract = tests.contract.isEmpty ? "" : tests.contract + "\n"
    return "\(row.prompt)\n\(contract)\(row.solution)"
  }

  /// A Python literal; those of JSON are, as written here, without surrogates and escaped slashes.
  private static func literal(_ text: String) -> String {
    var writer = JSONWriter(capacity: text.utf8.count + 16)
    writer.string(text)
    return writer.bytes.text
  }
}
