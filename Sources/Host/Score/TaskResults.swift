// From the store's rows to what metrics are computed from: one pass over a judging's verdicts, then
// the task's errors and contradictions. Memory is some bytes a try, never a text.

import JSONFormat
import Metrics
import Model
import Store

/// What a judging says of a task, ready for metrics.
struct TaskResults {
  var spec: TaskSpec
  var verdicts: NormalizedVerdicts
  var values: NormalizedValues
  /// The names of `values` by id.
  var valueNames: [String]
  /// The names of the verdicts' groups by id, in byte order.
  var groupNames: [String]
  /// Stored verdicts of tries that the task does not ask for (any more): its limit or its repeats
  /// were lowered.
  var unasked: Int
  /// Unresolved errors by place; one whose tries all have a verdict is not among them.
  var errors: [ErrorPlace: Int]
}

extension TaskResults {
  /// Reads a judging of a task in one view of the store that a writer cannot change meanwhile.
  ///
  /// `tick` is called every few thousand rows. Throws `StoreError`, `MetricError` for a task too
  /// large to hold, and whatever `tick` throws.
  static func read(
    _ connection: Connection, task: Int64, judging: Int64, spec: TaskSpec,
    tick: () throws -> Void
  ) throws -> TaskResults {
    try connection.execute("BEGIN")
    defer { connection.rollBack() }
    let queries = ResultQueries(connection)
    let groups = GroupIDs(names: try queries.groupNames(task: task))
    var intake = VerdictIntake(
      try ExpectedTries(samples: spec.sampleCount, repeats: spec.repeats), groups: groups,
      storePath: connection.path)
    var rows = 0
    try queries.forEachVerdict(judging: judging) { view in
      try intake.take(view)
      rows += 1
      if rows & 0x3fff == 0 { try tick() }
    }
    try queries.forEachOpenError(task: task) { intake.take($0) }
    try queries.forEachContradiction(task: task, judging: judging) { sample, repetition in
      intake.takeContradiction(sample, repetition)
    }
    return intake.finish(spec: spec)
  }
}

/// The groups of a task numbered by the order of their names.
///
/// The store numbers them by arrival, which differs from run to run; a score must not.
private struct GroupIDs {
  let names: [String]
  private let ids: [Int64: Int32]

  init(names stored: [Int64: String]) {
    let ordered = stored.sorted { $0.value.utf8.lexicographicallyPrecedes($1.value.utf8) }
    names = ordered.map(\.value)
    var ids: [Int64: Int32] = [:]
    for (place, group) in ordered.enumerated() { ids[group.key] = Int32(place) }
    self.ids = ids
  }

  func id(_ stored: Int64?) -> Int32 { stored.flatMap { ids[$0] } ?? -1 }
}

/// Takes rows and ends in `TaskResults`.
private struct VerdictIntake: ~Copyable {
  private let expected: ExpectedTries
  private let groups: GroupIDs
  private let storePath: String
  private var verdicts: Normalizer
  private var values: ValueNormalizer
  private var reader = ValueReader()
  /// The tries that have an outcome, so that an error adds one only where there is none.
  private var taken: TryMask
  /// Those of them whose outcome is an error.
  private var failed: TryMask
  private var unasked = 0
  private var errors: [ErrorPlace: Int] = [:]

  init(_ expected: ExpectedTries, groups: GroupIDs, storePath: String) {
    self.expected = expected
    self.groups = groups
    self.storePath = storePath
    verdicts = Normalizer(expected)
    values = ValueNormalizer(expected)
    taken = TryMask(count: expected.total)
    failed = taken
  }

  mutating func take(_ view: VerdictView) throws {
    guard view.sample < expected.samples, view.repetition < expected.repeats else {
      unasked += 1
      return
    }
    taken.insert(Int(view.sample) * expected.repeats + Int(view.repetition))
    let hasAnswer = view.outcome != .unparsed && !view.answer.isEmpty
    verdicts.push(
      RawVerdict(
        sampleIndex: Int64(view.sample), repeatIndex: Int64(view.repetition),
        outcomeCode: Int(view.outcome.rawValue),
        answerHash: hasAnswer ? answerHash(view.answer) : 0, group: groups.id(view.group)))
    if view.values.isEmpty { return }
    do {
      try reader.read(
        view.values, sample: view.sample, repetition: view.repetition, into: &values)
    } catch {
      throw StoreError(
        .corrupt, path: storePath,
        detail: "values of sample \(view.sample), repeat \(view.repetition): \(error)")
    }
  }

  /// Gives the tries of an unresolved error the outcome error, unless they have one.
  mutating func take(_ error: OpenError) {
    guard let sample = error.sample else {
      // A row without a usable index stands for no try: it is bad, and the coverage says so.
      errors[error.place, default: 0] += 1
      verdicts.push(
        RawVerdict(
          sampleIndex: nil, repeatIndex: nil, outcomeCode: Int(Outcome.error.rawValue)))
      return
    }
    guard sample < expected.samples else { return }
    let repeats = error.repetition.map { $0..<($0 + 1) } ?? 0..<UInt32(expected.repeats)
    var stands = false
    for repetition in repeats where repetition < expected.repeats {
      let slot = Int(sample) * expected.repeats + Int(repetition)
      // A second error of the same try is counted by its place and gives no second row.
      guard taken.insert(slot) else {
        stands = stands || failed.contains(slot)
        continue
      }
      failed.insert(slot)
      stands = true
      verdicts.push(
        RawVerdict(
          sampleIndex: Int64(sample), repeatIndex: Int64(repetition),
          outcomeCode: Int(Outcome.error.rawValue)))
    }
    if stands { errors[error.place, default: 0] += 1 }
  }

  mutating func takeContradiction(_ sample: UInt32, _ repetition: UInt32) {
    verdicts.noteConflict(sampleIndex: Int64(sample), repeatIndex: Int64(repetition))
  }

  consuming func finish(spec: TaskSpec) -> TaskResults {
    TaskResults(
      spec: spec, verdicts: verdicts.finish(), values: values.finish(),
      valueNames: reader.names, groupNames: groups.names, unasked: unasked, errors: errors)
  }
}
