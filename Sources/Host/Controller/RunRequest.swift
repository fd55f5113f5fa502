// What the command line asks of the controller.
package import DatasetService

/// How progress is shown.
package enum ProgressMode: String, Sendable, CaseIterable {
  /// A bar on a terminal, plain lines elsewhere.
  case auto
  case plain
  case json
  case none
}

/// `evalhost run`.
package struct RunRequest: Sendable {
  package var pluginsFolder: String
  package var configFile: String
  /// `K=V` of each `--set`.
  package var overrides: [String]
  package var isDryRun: Bool
  package var progress: ProgressMode
  /// Takes the place of `paths.artifact_root`.
  package var artifactRoot: String?
  package var hostVersion: String
  /// How devices are found.
  package var machine: MachineAccess
  /// How the sources of datasets are reached.
  package var datasets: DatasetAccess

  /// Describes one run.
  package init(
    pluginsFolder: String, configFile: String, overrides: [String], isDryRun: Bool,
    progress: ProgressMode, artifactRoot: String?, hostVersion: String, machine: MachineAccess,
    datasets: DatasetAccess
  ) {
    self.datasets = datasets
    self.pluginsFolder = pluginsFolder
    self.configFile = configFile
    self.overrides = overrides
    self.isDryRun = isDryRun
    self.progress = progress
    self.artifactRoot = artifactRoot
    self.hostVersion = hostVersion
    self.machine = machine
  }
}

/// `evalhost score`: judge a stored run again.
package struct RejudgeRequest: Sendable {
  package var pluginsFolder: String
  package var runID: String
  package var artifactRoot: String
  package var progress: ProgressMode
  package var hostVersion: String

  /// Describes one judging of a stored run.
  package init(
    pluginsFolder: String, runID: String, artifactRoot: String, progress: ProgressMode,
    hostVersion: String
  ) {
    self.pluginsFolder = pluginsFolder
    self.runID = runID
    self.artifactRoot = artifactRoot
    self.progress = progress
    self.hostVersion = hostVersion
  }
}

/// Exit codes of `run` and `score`, as the contracts page lists them.
enum ExitCode {
  static let done: Int32 = 0
  static let tasksFailed: Int32 = 1
  static let configuration: Int32 = 2
  static let plugin: Int32 = 3
  static let interrupted: Int32 = 4
  static let store: Int32 = 5
}
