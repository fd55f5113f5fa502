// One task in an evaluator worker: its opened plugins, its file, its key seeds.
internal import JSONFormat
internal import Model
internal import PluginHost
internal import Posix
internal import Wire

/// What an evaluator worker holds for a task.
final class EvaluatedTask {
  let context: RunContext
  let evaluator: EvaluatorInstance
  /// Metric plugins with their ids, in the task's order.
  let metrics: [(id: String, instance: MetricInstance)]
  let file: Descriptor
  var keySeeds: WorkKeySeeds
  /// The last new part of each stage's prompt and its hash: stage 2's is the same for every sample.
  var lastParts: [(part: [UInt8], hash: WorkKey)] = []

  var spec: TaskSpec { context.spec }

  /// Opens the evaluator and the metrics with the task's configuration.
  init(
    _ context: RunContext, evaluator library: PluginLibrary, metrics libraries: [PluginLibrary],
    observer: CallObserver
  ) throws {
    self.context = context
    file = try Descriptor.readingRegularFile(context.datasetPath)
    keySeeds = WorkKeySeeds(context.spec)
    let configuration = Self.configuration(context)
    evaluator = try EvaluatorInstance(
      library, component: try library.component(.evaluator), configuration: configuration,
      observer: observer)
    var opened: [(id: String, instance: MetricInstance)] = []
    for library in libraries {
      let instance = try MetricInstance(
        library, component: try library.component(.metric), configuration: Array("{}".utf8),
        observer: observer)
      opened.append((library.manifest.id, instance))
    }
    metrics = opened
  }

  /// Refuses a file that is not the one the plan was made from.
  ///
  /// Called after rows were read: rows of another file must never be judged under the old checksum.
  func checkFile() throws {
    guard try file.stamp() == context.datasetStamp else {
      throw WorkerFailure(
        .configuration,
        "\(context.datasetPath) changed during the run; nothing of the new file was judged; start "
          + "the run again")
    }
  }

  /// The evaluator's configuration with what only the run knows: the few-shot rows and the decide rule.
  private static func configuration(_ context: RunContext) -> [UInt8] {
    let spec = context.spec
    var text = spec.evaluatorConfig
    // A JSON object with at least the mode, made by the planner: its last byte is the closing brace.
    text.removeLast()
    if context.shotCount > 0 {
      text +=
        ",\"shots\":\(context.shotCount),\"examples\":[\(context.shots.joined(separator: ","))]"
    }
    if !spec.decide.isEmpty, !spec.metrics.contains(where: { $0.id == spec.decide }) {
      text += ",\"decide\":\"\(spec.decide)\""
    }
    return Array((text + "}").utf8)
  }

  /// Hash of the new part of a stage's prompt.
  func promptHash(stage: Int, part: UnsafeRawBufferPointer) -> WorkKey {
    while lastParts.count <= stage { lastParts.append(([], WorkKey())) }
    let known = lastParts[stage]
    if known.part.withUnsafeBytes({ equalBytes($0, part) }) { return known.hash }
    var digest = ContentHash()
    digest.update(part)
    let hash = WorkKey(digest.finish())
    lastParts[stage] = (Array(part), hash)
    return hash
  }
}
