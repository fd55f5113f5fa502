// What a dataset plugin fills in, and what a configuration keeps it from filling in.

import Config
import TOMLFormat
import Testing

struct DatasetDefaultsTests {
  private static func defaults(_ text: String) throws -> DatasetDefaults {
    try DatasetDefaults(
      decoding: TOMLTable(parsing: Array(text.utf8)), at: .start, file: "p")
  }

  private static let plugin = """
    evaluator = "free_response"
    mode = "cot"
    decide = "math_equal"
    metrics = ["token_f1"]
    metric_options = { math_equal = { source = "answer" }, token_f1 = { x = 1 } }
    shots = 4
    shots_split = "train"
    prompt_style = "chat"
    options = { template = "<Q>", instruction = "i" }
    """

  @Test func `an empty configuration takes all, and what it says goes first`() throws {
    let plugin = try Self.defaults(Self.plugin)
    #expect(DatasetDefaults().filled(from: plugin) == plugin)
    let own = try Self.defaults("shots = 0\noptions = { template = \"mine <Q>\" }")
    let filled = own.filled(from: plugin)
    #expect(filled.shots == 0 && filled.mode == "cot" && filled.promptStyle == .chat)
    #expect(filled.options["template"]?.content == .string("mine <Q>"))
    #expect(filled.options["instruction"]?.content == .string("i"))
  }

  @Test func `mode, rule, style and options of another evaluator are left out`() throws {
    let plugin = try Self.defaults(Self.plugin)
    let filled = try Self.defaults("evaluator = \"own\"").filled(from: plugin)
    #expect(filled.mode == nil && filled.decide == nil && filled.promptStyle == nil)
    #expect(filled.options.isEmpty && filled.shots == 4 && filled.metrics == ["token_f1"])
    #expect(filled.metricOptions.entries.map(\.key) == ["token_f1"])
  }

  @Test func `options of a metric that the configuration replaces say nothing`() throws {
    let plugin = try Self.defaults(Self.plugin)
    let filled = try Self.defaults("decide = \"numeric\"\nmetrics = []").filled(from: plugin)
    #expect(filled.metricOptions.isEmpty && filled.decide == "numeric")
  }
}
