// `evalhost datasets prepare`: splits made ready without a run.
internal import Arguments
internal import Config
internal import DatasetService
internal import Datasets
internal import Declarations
internal import Model
internal import PluginHost
internal import Prepare

/// Prepares splits.
enum DatasetsPrepare {
  static func run(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let catalog = try pluginCatalog(try command.required("plugins"))
    let reach = try DatasetReach(command)
    let badRows = try count("max-bad-rows", command)
    let cacheRoot = try command.required("cache")
    let progress = PassingLines(console)
    let service = DatasetService(
      catalog: catalog,
      context: DatasetPrepareContext(
        dataRoot: try command.required("data"), cacheRoot: cacheRoot,
        artifactRoot: nil, hostVersion: hostVersion),
      access: reach.access, report: { progress.show($0) })
    let wanted: [NamedSplit]
    switch (command.operand, command.has("all")) {
    case (let name?, false): wanted = try NamedSplit.named(name, in: catalog)
    case (nil, true): wanted = NamedSplit.all(in: catalog)
    default:
      throw UsageError(command.name, "name a split or a benchmark, or give --all, not both")
    }
    var failed = 0
    for split in wanted {
      do throws(DatasetError) {
        let notes = try prepare(split, service, command, cacheRoot: cacheRoot, badRows: badRows)
        for note in notes { console.say(printable(note)) }
      } catch {
        progress.end()
        failed += 1
        console.say(printable(error.description))
        continue
      }
      try console.write("\(service.path(split.benchmark, split.split))\n")
    }
    progress.end()
    guard failed > 0 else { return .done }
    if wanted.count > 1 { console.say("\(failed) of \(wanted.count) splits could not be prepared") }
    return .failed
  }

  /// Prepares one split and opens it; returns what is to be said of it.
  private static func prepare(
    _ split: NamedSplit, _ service: DatasetService, _ command: ParsedCommand, cacheRoot: String,
    badRows: Int
  ) throws(DatasetError) -> [String] {
    let made = try service.ensure(
      split.benchmark, split.split, prepare: command.has("force") ? .force : .auto,
      maxBadRows: badRows)
    // A file that was there is only as good as its manifest says.
    let opened = try PreparedSplit.open(
      path: service.path(split.benchmark, split.split), benchmark: split.benchmark,
      split: split.split, cacheRoot: cacheRoot)
    let left = ManifestFile.badRowCount(opened.manifest)
    guard left <= badRows else {
      throw DatasetError(
        "dataset \(split.slug): it is there with \(left) bad rows left out, \(badRows) allowed; give "
          + "--max-bad-rows \(left), or --force once the source is mended")
    }
    let known =
      made == nil ? ["dataset \(split.slug): \(opened.manifest.rowCount) rows are there"] : []
    return known + ManifestFile.notes(opened.manifest)
  }

  private static func count(_ option: String, _ command: ParsedCommand) throws -> Int {
    guard let text = command.value(option) else { return 0 }
    guard let count = Int(text), count >= 0 else {
      throw UsageError(
        command.name, "--\(option) '\(printable(text))' is not 0 or a whole number above")
    }
    return count
  }
}

/// A split that a plugin offers.
struct NamedSplit: Equatable {
  var benchmark: String
  var split: String
  var slug: String { "\(benchmark)_\(split)" }

  /// Every split of every plugin.
  static func all(in catalog: PluginCatalog) -> [NamedSplit] {
    catalog.entries.flatMap { entry in
      (entry.manifest.dataset?.splits ?? []).map {
        NamedSplit(benchmark: entry.manifest.dataset?.benchmark ?? "", split: $0.split)
      }
    }
  }

  /// The splits that a slug or a benchmark means.
  static func named(_ name: String, in catalog: PluginCatalog) throws -> [NamedSplit] {
    let all = all(in: catalog)
    let slug = DatasetSlug.canonical(name)
    for meant in [name, slug] {
      let exact = all.filter { $0.slug == meant }
      if !exact.isEmpty { return exact }
      let ofBenchmark = all.filter { $0.benchmark == meant }
      if !ofBenchmark.isEmpty { return ofBenchmark }
    }
    if let problem = catalog.problems.first(where: { $0.place.contains("/\(name)/") }) {
      throw problem
    }
    let hint =
      nearestName(to: slug, in: all.map(\.slug)).map { "; did you mean '\($0)'?" }
      ?? "; `evalhost datasets list --plugins DIR --data DIR` lists them"
    throw CommandFailure(
      .usage, "no plugin in \(catalog.folder) offers a split '\(printable(name))'\(hint)")
  }
}

/// Lines on stderr of which some replace each other on a terminal.
final class PassingLines {
  private let console: Console
  private var isOpen = false

  init(_ console: Console) { self.console = console }

  func show(_ report: DatasetReport) {
    switch report {
    case .line(let text):
      end()
      console.say(printable(text))
    case .passing(let text):
      guard console.drawsMessages else { return }
      writeToStandardError("\r\u{1b}[K\(printable(text))")
      isOpen = true
    }
  }

  /// Ends a line that was left open.
  func end() {
    if isOpen { writeToStandardError("\r\u{1b}[K") }
    isOpen = false
  }
}
