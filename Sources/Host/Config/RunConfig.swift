// The whole of what a user asks for in one run, as values with defaults: the sections that say
// how it is run. What is run is in RunConfig+Tasks.swift.

/// A run configuration that was decoded and checked.
package struct RunConfig: Equatable, Sendable {
  /// Identity and kind of the run.
  package var run: RunSection
  /// The three folders.
  package var paths: PathsSection
  /// The models, each under a name of its own; at least one.
  package var models: [ModelConfig]
  /// The benchmark splits; at least one, none twice in the same mode.
  package var datasets: [DatasetConfig]
  /// Sampling by stage, still to be merged with templates and per-benchmark files.
  package var sampling: SamplingSection
  /// What is computed from the verdicts.
  package var eval: EvalSection
  /// Requests in flight on one backend.
  package var batch: BatchSection
  /// Which devices are used.
  package var devices: DevicesSection
  /// Worker processes and their deadlines.
  package var workers: WorkersSection
  /// How earlier work is taken up.
  package var resume: ResumeSection
  /// How the store writes.
  package var db: DatabaseSection

  /// Makes a configuration; nothing is checked, which is for values built by hand.
  package init(
    run: RunSection = RunSection(), paths: PathsSection, models: [ModelConfig],
    datasets: [DatasetConfig], sampling: SamplingSection = SamplingSection(),
    eval: EvalSection = EvalSection(), batch: BatchSection = BatchSection(),
    devices: DevicesSection = DevicesSection(), workers: WorkersSection = WorkersSection(),
    resume: ResumeSection = ResumeSection(), db: DatabaseSection = DatabaseSection()
  ) {
    self.run = run
    self.paths = paths
    self.models = models
    self.datasets = datasets
    self.sampling = sampling
    self.eval = eval
    self.batch = batch
    self.devices = devices
    self.workers = workers
    self.resume = resume
    self.db = db
  }
}

/// The section `[run]`.
package struct RunSection: Equatable, Sendable {
  /// What kind of run it is.
  package enum Mode: String, CaseIterable, Sendable {
    /// Evaluate every model on every dataset once.
    case eval
    /// Evaluate over a grid of sampling parameters.
    case paramSearch = "param_search"
  }

  /// The run's id; nil lets the host derive one from the time; the same id resumes.
  package var id: String?
  /// What kind of run it is.
  package var mode: Mode
  /// The seed of the run, 0 or more.
  package var seed: Int
  /// A fixed RFC 3339 time for scores, so that exports are byte-identical; nil takes the clock.
  package var createdAt: String?

  /// Makes the section with its defaults.
  package init(
    id: String? = nil, mode: Mode = .eval, seed: Int = 0, createdAt: String? = nil
  ) {
    self.id = id
    self.mode = mode
    self.seed = seed
    self.createdAt = createdAt
  }
}

/// The section `[paths]`: as written, relative ones not yet resolved.
package struct PathsSection: Equatable, Sendable {
  /// The folder of prepared splits.
  package var dataRoot: String
  /// The folder of downloads.
  package var cacheRoot: String
  /// The folder of the store, the index and the runs.
  package var artifactRoot: String

  /// Makes the section; there are no defaults.
  package init(dataRoot: String, cacheRoot: String, artifactRoot: String) {
    self.dataRoot = dataRoot
    self.cacheRoot = cacheRoot
    self.artifactRoot = artifactRoot
  }
}

/// A number that the host may be left to choose.
package enum AutoCount: Equatable, Sendable {
  /// The host chooses.
  case auto
  /// The user chose; at least 1.
  case count(Int)
}

/// The section `[batch]`.
package struct BatchSection: Equatable, Sendable {
  /// Requests in flight on one backend.
  package var size: AutoCount

  /// Makes the section with its defaults.
  package init(size: AutoCount = .auto) { self.size = size }
}

/// An amount of a device's memory.
package enum MemoryThreshold: Equatable, Sendable {
  /// Percent of what it has.
  case percent(Int)
  case mebibytes(Int)
}

/// The section `[devices]`.
package struct DevicesSection: Equatable, Sendable {
  /// Which devices are used: nil lets the host choose, else their names, such as `cuda:0`, `cpu`.
  package var use: [String]?
  /// The GPUs that the host may choose, by name or UUID; nil for all.
  package var allow: [String]?
  /// A GPU that the host chooses is busy for at most this share of the time, in percent.
  package var maxUtilization: Int
  /// A GPU that the host chooses has at most this much memory in use.
  package var maxMemoryUsed: MemoryThreshold
  /// Workers on one device, at least 1.
  package var slots: Int
  /// Workers on single devices, where they differ from `slots`; written `slots = {"cuda:1" = 2}`.
  package var slotsByDevice: [String: Int]

  /// Makes the section with its defaults.
  package init(
    use: [String]? = nil, allow: [String]? = nil, maxUtilization: Int = 10,
    maxMemoryUsed: MemoryThreshold = .percent(10), slots: Int = 1,
    slotsByDevice: [String: Int] = [:]
  ) {
    self.use = use
    self.allow = allow
    self.maxUtilization = maxUtilization
    self.maxMemoryUsed = maxMemoryUsed
    self.slots = slots
    self.slotsByDevice = slotsByDevice
  }

  /// The workers on a device, at least 1.
  package func slots(on device: String) -> Int { slotsByDevice[device] ?? slots }
}

/// The section `[workers]`; deadlines in seconds.
package struct WorkersSection: Equatable, Sendable {
  /// Evaluator worker processes.
  package var evaluators: AutoCount
  /// A worker silent for longer is ended.
  package var heartbeatTimeoutSeconds: Int
  /// A model that loads for longer is given up.
  package var loadTimeoutSeconds: Int

  /// Makes the section with its defaults.
  package init(
    evaluators: AutoCount = .auto, heartbeatTimeoutSeconds: Int = 60,
    loadTimeoutSeconds: Int = 600
  ) {
    self.evaluators = evaluators
    self.heartbeatTimeoutSeconds = heartbeatTimeoutSeconds
    self.loadTimeoutSeconds = loadTimeoutSeconds
  }
}

/// The section `[resume]`.
package struct ResumeSection: Equatable, Sendable {
  /// How earlier work is taken up.
  package enum Policy: String, CaseIterable, Sendable {
    /// Take up what has an equal work key, do the rest.
    case auto
    /// Refuse to start when the run exists.
    case never
    /// Refuse to start unless the run exists.
    case require
  }

  /// How earlier work is taken up.
  package var policy: Policy
  /// Tries at one piece of work before it is recorded as an error, at least 1.
  package var maxAttempts: Int

  /// Makes the section with its defaults.
  package init(policy: Policy = .auto, maxAttempts: Int = 3) {
    self.policy = policy
    self.maxAttempts = maxAttempts
  }
}

/// The section `[db]`.
package struct DatabaseSection: Equatable, Sendable {
  /// What a commit waits for.
  package enum Durability: String, CaseIterable, Sendable {
    /// A crash of the process loses nothing, a power cut may lose the last commits.
    case normal
    /// A power cut loses nothing.
    case full
  }

  /// What a commit waits for.
  package var durability: Durability

  /// Makes the section with its defaults.
  package init(durability: Durability = .normal) { self.durability = durability }
}
