// A worker as the controller keeps it: one process, what it is for, what is in its hands.
internal import Launch
internal import Wire

/// What a worker does in this run.
enum WorkerPart: Equatable {
  case writer
  /// Index into the plan's evaluator classes.
  case evaluator(Int)
  case generation(device: String)
  /// Position of the task in the plan.
  case scorer(Int)

  var role: WorkerRole {
    switch self {
    case .writer: .writer
    case .evaluator: .evaluator
    case .generation: .generation
    case .scorer: .scorer
    }
  }
}

extension WorkerPart {
  /// What its process gets beside the environment of this one.
  var environment: [String: String] {
    // A worker's backtrace would be of a stripped library, and costs time that the next worker needs.
    var variables = ["SWIFT_BACKTRACE": "enable=no"]
    // CUDA counts the fastest device first unless told to count as nvidia-smi does, whose numbers are ours.
    if case .generation(let device) = self, device.hasPrefix("cuda:") {
      variables["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
    }
    return variables
  }
}

/// One worker process.
final class Worker {
  /// Unique in the attempt: a process that takes over a slot is another worker.
  let number: Int
  /// The place it fills; restarts keep it.
  let slot: Int
  let part: WorkerPart
  let process: WorkerProcess
  /// It has said hello.
  var isReady = false
  var isDrained = false
  var wasHung = false
  /// It was told to end: its model's tasks are over.
  var isRetired = false
  /// Why it says it cannot go on.
  var failure: WorkerFailure?
  /// Leases of an evaluator worker that are not done.
  var leases: Set<UInt64> = []
  /// Requests that a generation worker has.
  var requests = 0
  /// Groups of requests that are tried alone, because one of them may end the worker.
  var suspects: [[UInt64]] = []
  /// The group that is tried now.
  var trying: Set<UInt64> = []

  init(number: Int, slot: Int, part: WorkerPart, process: WorkerProcess) {
    self.number = number
    self.slot = slot
    self.part = part
    self.process = process
  }

  var link: FrameLink { process.link }

  /// How logs name it, for example `evaluator worker 3`.
  var title: String { "\(part.role.title) \(number)" }
}
