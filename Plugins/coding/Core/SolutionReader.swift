// Reading a solution of the HumanEval and MBPP families: which block of a reply it is, where it ends,
// and whether it is whole. As EvalPlus does, what defines the function asked for is the solution, and
// what stands around it (asserts, prints, a main guard, prose) is not run.

/// Reads the completions of one row by the official rules.
struct SolutionReader {
  let row: CodingRow

  /// The program in an answer that is not blank.
  func read(_ answer: [UInt8], ending: PromptEnding) -> Extraction {
    switch ending {
    case .code:
      if answer.trimmed.begins(with: "```") { return reply(answer, isOpen: false) }
      return continuation(answer)
    case .openFence: return reply(answer, isOpen: true)
    case .question: return reply(answer, isOpen: false)
    }
  }

  // MARK: Replies with code in them

  private func reply(_ answer: [UInt8], isOpen: Bool) -> Extraction {
    let blocks = CodeFences(answer, isOpen: isOpen).blocks.filter { !$0.content.trimmed.isEmpty }
    if blocks.isEmpty {
      if isOpen || answer.firstPlace(of: Array("```".utf8)) != nil {
        return .none(reason: "the code block is empty")
      }
      return unfenced(answer)
    }
    let python = blocks.filter(\.mayBePython)
    let candidates = python.isEmpty ? blocks : python
    let outlines = candidates.map { outdented(PythonOutline($0.content)) }
    let name = row.entryPoint
    let chosen =
      outlines.first { $0.defines(name) && $0.returns(from: name) }
      ?? outlines.first { $0.defines(name) }
      ?? outlines.first { name.isEmpty && !$0.functions.isEmpty }
      ?? outlines.first { isBody($0) }
      ?? outlines.first
    guard let chosen else { return .none(reason: "no code block") }
    return solution(chosen, whole: .fencedSolution, body: .fencedBody)
  }

  /// A reply without any fence: code if it defines the function, or can only be its body.
  private func unfenced(_ answer: [UInt8]) -> Extraction {
    let outline = PythonOutline(answer)
    if outline.defines(row.entryPoint) || !outline.functions.isEmpty {
      let start = outline.lines.first { outline.isTop($0) && Self.mayBegin(outline.text($0)) }?
        .start
      let code = PythonOutline(Array(answer[(start ?? 0)...]))
      return solution(code, whole: .wholeText, body: .continuation)
    }
    if canHaveBody, isBody(outline) {
      return solution(outline, whole: .wholeText, body: .continuation)
    }
    return .none(reason: "no code block and no definition of '\(row.entryPoint)'")
  }

  private func solution(
    _ outline: PythonOutline, whole: ExtractionMethod, body: ExtractionMethod
  ) -> Extraction {
    if canHaveBody, !outline.defines(row.entryPoint), isBody(outline) {
      return finished(withBody: outline.source, method: body)
    }
    return finished(whole: outline, method: whole)
  }

  // MARK: Completions of the prompt's code

  private func continuation(_ answer: [UInt8]) -> Extraction {
    var code = answer
    if let fence = code.firstPlace(of: Array("```".utf8)) {
      code.removeSubrange(fence...)
    }
    guard !code.trimmed.isEmpty else { return .none(reason: "the completion is empty") }
    let outline = PythonOutline(code)
    guard row.benchmark.hasHead else {
      return finished(whole: afterDocstring(outline), method: .wholeText)
    }
    let first = outline.lines.first { !$0.isBare }
    if let first, first.indent == 0, outline.defines(row.entryPoint) {
      return finished(whole: outline, method: .wholeText)
    }
    let end = StopSequences.body.end(in: code)
    return finished(withBody: Array(code[..<end]), method: .continuation)
  }

  /// MBPP's completion without a repeated docstring at its start, cut where the harness stops.
  private func afterDocstring(_ outline: PythonOutline) -> PythonOutline {
    var start = 0
    let code = outline.source
    let quotes = Array("\"\"\"".utf8)
    if code.trimmed.starts(with: quotes), let opening = code.firstPlace(of: quotes),
      let closing = code.firstPlace(of: quotes, from: opening + 3)
    {
      start = closing + 3
    }
    let end = StopSequences.solution.end(in: code, from: start)
    return PythonOutline(Array(code[start..<end]))
  }

  // MARK: Whole or body

  /// A solution whose every line is indented, moved to the left; a body stays where it is.
  private func outdented(_ outline: PythonOutline) -> PythonOutline {
    guard let first = outline.lines.first(where: { !$0.isBare }), first.indent > 0,
      Self.mayBegin(outline.text(first).trimmed)
    else { return outline }
    let moved = PythonOutline(
      BodyIndentation.moved(outline, by: -first.indent) { $0.isFresh || $0.isBare })
    let isWhole =
      row.entryPoint.isEmpty ? !moved.functions.isEmpty : moved.defines(row.entryPoint)
    return isWhole ? moved : outline
  }

  private var canHaveBody: Bool { row.benchmark.hasHead || !row.signature.isEmpty }

  /// Whether the text can only be a function's body: its first line is indented, or it returns at the
  /// top.
  private func isBody(_ outline: PythonOutline) -> Bool {
    guard let first = outline.lines.first(where: { !$0.isBare }) else { return false }
    if first.indent > 0 { return true }
    return outline.functions.isEmpty
      && outline.lines.contains { line in
        let words = outline.text(line).trimmed
        return line.isFresh && (words.begins(with: "return ") || words.text == "return")
      }
  }

  /// The function's head and a body below it, its indentation mended.
  private func finished(withBody body: [UInt8], method: ExtractionMethod) -> Extraction {
    guard !body.trimmed.isEmpty else { return .none(reason: "the completion has no code") }
    var head = Array((row.head.isEmpty ? row.signature : row.head).utf8)
    if head.last != UInt8(ascii: "\n") { head.append(UInt8(ascii: "\n")) }
    let mended = BodyIndentation.mended(body, below: head)
    return .program(ExtractedProgram(source: (head + mended).text, method: method))
  }

  /// A whole solution without its examples, below what the prompt has above the function.
  private func finished(whole outline: PythonOutline, method: ExtractionMethod) -> Extraction {
    let code = WholeSolution.cleaned(outline, keeping: row.entryPoint)
    guard !code.trimmed.isEmpty else { return .none(reason: "the code block is empty") }
    let helpers = WholeSolution.helpers(row, missingIn: code)
    return .program(ExtractedProgram(source: (helpers + code).text, method: method))
  }

  /// Whether a solution may begin with the line; prose before it is left out.
  private static func mayBegin(_ line: ArraySlice<UInt8>) -> Bool {
    PythonOutline.functionName(line) != nil || line.begins(with: "class ")
      || line.begins(with: "@") || line.begins(with: "import ")
      || (line.begins(with: "from ") && line.firstPlace(of: Array(" import ".utf8)) != nil)
  }
}
