// Recorded completions from a store of evalhost, which is only ever read. The tables are those of the
// store's schema 1: tasks name a benchmark, a split and a mode; completions are keyed by task, sample,
// repeat and stage.
internal import CPosix
internal import CSQLite
internal import JSONFormat
internal import PluginKit

/// A store of evalhost.
final class StoreSource: RecordSource {
  /// Where a completion stands.
  private struct Place {
    var task: Int64
    var sample: UInt32
    var repetition: UInt32
    var stage: UInt32
  }

  /// Which tasks of the store count.
  struct Filter {
    /// A run's id; empty = the latest run that has the wanted task.
    var run: String
    /// A model's name; empty = any, if all of the task's are of one model.
    var model: String
    /// Find completions by work key.
    var byWorkKey: Bool
  }

  private let path: String
  private let database: Database
  private let filter: Filter
  private let completion: Query
  /// Reads all work keys, once; nil when it is through or not needed.
  private var workKeyScan: Query?
  private var workKeys: [WorkKey: Place] = [:]
  /// The tasks that were asked for, by their name in requests.
  private var tasks: [(name: [UInt8], task: Int64)] = []

  /// Opens the store for reading.
  init(path: String, filter: Filter) throws(PluginFailure) {
    self.path = path
    self.filter = filter
    database = try Database(path: path)
    completion = try database.query(
      """
      SELECT completion, stop_reason, choice_scores FROM completions
      WHERE task_id = ?1 AND sample_index = ?2 AND repeat_index = ?3 AND stage = ?4
      """)
    if filter.byWorkKey {
      workKeyScan = try database.query(
        """
        SELECT work_key, task_id, sample_index, repeat_index, stage FROM completions
        WHERE task_id IN (SELECT task_id FROM tasks WHERE ?1 = '' OR run_id = ?1)
        """)
      try workKeyScan?.bind(1, filter.run)
    }
  }

  func find(
    _ wanted: WantedRecord, into record: inout RecordedCompletion, deadline: UInt64
  ) throws(PluginFailure) -> Lookup {
    let place: Place
    if filter.byWorkKey {
      guard try readWorkKeys(until: deadline) else { return .unfinished }
      guard let found = wanted.workKey.flatMap({ workKeys[$0] }) else {
        return missing("the work key of \(wanted.name)")
      }
      place = found
    } else {
      switch try task(of: wanted) {
      case .failure(let why): return .refused(why)
      case .success(let task):
        place = Place(
          task: task, sample: UInt32(truncatingIfNeeded: wanted.sample),
          repetition: wanted.repetition, stage: wanted.stage)
      }
    }
    guard try read(place, into: &record) else {
      return missing("\(wanted.name), stage \(wanted.stage)")
    }
    return .found
  }

  func signature() throws(PluginFailure) -> String {
    // Not of the file: that changes with every run that is added to it, these tasks do not.
    let query = try database.query(
      """
      SELECT run_id, task_id, generation_key FROM tasks WHERE ?1 = '' OR run_id = ?1
      ORDER BY task_id
      """)
    try query.bind(1, filter.run)
    var state = evh_sha256_state()
    evh_sha256_init(&state)
    while try query.step() {
      var row = query.bytes(0)
      row.append(0)
      row.append(contentsOf: String(query.integer(1)).utf8)
      row.append(0)
      row.append(contentsOf: query.bytes(2))
      evh_sha256_update(&state, row, row.count)
    }
    var digest = [UInt8](repeating: 0, count: 32)
    evh_sha256_final(&state, &digest)
    return "store-sha256:" + hex(digest)
  }

  // MARK: Finding

  private func task(
    of wanted: WantedRecord
  ) throws(PluginFailure) -> Result<Int64, PluginFailure> {
    if let known = tasks.first(where: { $0.name == wanted.task }) { return .success(known.task) }
    let name = String(decoding: wanted.task, as: UTF8.self)
    let query = try database.query(
      """
      SELECT t.task_id, m.name FROM tasks t JOIN models m USING (model_id)
      JOIN manifests USING (manifest_id) JOIN benchmarks b USING (benchmark_id)
      WHERE b.name || '_' || b.split || '/' || t.mode = ?1 AND (?2 = '' OR t.run_id = ?2)
        AND (?3 = '' OR m.name = ?3)
      ORDER BY t.created_at DESC, t.task_id DESC
      """)
    try query.bind(1, name)
    try query.bind(2, filter.run)
    try query.bind(3, filter.model)
    var found: [Int64] = []
    var models: [String] = []
    while try query.step() {
      found.append(query.integer(0))
      let model = String(decoding: query.bytes(1), as: UTF8.self)
      if !models.contains(model) { models.append(model) }
    }
    if models.count > 1 {
      return .failure(
        PluginFailure(
          .badConfiguration,
          "the store '\(path)' has '\(name)' of the models \(models.joined(separator: ", ")): "
            + "name one with the option 'model'"))
    }
    guard let task = found.first else {
      let run = filter.run.isEmpty ? "" : " in run '\(filter.run)'"
      return .failure(PluginFailure(.notFound, "no task '\(name)'\(run) in the store '\(path)'"))
    }
    tasks.append((wanted.task, task))
    return .success(task)
  }

  /// Reads on in the table of work keys; false when the time ran out before its end.
  private func readWorkKeys(until deadline: UInt64) throws(PluginFailure) -> Bool {
    guard let scan = workKeyScan else { return true }
    var count = 0
    while try scan.step() {
      if let key = WorkKey(scan.bytes(0)), workKeys[key] == nil {
        workKeys[key] = Place(
          task: scan.integer(1), sample: UInt32(truncatingIfNeeded: scan.integer(2)),
          repetition: UInt32(truncatingIfNeeded: scan.integer(3)),
          stage: UInt32(truncatingIfNeeded: scan.integer(4)))
      }
      count += 1
      if count % 256 == 0, now() >= deadline { return false }
    }
    workKeyScan = nil
    return true
  }

  private func read(
    _ place: Place, into record: inout RecordedCompletion
  ) throws(PluginFailure) -> Bool {
    record.clear()
    completion.reset()
    try completion.bind(1, place.task)
    try completion.bind(2, Int64(place.sample))
    try completion.bind(3, Int64(place.repetition))
    try completion.bind(4, Int64(place.stage))
    guard try completion.step() else { return false }
    completion.append(0, to: &record.text)
    record.finish = Finish(rawValue: Int32(truncatingIfNeeded: completion.integer(1))) ?? .stop
    let scores = completion.bytes(2)
    if !scores.isEmpty {
      do throws(JSONError) {
        record.scores = try JSON.read(scores) { cursor throws(JSONError) in
          try cursor.readScores()
        }
      } catch {
        throw PluginFailure(.io, "the store '\(path)' has broken choice scores: \(error)")
      }
    }
    // The statement must not hold a read transaction open: the store may be one that others write.
    completion.reset()
    return true
  }

  private func missing(_ what: String) -> Lookup {
    .refused(PluginFailure(.notFound, "no record of \(what) in the store '\(path)'"))
  }
}
