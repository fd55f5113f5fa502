// Everything a worker needs to know, each kind of worker its own message. There is no other channel: no
// environment, no shared file.
internal import JSONFormat
package import Model
package import Posix

/// First message to an evaluator worker: what to load.
package struct EvaluatorStart: Equatable, Sendable {
  /// Folder of the evaluator's plugin.toml.
  package var evaluatorFolder: String
  /// Folders of the metric plugins, in the task's order.
  package var metricFolders: [String]
  /// SHA-256 of the evaluator's library and those of the metrics, where known; empty texts where not.
  package var digests: [String]

  /// Names the plugins to load.
  package init(evaluatorFolder: String, metricFolders: [String], digests: [String]) {
    self.evaluatorFolder = evaluatorFolder
    self.metricFolders = metricFolders
    self.digests = digests
  }

  /// The payload.
  package var encoded: [UInt8] {
    jsonBytes([
      "version": .int(contextVersion), "evaluator_folder": .string(evaluatorFolder),
      "metric_folders": .strings(metricFolders), "digests": .strings(digests),
    ])
  }

  /// Reads the payload.
  package init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    let fields = try JSONFields(parsing: payload, in: "evaluator start")
    evaluatorFolder = try fields.string("evaluator_folder")
    metricFolders = try fields.strings("metric_folders")
    digests = try fields.strings("digests")
    guard digests.count == metricFolders.count + 1 else {
      throw ContextError("evaluator start: 'digests' does not fit the plugins")
    }
  }
}

/// A task as an evaluator worker needs it.
package struct RunContext: Equatable, Sendable {
  package var spec: TaskSpec
  /// The prepared split's file.
  package var datasetPath: String
  /// Size, times and inode of that file when the plan was made.
  package var datasetStamp: FileStamp
  /// Few-shot examples a prompt shows.
  package var shotCount: Int
  /// The rows they are taken from, one JSON object each, in order: one more than shown where the
  /// examples come from the split itself.
  package var shots: [String]
  /// Judge what is stored and ask no model.
  package var judgesOnly: Bool
  /// Most tries in the worker's hands at a time.
  package var window: Int

  /// Describes one task to an evaluator worker.
  package init(
    spec: TaskSpec, datasetPath: String, datasetStamp: FileStamp, shotCount: Int, shots: [String],
    judgesOnly: Bool,
    window: Int
  ) {
    self.spec = spec
    self.datasetPath = datasetPath
    self.datasetStamp = datasetStamp
    self.shotCount = shotCount
    self.shots = shots
    self.judgesOnly = judgesOnly
    self.window = window
  }

  /// The payload.
  package var encoded: [UInt8] {
    jsonBytes([
      "version": .int(contextVersion), "spec": .string(spec.jsonText),
      "dataset_path": .string(datasetPath), "dataset_stamp": .ints(datasetStamp.numbers),
      "shot_count": .int(shotCount),
      "shots": .strings(shots),
      "judges_only": .bool(judgesOnly), "window": .int(window),
    ])
  }

  /// Reads the payload.
  package init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    let fields = try JSONFields(parsing: payload, in: "run context")
    spec = try TaskSpec(jsonText: fields.string("spec"))
    datasetPath = try fields.string("dataset_path")
    guard let stamp = FileStamp(numbers: try fields.integers("dataset_stamp")) else {
      throw ContextError("run context: 'dataset_stamp' is not four integers")
    }
    datasetStamp = stamp
    shotCount = try fields.integer("shot_count")
    shots = try fields.strings("shots")
    judgesOnly = try fields.bool("judges_only")
    window = try fields.integer("window")
  }
}

/// First message to a generation worker: what to load, and where.
package struct GenerationStart: Equatable, Sendable {
  /// Folder of the backend's plugin.toml.
  package var backendFolder: String
  /// SHA-256 of its library where known, else empty.
  package var backendDigest: String
  /// The model's table of the configuration as a JSON object.
  package var modelJSON: String
  package var device: String
  /// Requests in flight on the backend; 0 = what the backend says.
  package var batchSize: Int

  /// Describes the model to load.
  package init(
    backendFolder: String, backendDigest: String, modelJSON: String, device: String,
    batchSize: Int
  ) {
    self.backendFolder = backendFolder
    self.backendDigest = backendDigest
    self.modelJSON = modelJSON
    self.device = device
    self.batchSize = batchSize
  }

  /// The payload.
  package var encoded: [UInt8] {
    jsonBytes([
      "version": .int(contextVersion), "backend_folder": .string(backendFolder),
      "backend_digest": .string(backendDigest),
      "model_json": .string(modelJSON), "device": .string(device), "batch_size": .int(batchSize),
    ])
  }

  /// Reads the payload.
  package init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    let fields = try JSONFields(parsing: payload, in: "generation start")
    backendFolder = try fields.string("backend_folder")
    backendDigest = try fields.string("backend_digest")
    modelJSON = try fields.string("model_json")
    device = try fields.string("device")
    batchSize = try fields.integer("batch_size")
  }
}

