// One `evalhost run` under watch.
internal import Glibc
internal import Posix

/// A run's configuration and folders.
struct RunBench {
  /// Milliseconds between two looks at the processes.
  private static let treeInterval: UInt64 = 50
  /// Milliseconds between two looks for the first commit.
  private static let commitInterval: Int32 = 2

  private let options: BenchOptions
  private let data: BenchData
  private let folder: String
  private var artifacts: String { "\(folder)/results" }

  /// Makes an empty folder and the configuration of a run in it.
  init(_ options: BenchOptions, _ data: BenchData) throws {
    self.options = options
    self.data = data
    folder = "\(options.folder)/run"
    Self.remove(folder)
    try Files.makeFolder(folder)
    try data.writeConfiguration(to: "\(folder)/run.toml", artifacts: "\(folder)/results")
  }

  /// What was seen of a run; times in seconds from its start.
  struct Result {
    var wall: Double
    var firstCommit: Double?
    /// Verdicts in the first commit that was seen.
    var firstCount: Int
    var lastCommit: Double?
    /// CPU of all processes.
    var seconds: Double
    var tree: ProcessTree
    var databaseBytes: Int
  }

  /// Runs to the end; a second call resumes.
  ///
  /// `watchingTree` false looks for the first commit alone, which costs the run least.
  func run(watchingTree: Bool) throws -> Result {
    let child = try Child(
      options.evalhost,
      [
        "run", "--plugins", options.plugins, "--config", "\(folder)/run.toml", "--progress",
        "none",
      ], log: "\(folder)/log.txt")
    var tree = ProcessTree(root: child.pid)
    let watch = StoreWatch(artifacts: artifacts)
    var nextLook = child.started
    while true {
      watch.look()
      let now = Clock.monotonic()
      if watchingTree, now >= nextLook {
        tree.look()
        nextLook = Clock.monotonic() + Self.treeInterval * 1_000_000
      }
      let isQuick = watch.firstCommit == nil
      let pause = isQuick ? Self.commitInterval : Int32(Self.treeInterval)
      if try child.waitForEnd(milliseconds: pause) { break }
    }
    let ended = Clock.monotonic()
    tree.noteEndOfRoot()
    let seconds = try child.collect()
    let lastCommit = watch.lastWrite.map { Double($0) - Double(child.startedWall) }
    return Result(
      wall: Double(ended - child.started) / 1e9,
      firstCommit: watch.firstCommit.map { Double($0 - child.started) / 1e9 },
      firstCount: watch.firstCount, lastCommit: lastCommit.map { $0 / 1e9 }, seconds: seconds,
      tree: tree,
      databaseBytes: watch.bytes)
  }

  /// Throws unless the ended run has a verdict for each sample and most passed, as the data say.
  func check() throws {
    let count = try StoreWatch(artifacts: artifacts).count()
    guard count.all == data.samples, Double(count.passed) > 0.8 * Double(count.all) else {
      throw BenchFailure(
        "the run stored \(count.all) verdicts of \(data.samples), \(count.passed) passed; "
          + "see \(folder)")
    }
  }

  /// Removes what the run left.
  func clear() { Self.remove(folder) }

  private static func remove(_ path: String) {
    // A link is removed as such: what it leads to is not ours.
    if unlink(path) == 0 { return }
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { remove("\(path)/\(name)") }
    }
    closedir(folder)
    rmdir(path)
  }
}
