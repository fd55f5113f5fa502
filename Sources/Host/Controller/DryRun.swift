// `--dry-run`: what would be done, and what of earlier work would be used. Starts no worker, writes nothing but
// what is remembered between runs.
internal import Allocate
internal import Config
internal import Datasets
internal import Model
internal import Plan
internal import Posix
internal import Store

/// Prints a plan.
enum DryRun {
  /// Prints one block a task to stdout.
  static func print(_ setup: RunSetup) throws {
    var text = "run \(setup.plan.runID)\n"
    let stored = try storedTasks(setup)
    for (index, task) in setup.plan.tasks.enumerated() {
      let spec = setup.plan.draft(task: index)
      let kind = setup.plan.classes[task.evaluatorClass]
      text += "task \(index): \(spec.label)\n"
      text += rows(spec, task)
      let isUnknown = task.manifest.checksum.isEmpty && task.manifest.rowCount == 0
      text +=
        "  tries       \(isUnknown ? "unknown" : "\(spec.tryCount)") (\(spec.repeats) a sample)\n"
      text += "  evaluator   \(kind.evaluator.id) \(kind.evaluator.version)\n"
      text += "  backend     \(spec.backend.id) \(spec.backend.version)\n"
      text += describe(setup.models[task.model], setup.plan.models[task.model].devices)
      if !kind.metrics.isEmpty {
        text +=
          "  metrics     \(kind.metrics.map { "\($0.id) \($0.version)" }.joined(separator: ", "))\n"
      }
      for stage in spec.sampling { text += "  \(stage.stage)  \(stage.json)\n" }
      text += "  stored      \(try explain(spec, stored, setup.models[task.model]))\n"
    }
    let output = Descriptor(duplicating: 1)
    try output?.write(Array(text.utf8))
  }

  private static func rows(_ spec: TaskSpec, _ task: PlannedTask) -> String {
    let manifest = task.manifest
    guard manifest.checksum.isEmpty else {
      return "  rows        \(spec.sampleCount) of \(manifest.rowCount) in \(task.path)\n"
    }
    let count = manifest.rowCount == 0 ? "an unknown number" : "\(manifest.rowCount) declared"
    let named = manifest.revision.isEmpty ? "" : " at revision \(manifest.revision)"
    let revision = named + (manifest.provenance == "pinned" ? "" : "; warning: not pinned")
    return "  rows        \(count), not there yet: a run would prepare \(task.path)\n"
      + "  source      \(manifest.sourceDataset), split '\(manifest.sourceSplit)'\(revision)\n"
  }

  /// The weights and the devices of a task's model.
  private static func describe(_ model: PreparedModel, _ devices: [String]) -> String {
    var text = ""
    if let weights = model.weights {
      text += "  weights     \(weights.path) (\(weights.signature ?? "not hashed yet"))\n"
    }
    text += "  devices     \(devices.joined(separator: ", "))\n"
    for gpu in model.choice.leftOut { text += "  left out    \(gpu.name): \(gpu.reason)\n" }
    return text
  }

  private struct Stored {
    var queries: ResultQueries
    var tasks: [StoredTask]
  }

  private static func storedTasks(_ setup: RunSetup) throws -> Stored? {
    let path = "\(setup.artifactRoot)/evalhost.db"
    guard Files.exists(path) else { return nil }
    let queries = ResultQueries(try Connection.reader(path: path))
    guard try queries.run(id: setup.plan.runID) != nil else { return nil }
    return Stored(queries: queries, tasks: try queries.tasks(run: setup.plan.runID))
  }

  /// What of the task is stored, and why it would not be used.
  private static func explain(
    _ spec: TaskSpec, _ stored: Stored?, _ model: PreparedModel
  ) throws -> String {
    guard let stored else { return "nothing: everything is to be done" }
    let same = stored.tasks.filter {
      $0.model == spec.model && $0.benchmark == spec.manifest.benchmark
        && $0.split == spec.manifest.split && $0.mode == spec.mode
        && $0.evaluator == spec.evaluator.id
    }
    guard let task = same.last else { return "nothing: everything is to be done" }
    let identity = try stored.queries.identity(ofTask: task.id)
    let differing = spec.differingFields(from: identity).filter { name in
      // What only a loaded backend knows cannot differ in a plan.
      switch name {
      case "backend.build": return !spec.backendBuild.isEmpty
      case "model.signature":
        guard !spec.modelSignature.isEmpty, model.weights != nil else {
          return !spec.modelSignature.isEmpty
        }
        // The backend may name the same weights in a way of its own.
        let known = identity.first { $0.name == name }?.value ?? ""
        return WeightsFile.scheme(of: known) == WeightsFile.scheme
      default: return true
      }
    }
    let counts = try stored.queries.counts(task: task.id)
    let done =
      "\(counts.judged) verdicts, \(counts.completions) completions, \(counts.errors) errors"
    guard differing.isEmpty else {
      return "\(done); NOT used: \(differing.joined(separator: ", ")) differs"
    }
    let left = spec.tryCount - (try judged(spec, task, stored))
    return "\(done); \(left) tries are to be done"
  }

  /// Tries of the plan that have a verdict: counted one by one, since as many may lie outside of it.
  private static func judged(
    _ spec: TaskSpec, _ task: StoredTask, _ stored: Stored
  ) throws -> Int {
    guard let judging = task.currentJudging else { return 0 }
    var count = 0
    try stored.queries.forEachDoneTry(judging: judging) { sample, repetition in
      if sample < spec.sampleCount, repetition < spec.repeats { count += 1 }
    }
    return count
  }
}