/// First message to the writer: which store and which run.
package struct WriterStart: Equatable, Sendable {
  package var artifactRoot: String
  package var runID: String
  /// The resolved configuration, kept with the run.
  package var configText: String
  /// `normal` or `full`.
  package var durability: String
  /// The configuration's `created_at` in seconds since 1970; 0 = now.
  package var createdAt: Int
  /// A writer started again within the same attempt gets the attempt's id; 0 = start an attempt.
  package var attemptID: Int

  /// Describes the run to the writer.
  package init(
    artifactRoot: String, runID: String, configText: String, durability: String, createdAt: Int,
    attemptID: Int
  ) {
    self.artifactRoot = artifactRoot
    self.runID = runID
    self.configText = configText
    self.durability = durability
    self.createdAt = createdAt
    self.attemptID = attemptID
  }

  /// The payload.
  package var encoded: [UInt8] {
    jsonBytes([
      "version": .int(contextVersion), "artifact_root": .string(artifactRoot),
      "run_id": .string(runID), "config_text": .string(configText),
      "durability": .string(durability), "created_at": .int(createdAt),
      "attempt_id": .int(attemptID),
    ])
  }

  /// Reads the payload.
  package init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    let fields = try JSONFields(parsing: payload, in: "writer start")
    artifactRoot = try fields.string("artifact_root")
    runID = try fields.string("run_id")
    configText = try fields.string("config_text")
    durability = try fields.string("durability")
    createdAt = try fields.integer("created_at")
    attemptID = try fields.integer("attempt_id")
  }
}

/// Asks the writer for a task: get or create.
///
/// The task's position is in the frame's header.
package struct OpenTask: Equatable, Sendable {
  package var spec: TaskSpec
  /// A try whose error has this many attempts is finished.
  package var maxAttempts: Int
  /// Judge everything again beside the judging there is.
  package var judgesAgain: Bool
  /// The task to judge again; 0 = find it by what it is.
  package var taskID: Int
  /// Tasks of the run that differ from this one are taken out of exports and the index.
  package var supersedes: Bool

  /// Describes the task to open.
  package init(
    spec: TaskSpec, maxAttempts: Int, judgesAgain: Bool, taskID: Int, supersedes: Bool
  ) {
    self.spec = spec
    self.maxAttempts = maxAttempts
    self.judgesAgain = judgesAgain
    self.taskID = taskID
    self.supersedes = supersedes
  }

  /// The payload.
  package var encoded: [UInt8] {
    jsonBytes([
      "version": .int(contextVersion), "spec": .string(spec.jsonText),
      "max_attempts": .int(maxAttempts), "judges_again": .bool(judgesAgain),
      "task_id": .int(taskID), "supersedes": .bool(supersedes),
    ])
  }

  /// Reads the payload.
  package init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    let fields = try JSONFields(parsing: payload, in: "open task")
    spec = try TaskSpec(jsonText: fields.string("spec"))
    maxAttempts = try fields.integer("max_attempts")
    judgesAgain = try fields.bool("judges_again")
    taskID = try fields.integer("task_id")
    supersedes = try fields.bool("supersedes")
  }
}

/// First message to a scorer: which judging of which store.
package struct ScorerStart: Equatable, Sendable {
  package var artifactRoot: String
  package var runID: String
  package var taskID: Int
  package var judgingID: Int
  package var spec: TaskSpec
  /// Seconds since 1970 that the score carries; 0 = now.
  package var createdAt: Int

  /// Describes the score to make.
  package init(
    artifactRoot: String, runID: String, taskID: Int, judgingID: Int, spec: TaskSpec,
    createdAt: Int
  ) {
    self.artifactRoot = artifactRoot
    self.runID = runID
    self.taskID = taskID
    self.judgingID = judgingID
    self.spec = spec
    self.createdAt = createdAt
  }

  /// The payload.
  package var encoded: [UInt8] {
    jsonBytes([
      "version": .int(contextVersion), "artifact_root": .string(artifactRoot),
      "run_id": .string(runID), "task_id": .int(taskID), "judging_id": .int(judgingID),
      "spec": .string(spec.jsonText), "created_at": .int(createdAt),
    ])
  }

  /// Reads the payload.
  package init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    let fields = try JSONFields(parsing: payload, in: "scorer start")
    artifactRoot = try fields.string("artifact_root")
    runID = try fields.string("run_id")
    taskID = try fields.integer("task_id")
    judgingID = try fields.integer("judging_id")
    spec = try TaskSpec(jsonText: fields.string("spec"))
    createdAt = try fields.integer("created_at")
  }
}

extension FileStamp {
  fileprivate var numbers: [Int] {
    [size, Int(modified), Int(truncatingIfNeeded: inode), Int(changed)]
  }

  fileprivate init?(numbers: [Int]) {
    guard numbers.count == 4 else { return nil }
    self.init(
      size: numbers[0], modified: Int64(numbers[1]),
      inode: UInt64(truncatingIfNeeded: numbers[2]), changed: Int64(numbers[3]))
  }
}

extension RunContext {
  /// An evaluator's configuration with what only a run knows: the few-shot rows and its own rule.
  ///
  /// - Parameters:
  ///   - evaluatorConfig: A JSON object with at least the mode, as the planner makes it.
  ///   - shotCount: How many examples are shown; 0 gives none.
  ///   - shots: The rows they are taken from.
  ///   - decide: The evaluator's rule; empty for its default, or where a metric decides.
  /// - Returns: A JSON object.
  package static func configuration(
    _ evaluatorConfig: String, shotCount: Int, shots: [String], decide: String
  ) -> [UInt8] {
    // Its last byte is the closing brace.
    var text = String(evaluatorConfig.dropLast())
    if shotCount > 0 {
      text += ",\"shots\":\(shotCount),\"examples\":[\(shots.joined(separator: ","))]"
    }
    if !decide.isEmpty { text += ",\"decide\":\"\(decide)\"" }
    return Array((text + "}").utf8)
  }
}
