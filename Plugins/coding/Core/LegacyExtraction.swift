// The old runner's programs, bit for bit: HumanEval's is the prompt and the completion, MBPP's the
// completion, LiveCodeBench's the last block. It never says that there is no program.

/// The extraction of the old runner.
enum LegacyExtraction {
  /// The source that the old runner would have run, without the tests.
  static func source(_ completion: String, of row: CodingRow) -> String {
    let kept = PythonText.strippedAtEnd(completion)
    switch row.benchmark {
    case .humanEval, .humanEvalPlus, .humanEvalX: return row.prompt + kept
    case .humanEvalFix: return row.repairPrompt + kept
    case .mbpp, .mbppPlus: return kept
    case .liveCodeBench: return lastBlock(completion)
    }
  }

  /// The text between the last two runs of three backquotes; all of it when there are fewer.
  static func lastBlock(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let ticks = Array("```".utf8)
    var places: [Int] = []
    var at = bytes.firstPlace(of: ticks)
    while let place = at {
      places.append(place)
      at = bytes.firstPlace(of: ticks, from: place + 3)
    }
    guard places.count >= 2 else { return PythonText.stripped(text) }
    let block = bytes[(places[places.count - 2] + 3)..<places[places.count - 1]].text
    var lines = PythonText.lines(block)
    if let first = lines.first, ["python", "py"].contains(PythonText.stripped(first).lowercased()) {
      lines.removeFirst()
      return PythonText.stripped(lines.joined(separator: "\n"))
    }
    return PythonText.stripped(block)
  }
}
