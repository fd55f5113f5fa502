// A task while it is run: from its plan to its score.
internal import Model

/// Where a task is on its way.
enum TaskPhase: Equatable {
  /// Its model or its plugins are not loaded yet.
  case waiting
  /// The writer was asked for it.
  case opening
  case running
  /// Every try is committed; its score is being made.
  case scoring
  case done
  /// The reason is for the user.
  case failed(String)

  var isOver: Bool {
    switch self {
    case .done, .failed: true
    case .waiting, .opening, .running, .scoring: false
    }
  }
}

/// One task of the attempt.
struct TaskRun {
  let index: Int
  var phase = TaskPhase.waiting
  /// The whole spec, once the plugins have said what they are.
  var spec: TaskSpec?
  /// A stored task that is judged again, with the spec that made its completions.
  var rejudged: (taskID: Int, spec: TaskSpec)?
  var taskID: UInt64 = 0
  var judgingID: UInt64 = 0
  /// The score says that its coverage is not whole.
  var isPartial = false
  let label: String
}
