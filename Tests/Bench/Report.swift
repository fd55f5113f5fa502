// The table: as aligned text for a terminal and as Markdown for a page.
internal import Glibc
internal import Posix

/// What a value counts, and how it is written.
enum Unit {
  case rate, microseconds, milliseconds, seconds, mebibytes, bytesPerSample, ratio

  /// The value with its unit; memory is given in bytes.
  func text(_ value: Double) -> String {
    switch self {
    case .rate: "\(grouped(Int(value))) samples/s"
    case .microseconds: "\(decimal(value, 1)) µs a sample"
    case .milliseconds: "\(decimal(value, 1)) ms"
    case .seconds: "\(decimal(value, 2)) s"
    case .mebibytes: "\(decimal(value / 1_048_576, 1)) MiB"
    case .bytesPerSample: "\(grouped(Int(value))) bytes a sample"
    case .ratio: "\(decimal(value, 2)) times"
    }
  }
}

/// One line of the table.
struct Measure {
  let name: String
  let value: Double
  let unit: Unit
  let goal: Goal?
  /// What the number is made of.
  let note: String

  init(_ name: String, _ value: Double, _ unit: Unit, _ goal: Goal?, note: String = "") {
    self.name = name
    self.value = value
    self.unit = unit
    self.goal = goal
    self.note = note
  }

  /// Name, target, reached, note.
  var columns: [String] {
    let target =
      switch goal {
      case .atLeast(let limit): "≥ " + unit.text(limit)
      case .atMost(let limit): "≤ " + unit.text(limit)
      case nil: "–"
      }
    let isMissed = goal.map { !$0.isMet(by: value) } ?? false
    return [name, target, unit.text(value) + (isMissed ? " (missed)" : ""), note]
  }
}

/// All that was measured.
struct Report {
  private static let begin = "<!-- evalhost-bench: begin -->"
  private static let end = "<!-- evalhost-bench: end -->"
  private static let titles = ["measure", "target", "reached", "of which"]

  var measures: [Measure] = []

  private var rows: [[String]] { [Self.titles] + measures.map(\.columns) }

  /// The table for a terminal.
  var text: String {
    let rows = rows
    let widths = Self.titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      var line = ""
      for (cell, width) in zip(row.dropLast(), widths) {
        line += cell + String(repeating: " ", count: width - cell.count + 2)
      }
      return line + (row.last ?? "")
    }
    return ([Machine.line] + lines).joined(separator: "\n")
  }

  private var markdown: String {
    var lines = rows.map { "| " + $0.joined(separator: " | ") + " |" }
    lines.insert("| --- | --- | --- | --- |", at: 1)
    return ([Self.begin, Machine.line, ""] + lines + [Self.end]).joined(separator: "\n")
  }

  /// Puts the table into a file between its two marks, at the end where there are none.
  func writeMarkdown(into path: String) throws {
    let page = String(decoding: try Files.readIfPresent(path) ?? [], as: UTF8.self)
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var before = lines
    var after: [String] = []
    if let first = lines.firstIndex(of: Self.begin),
      let last = lines[first...].firstIndex(of: Self.end)
    {
      before = Array(lines[..<first])
      after = Array(lines[(last + 1)...])
    } else {
      while before.last == "" { before.removeLast() }
      if !before.isEmpty { before.append("") }
    }
    let text = (before + [markdown] + (after.isEmpty ? [""] : after)).joined(separator: "\n")
    try Files.replace(path, with: Array(text.utf8))
  }
}

/// The machine that was measured on.
enum Machine {
  /// Processors, kernel, memory, and how the benchmark itself was built.
  static var line: String {
    let cpu = (ProcFile.text("/proc/cpuinfo") ?? "").split(separator: "\n")
      .first { $0.hasPrefix("model name") }?.split(separator: ":").last
    let name = (cpu ?? "processor").drop { $0 == " " }
    let release = (ProcFile.text("/proc/sys/kernel/osrelease") ?? "").split(separator: "\n").first
    let memory = ProcFile.kibibytes("MemTotal:", in: ProcFile.text("/proc/meminfo")) ?? 0
    #if DEBUG
    let build = "debug build"
    #else
    let build = "release build"
    #endif
    return "\(processorCount()) x \(name), \((memory + (1 << 19)) >> 20) GiB, "
      + "Linux \(release ?? ""), \(build), \(Clock.timestamp())"
  }
}

/// A number with that many decimals.
func decimal(_ value: Double, _ places: Int) -> String {
  guard value.isFinite else { return "–" }
  let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
  let scaled = Int((abs(value) * Double(scale)).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  if places == 0 { return sign + grouped(scaled) }
  let fraction = String(scaled % scale)
  return sign + grouped(scaled / scale) + "."
    + String(repeating: "0", count: places - fraction.count) + fraction
}

/// A whole number, not negative, in groups of three digits.
func grouped(_ value: Int) -> String {
  var text = ""
  for (index, digit) in String(value).reversed().enumerated() {
    if index > 0, index % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return String(text.reversed())
}
