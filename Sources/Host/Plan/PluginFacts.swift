// What planning must know of a plugin: what its plugin.toml says. No library is loaded for it.

/// One stage of an evaluator's mode.
package struct StageFacts: Equatable, Sendable {
  package var name: String
  /// Sampling template when no file and no configuration names one; nil = the built-in defaults.
  package var template: String?

  /// Describes one stage.
  package init(name: String, template: String?) {
    self.name = name
    self.template = template
  }
}

/// One mode of an evaluator.
package struct ModeFacts: Equatable, Sendable {
  package var name: String
  package var stages: [StageFacts]

  /// Describes one mode.
  package init(name: String, stages: [StageFacts]) {
    self.name = name
    self.stages = stages
  }
}

/// The kinds of component that a plan asks for.
package enum PluginRole: String, Sendable {
  case evaluator
  case metric
  case backend
}

/// One plugin as the planner sees it.
package struct PluginFacts: Equatable, Sendable {
  package var id: String
  package var version: String
  /// Folder of its plugin.toml.
  package var folder: String
  /// An evaluator's modes, the default first.
  package var modes: [ModeFacts]
  /// Whether an evaluator wants a worker for each processor.
  package var wantsAllCores: Bool

  /// Describes one plugin.
  package init(
    id: String, version: String, folder: String, modes: [ModeFacts], wantsAllCores: Bool = false
  ) {
    self.id = id
    self.version = version
    self.folder = folder
    self.modes = modes
    self.wantsAllCores = wantsAllCores
  }
}

/// A run cannot be planned.
package struct PlanError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Decides the exit code.
  package enum Kind: Equatable, Sendable {
    /// The configuration or a dataset is at fault: exit 2.
    case configuration
    /// A plugin is missing or was refused: exit 3.
    case plugin
  }

  package var kind: Kind
  package var description: String

  /// Carries one or several lines.
  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
