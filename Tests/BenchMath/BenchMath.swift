// How long math_equal takes for pairs of a reference and an answer, and how many verdicts are as expected.
//
//   evalhost-bench-math PAIRS.jsonl
//
// The rows have `gold`, `prediction` and `expected_equal`; rows without an expectation are compared and not counted.
// It judges nothing itself: the figures are printed.
internal import Glibc
internal import JSONFormat
internal import MathEqualCore

@main
enum BenchMath {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard let path = arguments.first, arguments.count == 1, let pairs = pairs(path) else {
      print("usage: evalhost-bench-math PAIRS.jsonl")
      exit(1)
    }
    let loaded = peakMegabytes
    let first = measure(pairs)
    var best = first.seconds
    for _ in 0..<4 { best = min(best, measure(pairs).seconds) }
    print("\(pairs.count) pairs: \(first.agreeing) of \(first.expected) verdicts as expected")
    print(
      "CPU time: \(milli(first.seconds)) at first, \(milli(best)) afterwards; "
        + "\(micro(first.seconds / Double(pairs.count))) each, at most \(micro(first.longest))")
    print("peak memory: \(peakMegabytes) MB, of which \(loaded) MB when the pairs were read")
  }

  private struct BenchPair {
    let gold: String
    let prediction: String
    let expected: Bool?
  }

  private struct Figures {
    var seconds = 0.0
    var longest = 0.0
    var expected = 0
    var agreeing = 0
  }

  private static func measure(_ pairs: [BenchPair]) -> Figures {
    var figures = Figures()
    for pair in pairs {
      let start = seconds
      let outcome = MathComparison(gold: pair.gold, prediction: pair.prediction).outcome
      let time = seconds - start
      figures.seconds += time
      figures.longest = max(figures.longest, time)
      guard let expected = pair.expected else { continue }
      figures.expected += 1
      if (outcome == .equal) == expected { figures.agreeing += 1 }
    }
    return figures
  }

  private static func pairs(_ path: String) -> [BenchPair]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard let row = try? JSONValue.parse(Array(line)), let gold = text(row["gold"]) else {
        return nil
      }
      return BenchPair(
        gold: gold, prediction: text(row["prediction"]) ?? "", expected: row["expected_equal"]?.bool
      )
    }
  }

  private static func text(_ value: JSONValue?) -> String? {
    value?.string ?? value?.integer.map { "\($0)" } ?? value?.double.map { "\($0)" }
  }

  /// CPU seconds of this process so far.
  private static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static var peakMegabytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int(usage.ru_maxrss) / 1024
  }

  private static func micro(_ seconds: Double) -> String { "\(Int(seconds * 1e6 + 0.5)) us" }
  private static func milli(_ seconds: Double) -> String {
    let tenths = Int(seconds * 1e4 + 0.5)
    return "\(tenths / 10).\(tenths % 10) ms"
  }
}
