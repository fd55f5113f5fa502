// The measures, each in an artifact folder of its own.
internal import Posix

/// The long runs.
enum EndToEndBench {
  /// Runs that many samples; `withResume` runs the finished run once more.
  static func run(
    _ options: BenchOptions, samples: Int, withResume: Bool
  ) throws -> (measures: [Measure], peakBytes: Double) {
    let bench = try RunBench(options, BenchData(samples: samples, in: options.folder))
    say("running \(grouped(samples)) samples")
    let result = try bench.run(watchingTree: true)
    try bench.check()
    let title = "\(grouped(samples)) samples"
    let count = Double(samples)
    var measures = [
      Measure(
        "\(title): start to exit", count / result.wall, .rate, Goals.rate,
        note: decimal(result.wall, 2) + " s")
    ]
    let rest = samples - result.firstCount
    if rest > 0, let first = result.firstCommit, let last = result.lastCommit, last > first {
      measures.append(
        Measure(
          "\(title): first to last commit", Double(rest) / (last - first), .rate, Goals.commitRate,
          note: decimal(last - first, 2) + " s"))
    }
    measures += [
      Measure(
        "\(title): CPU of all processes", result.seconds / count * 1e6, .microseconds,
        Goals.cpu, note: "\(decimal(result.seconds, 2)) s: " + seconds(result)),
      Measure(
        "\(title): peak memory, sum of Pss", Double(result.tree.peakProportional), .mebibytes,
        Goals.memory, note: memory(result.tree)),
      Measure(
        "\(title): peak memory, sum of VmHWM", Double(result.tree.peakResident), .mebibytes, nil,
        note: "upper bound"),
      Measure(
        "\(title): database", Double(result.databaseBytes) / count, .bytesPerSample,
        Goals.database, note: "\(result.databaseBytes >> 20) MiB"),
    ]
    if withResume {
      say("resuming it")
      let again = try bench.run(watchingTree: false)
      measures.append(
        Measure("\(title): resume of the finished run", again.wall, .seconds, Goals.resume))
    }
    bench.clear()
    return (measures, Double(result.tree.peakProportional))
  }

  private static func seconds(_ result: RunBench.Result) -> String {
    let byRole = result.tree.seconds
    let unseen = result.seconds - byRole.values.reduce(0, +)
    var words = byRole.sorted { $0.value > $1.value }.map { "\($0.key) \(decimal($0.value, 2))" }
    // Below two ticks a process it is rounding.
    if unseen > 0.1 { words.append("after the last look \(decimal(unseen, 2))") }
    return words.joined(separator: ", ")
  }

  private static func memory(_ tree: ProcessTree) -> String {
    tree.proportionalByRole.sorted { $0.value > $1.value }
      .map { "\($0.key) \(decimal(Double($0.value) / 1_048_576, 1))" }.joined(separator: ", ")
  }
}

/// From the start of `evalhost run` to the first committed sample.
enum FirstCommitBench {
  static let runs = 10
  /// As many as the test split of GSM8K has.
  private static let samples = 1319

  static func run(_ options: BenchOptions) throws -> [Measure] {
    let data = try BenchData(samples: samples, in: options.folder)
    var times: [Double] = []
    var walls: [Double] = []
    for _ in 0..<runs {
      let bench = try RunBench(options, data)
      let result = try bench.run(watchingTree: false)
      try bench.check()
      bench.clear()
      walls.append(result.wall)
      // A run that ends within one look committed at the latest when it ended.
      times.append(result.firstCommit ?? result.wall)
    }
    return [
      Measure(
        "\(grouped(samples)) samples: first committed, median of \(runs)",
        median(times) * 1000, .milliseconds, Goals.firstCommit,
        note: "best \(decimal((times.min() ?? 0) * 1000, 1)) ms"),
      Measure(
        "\(grouped(samples)) samples: start to exit, median of \(runs)", median(walls) * 1000,
        .milliseconds, nil, note: "best \(decimal((walls.min() ?? 0) * 1000, 1)) ms"),
    ]
  }
}

/// `evalhost plugins list`.
enum PluginsListBench {
  static let runs = 20
  /// Milliseconds after which a program that cannot get rid of its output has done all else.
  private static let settled: Int32 = 500

  static func run(_ options: BenchOptions) throws -> [Measure] {
    var times: [Double] = []
    for _ in 0..<runs {
      let child = try start(options)
      while !(try child.waitForEnd(milliseconds: nil)) {}
      times.append(Double(Clock.monotonic() - child.started) / 1e6)
      try child.collect()
    }
    return [
      Measure(
        "plugins list, median of \(runs)", median(times), .milliseconds, Goals.pluginsList,
        note: "best \(decimal(times.min() ?? 0, 1)) ms"),
      Measure(
        "plugins list: peak resident memory", try peakResident(options), .mebibytes,
        Goals.pluginsListMemory),
    ]
  }

  /// The peak resident set when all is done but the output, which meets a full pipe.
  ///
  /// Not from wait4: what that returns is never less than the peak of the process that started the
  /// program, as the program begins in that one's memory.
  private static func peakResident(_ options: BenchOptions) throws -> Double {
    let pipe = try FullPipe()
    let child = try start(options, output: pipe.writing)
    if try child.waitForEnd(milliseconds: settled) {
      try child.collect()
      throw BenchFailure("plugins list printed nothing; it should name the plugins")
    }
    let peak = ProcFile.kibibytes("VmHWM:", in: ProcFile.text("/proc/\(child.pid)/status"))
    pipe.empty()
    while !(try child.waitForEnd(milliseconds: 1)) { pipe.empty() }
    try child.collect()
    return Double((peak ?? 0) * 1024)
  }

  private static func start(_ options: BenchOptions, output: Descriptor? = nil) throws -> Child {
    try Child(
      options.evalhost, ["plugins", "list", "--plugins", options.plugins],
      log: "\(options.folder)/plugins-list.txt", output: output)
  }
}

/// The middle value, or the mean of the two in the middle.
private func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard let last = sorted.indices.last else { return .nan }
  return (sorted[last / 2] + sorted[(last + 1) / 2]) / 2
}
