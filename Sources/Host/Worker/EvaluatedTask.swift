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
    let spec = context.spec
    let isMetric = spec.metrics.contains { $0.id == spec.decide }
    let configuration = RunContext.configuration(
      spec.evaluatorConfig, shotCount: context.shotCount, shots: context.shots,
      decide: isMetric ? "" : spec.decide)
    evaluator = try EvaluatorInstance(
      library, component: try library.component(.evaluator), configuration: configuration,
      observer: observer)
    var opened: [(id: String, instance: MetricInstance)] = []
    let options = try JSONValue.parse(Array(spec.metricOptions.utf8))
    for library in libraries {
      let instance = try MetricInstance(
        library, component: try library.component(.metric),
        configuration: try options[library.manifest.id]?.serialized() ?? Array("{}".utf8),
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
