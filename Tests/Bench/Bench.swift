// The benchmark behind `make bench`: makes its data, runs the built evalhost on it, and prints what
// it reached beside what it should reach. It measures and judges nothing: status 1 means that a run
// failed, never that it was slow.
internal import Glibc
internal import Posix

/// The program.
@main
enum Bench {
  static func main() {
    do {
      let options = try BenchOptions(Array(CommandLine.arguments.dropFirst()))
      var report = Report()
      try measure(options, into: &report)
      print(report.text)
      if let path = options.markdown { try report.writeMarkdown(into: path) }
    } catch let failure as BenchFailure {
      say(failure.description)
      exit(failure.isUsage ? 2 : 1)
    } catch {
      say("\(error)")
      exit(1)
    }
  }

  /// The short measures come first, so that a mistake is seen before the long ones.
  private static func measure(_ options: BenchOptions, into report: inout Report) throws {
    try Files.makeFolder(options.folder)
    say("plugins list, \(PluginsListBench.runs) times")
    report.measures += try PluginsListBench.run(options)
    say("first committed sample, \(FirstCommitBench.runs) times")
    report.measures += try FirstCommitBench.run(options)
    var peaks: [(samples: Int, bytes: Double)] = []
    for (index, samples) in options.samples.enumerated() {
      let isLast = index == options.samples.count - 1
      let result = try EndToEndBench.run(options, samples: samples, withResume: isLast)
      report.measures += result.measures
      peaks.append((samples, result.peakBytes))
    }
    if let small = peaks.first, let large = peaks.last, small.samples < large.samples {
      report.measures.append(
        Measure(
          "peak memory, \(grouped(large.samples)) to \(grouped(small.samples)) samples",
          large.bytes / small.bytes, .ratio, Goals.memoryGrowth))
    }
  }
}

/// Says on stderr what is being done.
func say(_ text: String) {
  let line = Array("evalhost-bench: \(text)\n".utf8)
  // Nobody to tell if it fails.
  _ = write(STDERR_FILENO, line, line.count)
}

/// A benchmark that cannot be run.
struct BenchFailure: Error, CustomStringConvertible {
  var description: String
  /// The command line was wrong.
  var isUsage = false

  init(_ description: String, isUsage: Bool = false) {
    self.description = description
    self.isUsage = isUsage
  }
}
