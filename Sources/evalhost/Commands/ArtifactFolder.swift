// The artifact folder as the commands read it: the store, and who runs a run.
internal import Arguments
internal import Posix
internal import Store

/// `--artifacts DIR`.
struct ArtifactFolder {
  let root: String

  init(_ root: String) { self.root = root }

  /// The store, opened for reading.
  func store() throws(StoreError) -> Connection { try Connection.reader(path: databasePath) }

  var databasePath: String { "\(root)/evalhost.db" }

  /// The file that the controller of a run keeps locked as long as it lives.
  func lockPath(run: String) -> String { "\(root)/runs/\(run)/lock" }

  /// The process that runs a run, nil when none does.
  func controller(ofRun run: String) -> Int32? { RecordLock.holder(lockPath(run: run)) }

  /// Whether the folder knows the run at all.
  func has(run: String) -> Bool { Files.exists("\(root)/runs/\(run)") }

  /// The ids of the runs that have a folder.
  func runs() -> [String] {
    // No folder of runs is an answer as well: none.
    (try? namesInFolder("\(root)/runs")) ?? []
  }
}

/// `--run ID`, which becomes part of a path.
func runID(_ command: ParsedCommand) throws -> String {
  let id = try command.required("run")
  guard !id.contains("/"), id != ".", id != "..", !id.contains("\0") else {
    throw CommandFailure(.usage, Messages.badRunID(id))
  }
  return id
}
