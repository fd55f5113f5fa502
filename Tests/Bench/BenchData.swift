// The data of the benchmark: a split of arithmetic word problems, the completions that a model is said
// to have given for them, and a configuration that evaluates these. A function of the sample's index
// alone, so that every machine and every size measures the same rows.
internal import Glibc
internal import Posix

/// A split with its recorded completions.
struct BenchData {
  /// Goes up when rows change, so that old files are not taken for new ones.
  private static let version = 1
  private static let split = "test"

  let samples: Int
  private let folder: String

  private var benchmark: String { "arithmetic_\(samples)" }
  private var dataRoot: String { "\(folder)/data-v\(Self.version)" }
  private var splitFile: String { "\(dataRoot)/\(benchmark)/\(Self.split).jsonl" }
  private var completionsFile: String { "\(dataRoot)/\(benchmark)/completions.jsonl" }

  /// Finds the data of that size, or makes it.
  init(samples: Int, in folder: String) throws {
    self.samples = samples
    self.folder = folder
    try Files.makeFolder("\(dataRoot)/\(benchmark)")
    try make(splitFile) { $0.row }
    let (name, split) = (benchmark, Self.split)
    try make(completionsFile) { $0.completion(benchmark: name, split: split) }
  }

  /// Writes a configuration whose run leaves its results in `artifacts`.
  ///
  /// The cache stays between runs, as it does for a user: the first of ten starts is a cold one.
  func writeConfiguration(to path: String, artifacts: String) throws {
    let text = """
      [run]
      id = "bench"
      [paths]
      data_root = '\(dataRoot)'
      cache_root = '\(dataRoot)/../cache'
      artifact_root = '\(artifacts)'
      [[models]]
      name = "recorded"
      backend = "replay"
      [models.options]
      source = '\(completionsFile)'
      [[datasets]]
      name = "\(benchmark)"
      split = "\(Self.split)"
      evaluator = "free_response"
      mode = "cot"

      """
    try Files.replace(path, with: Array(text.utf8))
  }

  /// Writes one line a sample unless the file is there; it gets its name when it is whole.
  private func make(_ path: String, line: (WordProblem) -> String) throws {
    if Files.exists(path) { return }
    say("making \(path)")
    let draft = path + ".draft"
    let file = try Descriptor.writing(draft, appending: false)
    var bytes: [UInt8] = []
    for sample in 0..<samples {
      bytes += line(WordProblem(sample)).utf8
      bytes.append(UInt8(ascii: "\n"))
      if bytes.count >= 1 << 16 || sample == samples - 1 {
        try file.write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    guard rename(draft, path) == 0 else { throw BenchFailure("cannot rename \(draft)") }
  }
}

/// One problem, its solution and the model's answer.
private struct WordProblem {
  private static let owners = ["Ms. Lindgren", "Mr. Okafor", "Mrs. Tanaka", "Mr. Delacroix"]
  private static let goods = ["apples", "lemons", "candles", "notebooks", "teacups"]

  private let sample: Int
  private let owner: String
  private let good: String
  private let crates: Int
  private let each: Int
  private let loose: Int
  private let sold: Int
  private let isAnsweredWrong: Bool

  private var packed: Int { crates * each }
  private var answer: Int { packed + loose - sold }

  init(_ sample: Int) {
    self.sample = sample
    var state = UInt64(sample)
    // SplitMix64: neighbouring indexes give unrelated numbers.
    func next(below limit: Int) -> Int {
      state &+= 0x9e37_79b9_7f4a_7c15
      var word = state
      word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
      word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
      return Int((word ^ word >> 31) % UInt64(limit))
    }
    owner = Self.owners[next(below: Self.owners.count)]
    good = Self.goods[next(below: Self.goods.count)]
    crates = 2 + next(below: 60)
    each = 3 + next(below: 90)
    loose = next(below: 500)
    sold = next(below: crates * each)
    isAnsweredWrong = next(below: 10) == 0
  }

  private var question: String {
    "In the morning \(owner) packs \(crates) crates with \(each) \(good) in each crate, and "
      + "another \(loose) \(good) stay loose on the table beside the door. During the day "
      + "\(sold) of all these \(good) are sold at the market, and none is added. "
      + "How many \(good) are left in the evening?"
  }

  /// The row of the prepared split.
  var row: String {
    #"{"id":\#(sample),"question":"\#(question)","answer":"\#(answer)"}"#
  }

  /// The line of the completions export; its texts hold nothing that JSON escapes but what is
  /// escaped here already.
  func completion(benchmark: String, split: String) -> String {
    let given = isAnsweredWrong ? answer + 1 : answer
    let thought =
      #">\n\#(crates) crates with \#(each) \#(good) in each crate are \#(crates) * \#(each) = "#
      + #"\#(packed) \#(good).\nTogether with the loose ones there are \#(packed) + \#(loose) = "#
      + #"\#(packed + loose) \#(good) in the morning.\nOf these \#(sold) are sold, so "#
      + #"\#(packed + loose) - \#(sold) = \#(given) \#(good) are left.\n</think>"#
    return #"{"benchmark_name":"\#(benchmark)","dataset_split":"\#(split)","#
      + #""sample_index":\#(sample),"repeat_index":0,"#
      + #""sampling_config":{"stage1":{"temperature":0.3},"stage2":{"temperature":0.0}},"#
      + #""prompt1":"User: \#(question)\n\nAssistant: <think","completion1":"\#(thought)","#
      + #""stop_reason1":"stop_token","#
      + #""prompt2":"\nTherefore, the answer is \\(\\boxed{","completion2":"\#(given)}\\)","#
      + #""stop_reason2":"stop_token"}"#
  }
}
