// Rows made by hand, one of each shape that the benchmarks have, and ways to look at what comes of them.

import CodingCore
import JSONFormat
import PluginKit

/// Rows of the benchmarks.
enum Rows {
  static let head =
    "import math\n\n\ndef half(x: int) -> int:\n    \"\"\" Half of x.\n\n    >>> half(4)\n    2\n    \"\"\"\n"
  static let headJSON = quoted(head)
  static let check = quoted("\n\ndef check(candidate):\n    assert candidate(4) == 2\n")

  static let humanEval = """
    {"task_id":"Mine/0","prompt":\(headJSON),"entry_point":"half",\
    "canonical_solution":"    return x // 2\\n","test":\(check)}
    """
  static let humanEvalPlus = """
    {"task_id":"Mine/0","prompt":\(headJSON),"entry_point":"half","canonical_solution":"    return x // 2\\n",\
    "test":\(check),"contract":"    assert type(x) == int\\n","base_input":[[4], [6]],"plus_input":[[1e3],[0.50]],\
    "atol":1e-06}
    """
  /// As the old prepper leaves it: without base inputs.
  static let oldHumanEvalPlus = """
    {"task_id":"Mine/0","prompt":\(headJSON),"entry_point":"half","canonical_solution":"    return x // 2\\n",\
    "test":\(check),"contract":"","plus_input":[[8]],"atol":0}
    """
  static let humanEvalFix = """
    {"task_id":"Python/0","prompt":\(headJSON),"declaration":"import math\\n\\n\\ndef half(x: int) -> int:\\n",\
    "canonical_solution":"    return x // 2\\n","buggy_solution":"    return x // 3\\n","entry_point":"half",\
    "test":"\\ndef check(half):\\n    assert half(4) == 2\\n\\ncheck(half)"}
    """
  static let humanEvalX = """
    {"task_id":"Python/9","prompt":"def code(s):\\n    return s[1:] + s[:1]\\n\\n\\ndef uncode(s):\\n    \\"\\"\\" Undo. \\"\\"\\"\\n",\
    "declaration":"def code(s):\\n    return s[1:] + s[:1]\\n\\n\\ndef uncode(s):\\n",\
    "canonical_solution":"    return s[-1:] + s[:-1]\\n",\
    "test":"\\ndef check(uncode):\\n    assert uncode(code('ab')) == 'ab'\\n\\ncheck(uncode)\\n"}
    """
  static let mbpp = """
    {"task_id":11,"text":"Write a function to halve    a number.","code":"def half(x): \\r\\n  return x // 2",\
    "test_setup_code":"limit = 9","test_list":["assert half(4) == 2","assert half(8) == 4"],\
    "challenge_test_list":["assert half(0) == 1"]}
    """
  static let sanitized = """
    {"source_file":"x.ipynb","task_id":12,"prompt":"Write a function to halve.","code":"def half(x):\\n  return x // 2",\
    "test_imports":["import math"],"test_list":["assert math.isclose(half(4), 2)"]}
    """
  static let mbppPlus = """
    {"task_id":"Mbpp/12","prompt":"\\"\\"\\"\\nHalve.\\nassert half(4) == 2\\n\\"\\"\\"\\n","entry_point":"half",\
    "canonical_solution":"\\ndef half(x):\\n  return x // 2\\n","base_input":[[4]],"plus_input":[[6],[8]],"atol":0,\
    "contract":"","assertion":"\\nassert half(4) == 2\\n"}
    """
  /// Input and output, with packed hidden tests.
  static let contest = """
    {"question_title":"Half","question_content":" Print half of the input.\\n","platform":"atcoder","question_id":"a1",\
    "starter_code":"","difficulty":"Easy","public_test_cases":\
    "[{\\"input\\":\\"4\\\\n\\",\\"output\\":\\"2\\",\\"testtype\\":\\"stdin\\"}]",\
    "private_test_cases":"eJxrYJmaaw==","metadata":"{}"}
    """
  /// Calls, with hidden tests as plain JSON.
  static let calls = """
    {"question_content":"Halve.","question_id":"c1","starter_code":"class Solution:\\n    def half(self, x: int) -> int:\\n",\
    "difficulty":"hard","public_test_cases":"[{\\"input\\":\\"4\\",\\"output\\":\\"2\\",\\"testtype\\":\\"functional\\"}]",\
    "private_test_cases":"[{\\"input\\":\\"8\\",\\"output\\":\\"4\\"}]","metadata":"{\\"func_name\\":\\"half\\"}"}
    """

  static func quoted(_ text: String) -> String {
    var writer = JSONWriter()
    writer.string(text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  static func row(
    _ json: String, _ benchmark: CodingBenchmark? = nil
  ) throws(BadRecord) -> CodingRow {
    try row(Array(json.utf8), benchmark)
  }

  static func row(
    _ json: [UInt8], _ benchmark: CodingBenchmark? = nil
  ) throws(BadRecord) -> CodingRow {
    try json.withUnsafeBufferPointer { (bytes) throws(BadRecord) in
      try CodingRow(RowText(index: 0, unsafe: bytes), benchmark: benchmark)
    }
  }

  /// The program in a completion, or why there is none.
  static func program(
    _ json: String, _ completion: String, _ style: CodingPromptStyle,
    _ rules: CodingRules = .official, mode: CodingMode? = nil
  ) throws -> (method: String, source: String) {
    let extraction = ProgramExtraction(prompt: CodingPrompt(style: style, mode: mode), rules: rules)
    switch extraction.program(in: completion, of: try row(json)) {
    case .program(let program): return (program.method.rawValue, program.source)
    case .none(let reason): return ("none", reason)
    }
  }
}
