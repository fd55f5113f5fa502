// Everything of one test of the whole program: data, recordings, plugins, a configuration, a store.

package import Foundation

/// A temporary folder with all that a run needs, and the commands to run it.
package final class Workspace {
  /// The folder of it all; removed at the end.
  package let folder: TemporaryFolder
  /// The plugins.
  package let plugins: PluginFolder
  /// The configuration; written anew before each command that reads it.
  package var config: ConfigText

  /// Makes a workspace without data; `plugins` names those of the repository to have.
  package init(
    _ name: String = "run", plugins: [String] = PluginFolder.firstParty
  ) throws {
    folder = try TemporaryFolder(name)
    self.plugins = try PluginFolder(at: folder.file("plugins"), plugins)
    config = ConfigText(folder: folder.path, models: [], datasets: [])
  }

  /// Makes a workspace with the benchmark `sums`, `count` additions, and a model that answers them.
  package static func sums(
    _ count: Int, options: [String] = [], wrong: (Int, Int) -> Bool = { _, _ in false }
  ) throws -> Workspace {
    let space = try Workspace("sums")
    try space.addDataset("sums_test", rows: Samples.arithmetic(count))
    try space.addModel(
      "adder", options: options, [("sums", Samples.answers(count, wrong: wrong))])
    return space
  }

  /// The configuration file.
  package var configFile: URL { folder.file("config.toml") }
  /// The artifact folder.
  package var artifacts: String { config.artifactRoot }
  /// The store.
  package var store: String { "\(config.artifactRoot)/evalhost.db" }

  // MARK: Filling it

  /// Writes the rows of a split and adds it to the configuration.
  package func addDataset(
    _ slug: String, rows: [[String: any Sendable]], evaluator: String = "free_response",
    mode: String? = "direct", lines: [String] = [], options: [String] = []
  ) throws {
    try writeSplit(slug, Samples.lines(rows))
    config.datasets.append(
      ConfigText.Dataset(
        slug, evaluator: evaluator, mode: mode, lines: lines, options: options))
  }

  /// Writes the text of a prepared split; `slug` is benchmark, underscore, split.
  package func writeSplit(_ slug: String, _ text: String) throws {
    let cut = slug.lastIndex(of: "_") ?? slug.endIndex
    let split = slug[cut...].dropFirst()
    try folder.write(text, to: "data/\(slug[..<cut])/\(split).jsonl")
  }

  /// Writes what a model said in each benchmark, and adds it to the configuration.
  package func addModel(
    _ name: String, options: [String] = [], _ recordings: [(benchmark: String, [RecordedTry])]
  ) throws {
    let text = try recordings.map { try Samples.recording($0.1, benchmark: $0.benchmark) }
    let file = try folder.write(text.joined(), to: "recordings/\(name).jsonl")
    config.models.append(ConfigText.Model(name, source: file.path, options: options))
  }

  // MARK: Commands

  /// Runs the configuration to its end.
  package func run(_ more: [String] = [], timeout: Double = 60) throws -> RunResult {
    try Evalhost.run(runArguments(more), timeout: timeout)
  }

  /// Starts the configuration and returns at once.
  package func start(_ more: [String] = []) throws -> StartedProgram {
    try Evalhost.start(runArguments(more))
  }

  /// An export of the run, byte for byte.
  package func export(_ what: String, format: String = "jsonl") throws -> RunResult {
    try Evalhost.run([
      "export", "--artifacts", artifacts, "--run", config.run, "--what", what, "--format", format,
    ])
  }

  /// The objects of a JSON Lines export; throws when a line is not one.
  package func exported(_ what: String) throws -> [[String: Any]] {
    try export(what).rawOutput.split(separator: UInt8(ascii: "\n")).compactMap {
      try JSONSerialization.jsonObject(with: $0) as? [String: Any]
    }
  }

  /// Rows of a question to the store, columns separated by `|`, by the sqlite3 program.
  ///
  /// Empty as long as there is no store, or no such table in it.
  package func query(_ sql: String) throws -> [String] {
    let result = try Program.run(
      "/usr/bin/env", ["sqlite3", "-readonly", "-cmd", ".timeout 5000", store, sql])
    return result.stdout.split(separator: "\n").map(String.init)
  }

  /// The first column of the first row as a number; 0 when there is none.
  package func count(_ sql: String) throws -> Int { try query(sql).first.flatMap { Int($0) } ?? 0 }

  private func runArguments(_ more: [String]) throws -> [String] {
    try Data(config.text.utf8).write(to: configFile)
    return [
      "run", "--plugins", plugins.path, "--config", configFile.path, "--progress", "none",
    ] + more
  }
}
