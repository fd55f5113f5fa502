// The closed words of the ABI as Swift values: kinds, thread models, capabilities, log levels.

/// What a component of a plugin does; the raw values are those of `EVH_KIND_*`.
package enum PluginKind: Int32, Sendable, CaseIterable {
  /// Asks for stages and judges.
  case evaluator = 1
  /// Values a judged try.
  case metric = 2
  /// Prepares splits.
  case dataset = 3
  /// Runs models.
  case backend = 4
}

extension PluginKind {
  /// The word used in plugin.toml and in messages.
  package var word: String {
    switch self {
    case .evaluator: "evaluator"
    case .metric: "metric"
    case .dataset: "dataset"
    case .backend: "backend"
    }
  }

  /// The kind of a word, or nil.
  package init?(word: String) {
    guard let kind = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = kind
  }
}

/// How many calls a component bears at once; the raw values are those of `EVH_THREADS_*`.
package enum PluginThreadModel: Int32, Sendable, CaseIterable {
  /// One call at a time on an instance.
  case serial = 0
  /// One call at a time in the process.
  case processSerial = 1
  /// Any number of calls.
  case concurrent = 2
}

extension PluginThreadModel {
  /// The word used in messages.
  package var word: String {
    switch self {
    case .serial: "serial"
    case .processSerial: "process-serial"
    case .concurrent: "concurrent"
    }
  }
}

/// What a component promises; the bits are those of `EVH_CAP_*`, unknown ones are ignored.
package struct PluginCapabilities: OptionSet, Hashable, Sendable {
  /// The bits.
  package let rawValue: UInt64

  /// Takes the bits as they are.
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Equal inputs give equal bytes.
  package static let deterministic = PluginCapabilities(rawValue: 1 << 0)
  /// Uses the network.
  package static let network = PluginCapabilities(rawValue: 1 << 1)
  /// Uses an accelerator.
  package static let gpu = PluginCapabilities(rawValue: 1 << 2)
  /// Scores continuations by log-probability.
  package static let choose = PluginCapabilities(rawValue: 1 << 3)
  /// Takes chat messages.
  package static let messages = PluginCapabilities(rawValue: 1 << 4)

  /// The words of the known bits that are set, in the header's order.
  package var words: [String] {
    let known: [(PluginCapabilities, String)] = [
      (.deterministic, "deterministic"), (.network, "network"), (.gpu, "gpu"),
      (.choose, "choose"), (.messages, "messages"),
    ]
    return known.filter { contains($0.0) }.map(\.1)
  }
}

/// How loud a plugin's log line is; the raw values are those of `EVH_LOG_*`.
package enum PluginLogLevel: Int32, Sendable, CaseIterable {
  /// For those who write the plugin.
  case debug = 1
  /// For those who watch a run.
  case info = 2
  /// Something is odd, the work goes on.
  case warning = 3
  /// Something failed.
  case error = 4
}
