// What the store knows of a run: for judging it again and for `--dry-run`. Read only.
internal import Config
internal import Model
internal import Plan
internal import Posix
internal import Store
internal import Wire

/// A stored run with its tasks.
struct StoredRunPlan {
  let configText: String
  private let tasks: [StoredTask]

  /// Reads a run; a run that is not there is an error that names it.
  init(_ request: RejudgeRequest) throws {
    let path = "\(request.artifactRoot)/evalhost.db"
    let queries = ResultQueries(try Connection.reader(path: path))
    guard let run = try queries.run(id: request.runID) else {
      throw PlanError(
        .configuration,
        "\(path) has no run '\(request.runID)'; `evalhost status` lists its runs")
    }
    configText = run.configTOML
    tasks = try queries.tasks(run: request.runID)
  }

  /// The stored task of each planned one.
  func match(_ plan: RunPlan) throws -> [Int: (taskID: Int, spec: TaskSpec)] {
    var matched: [Int: (taskID: Int, spec: TaskSpec)] = [:]
    for (index, task) in plan.tasks.enumerated() {
      let model = plan.models[task.model].config.name
      let found = tasks.last {
        $0.model == model && $0.benchmark == task.manifest.benchmark
          && $0.split == task.manifest.split && $0.mode == task.mode
          && $0.evaluator == plan.classes[task.evaluatorClass].evaluator.id
      }
      guard let found else {
        throw PlanError(
          .configuration,
          "run '\(plan.runID)' has no stored task \(task.dataset.slug)/\(task.mode) @ \(model); "
            + "run it before it can be judged again")
      }
      let spec = try TaskSpec(jsonText: found.specJSON)
      guard spec.manifest.checksum == task.manifest.checksum else {
        throw PlanError(
          .configuration,
          "\(task.path) is not the file that run '\(plan.runID)' was made from: its checksum is "
            + "\(task.manifest.checksum), the run's \(spec.manifest.checksum)")
      }
      matched[index] = (Int(found.id), spec)
    }
    return matched
  }
}
