// Progress on stderr: a bar for each task on a terminal, plain lines elsewhere, JSON lines on request.
internal import CPosix
internal import DatasetService
internal import JSONFormat
internal import Observe
internal import Posix

/// Draws what the observer knows.
final class ProgressView {
  private enum Style {
    case bar
    case plain
    case json
    case none
  }

  private let style: Style
  private let output = Descriptor(duplicating: 2)
  private var drawnLines = 0
  private var lastPlain: UInt64 = 0

  init(_ mode: ProgressMode) {
    switch mode {
    case .auto: style = evh_terminal_columns(2) > 0 ? .bar : .plain
    case .plain: style = .plain
    case .json: style = .json
    case .none: style = .none
    }
  }

  /// Shows the present state; plain and JSON lines come every few seconds and at the end.
  func show(_ observer: Observer, now: UInt64, isLast: Bool) {
    switch style {
    case .none: return
    case .bar: draw(observer, isLast: isLast)
    case .plain, .json:
      guard isLast || now - lastPlain > 5_000_000_000 else { return }
      lastPlain = now
      for (_, task) in observer.tasks.sorted(by: { $0.key < $1.key }) {
        write(style == .json ? json(task, observer) : line(task, observer))
      }
    }
  }

  /// A message above the bars.
  func message(_ text: String) {
    clear()
    write(text + "\n")
  }

  /// What happens while a dataset is prepared, where progress is shown at all.
  func report(_ report: DatasetReport) {
    guard style != .none else { return }
    switch report {
    case .line(let text): message("evalhost: \(text)")
    case .passing(let text):
      guard style == .bar else { return }
      clear()
      write(text + "\n")
      drawnLines = 1
    }
  }

  /// How far the hashing of a file has come, in bytes, where progress is shown at all.
  func hashing(_ path: String, done: Int, total: Int) {
    switch style {
    case .none: return
    case .json:
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("event")
      writer.string("hashing")
      writer.key("path")
      writer.string(path)
      writer.key("done")
      writer.integer(done)
      writer.key("total")
      writer.integer(total)
      writer.endObject()
      writer.endLine()
      write(String(decoding: writer.bytes, as: UTF8.self))
    case .bar, .plain:
      let share = Self.percent(Double(done) / Double(max(1, total)))
      message(
        "evalhost: hashing the weights \(path), once: \(done >> 20) of \(total >> 20) MiB (\(share))"
      )
    }
  }

  private func draw(_ observer: Observer, isLast: Bool) {
    clear()
    let columns = max(40, Int(evh_terminal_columns(2)))
    let open = observer.tasks.sorted { $0.key < $1.key }
    // More tasks than a screen holds: the ones that move.
    let shown = open.count <= 12 ? open : open.filter { $0.value.done < $0.value.total }.suffix(12)
    for (_, task) in shown {
      let text = line(task, observer, bar: 20)
      write(String(text.dropLast().prefix(columns - 1)) + "\n")
      drawnLines += 1
    }
    if isLast { drawnLines = 0 }
  }

  private func clear() {
    guard drawnLines > 0 else { return }
    write("\u{1b}[\(drawnLines)A\u{1b}[J")
    drawnLines = 0
  }

  private func line(_ task: TaskProgress, _ observer: Observer, bar width: Int = 0) -> String {
    var text = task.label + "  "
    if width > 0, task.total > 0 {
      let full = task.done * width / task.total
      text += "[" + String(repeating: "#", count: full)
      text += String(repeating: ".", count: width - full) + "] "
    }
    text += "\(task.done)/\(task.total)"
    if task.done < task.total {
      text += "  \(Self.short(observer.rate))/s"
      if let left = observer.secondsLeft { text += "  ETA \(Self.duration(left))" }
    }
    if task.judged > 0 {
      let share = Double(task.passed) / Double(task.judged)
      text += "  accuracy \(Self.percent(share))"
    }
    if task.errors > 0 { text += "  errors \(task.errors)" }
    return text + "\n"
  }

  private func json(_ task: TaskProgress, _ observer: Observer) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("event")
    writer.string("progress")
    writer.key("task")
    writer.string(task.label)
    writer.key("done")
    writer.integer(task.done)
    writer.key("total")
    writer.integer(task.total)
    writer.key("passed")
    writer.integer(task.passed)
    writer.key("judged")
    writer.integer(task.judged)
    writer.key("errors")
    writer.integer(task.errors)
    writer.key("rate")
    // The rate is a finite number by its construction; without one the line goes without it.
    try? writer.double(observer.rate)
    writer.endObject()
    writer.endLine()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func write(_ text: String) {
    // A terminal that is gone must not end the run.
    try? output?.write(Array(text.utf8))
  }

  private static func short(_ rate: Double) -> String {
    rate >= 100 ? String(Int(rate)) : String(Double(Int(rate * 10)) / 10)
  }

  private static func percent(_ share: Double) -> String {
    let thousandths = Int((share * 1000).rounded())
    return "\(thousandths / 10).\(thousandths % 10) %"
  }

  private static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole >= 3600 { return "\(whole / 3600)h\(whole % 3600 / 60)m" }
    return whole >= 60 ? "\(whole / 60)m\(whole % 60)s" : "\(whole)s"
  }
}
