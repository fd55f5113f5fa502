// How long the plugin instruction_following takes for the responses of one IFEval run, and with how much memory.
//
//   evalhost-bench-instructions PROMPTS.jsonl RESPONSES.jsonl[.gz] [PYTHON FOLDER]
//   evalhost-bench-instructions --hostile
//
// The rows of RESPONSES have `key` and `response`. PYTHON is an interpreter with nltk and langdetect, FOLDER
// holds the official package `instruction_following_eval`, or `lm_eval` with its copy of it; both are only run
// and measured. It judges nothing itself: the figures are printed.
internal import Glibc
internal import InstructionFollowingCore
internal import JSONFormat

@main
enum BenchInstructions {
  static func main() {
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      if arguments == ["--hostile"] {
        try HostileBench.measure()
      } else if arguments.count == 2 || arguments.count == 4 {
        try measure(arguments)
      } else {
        throw BenchFailure(
          "usage: evalhost-bench-instructions PROMPTS RESPONSES [PYTHON FOLDER] | --hostile")
      }
    } catch {
      print("evalhost-bench-instructions: \(error)")
      exit(1)
    }
  }

  private static func measure(_ arguments: [String]) throws {
    let before = Usage.peakMegabytes
    let tries = try BenchTries(prompts: arguments[0], responses: arguments[1])
    let loaded = Usage.peakMegabytes
    // The first round finds nothing in memory; the best of the others is what a long run sees.
    let resources = InstructionResources()
    let first = try tries.judge(resources)
    var best = first.seconds
    for _ in 0..<5 { best = min(best, try tries.judge(resources).seconds) }
    let count = Double(tries.count)
    print(
      "\(tries.count) responses, \(first.instructions) instructions: \(first.strict) followed strictly, "
        + "\(first.loose) loosely")
    print(
      "CPU time: \(milli(first.seconds)) at first, \(milli(best)) afterwards; "
        + "\(micro(first.seconds / count)) and \(micro(best / count)) each")
    print(
      "peak memory: \(Usage.peakMegabytes) MB, of which \(loaded) MB when the texts were read, "
        + "\(before) MB at the start")
    guard arguments.count == 4 else { return }
    let official = try OfficialChecker.seconds(arguments)
    print(
      "official Python code: \(milli(official)), \(micro(official / count)) each; "
        + "\(Int(official / first.seconds)) times as long as ours at first, "
        + "\(Int(official / best)) times as long as afterwards")
  }

  private static func micro(_ seconds: Double) -> String { "\(Int(seconds * 1e6)) us" }
  private static func milli(_ seconds: Double) -> String {
    let hundredths = Int(seconds * 1e5 + 0.5)
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) ms"
  }
}

/// Why nothing was measured.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// The responses of a run with the instructions they answer.
struct BenchTries {
  private var tries: [(task: JSONValue, text: String)] = []

  var count: Int { tries.count }

  init(prompts: String, responses: String) throws {
    var rows: [Int64: JSONValue] = [:]
    for row in try Lines.read(prompts) { rows[row["key"]?.integer ?? -1] = row }
    for response in try Lines.read(responses) {
      guard let row = rows[response["key"]?.integer ?? -1] else { continue }
      tries.append((row, response["response"]?.string ?? ""))
    }
    if tries.isEmpty { throw BenchFailure("no response answers a row of \(prompts)") }
  }

  /// CPU seconds of making the instructions of every row and judging its response, and what came of it.
  func judge(
    _ resources: InstructionResources
  ) throws -> (seconds: Double, instructions: Int, strict: Int, loose: Int) {
    let start = Usage.seconds
    var sums = (instructions: 0, strict: 0, loose: 0)
    for (row, text) in tries {
      let task = try InstructionTask(row: row, registry: .ifeval, resources: resources)
      for judgement in task.judge(ResponseText(text)) {
        sums.instructions += 1
        sums.strict += judgement.followsStrictly ? 1 : 0
        sums.loose += judgement.followsLoosely ? 1 : 0
      }
    }
    return (Usage.seconds - start, sums.instructions, sums.strict, sums.loose)
  }
}

/// CPU time and memory of this process.
enum Usage {
  /// Seconds of CPU time so far, user and system.
  static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The largest resident set so far, in MB of 10^6 bytes.
  static var peakMegabytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024 / 1_000_000
  }
}
