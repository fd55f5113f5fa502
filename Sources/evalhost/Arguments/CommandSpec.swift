// The shape of a command: what the reader accepts and what the help shows come from the same value.

/// One long option.
package struct OptionSpec: Equatable, Sendable {
  /// The name without its dashes.
  package var name: String
  /// How the help calls the value, such as `DIR`; nil for a flag.
  package var placeholder: String?
  /// One line of help.
  package var help: String
  /// Whether the command cannot go without it.
  package var isRequired: Bool
  /// Whether it may be given more than once.
  package var isRepeated: Bool
  /// The only values allowed; empty for any.
  package var choices: [String]

  /// An option with a value.
  package static func value(
    _ name: String, _ placeholder: String, _ help: String, isRequired: Bool = false,
    isRepeated: Bool = false, choices: [String] = []
  ) -> OptionSpec {
    OptionSpec(
      name: name, placeholder: placeholder, help: help, isRequired: isRequired,
      isRepeated: isRepeated, choices: choices)
  }

  /// An option without a value.
  package static func flag(_ name: String, _ help: String) -> OptionSpec {
    OptionSpec(
      name: name, placeholder: nil, help: help, isRequired: false, isRepeated: false, choices: [])
  }
}

/// The one word that a command may take beside its options.
package struct OperandSpec: Equatable, Sendable {
  /// How the help calls it, such as `FILE`.
  package var name: String
  /// One line of help.
  package var help: String
  /// Whether the command cannot go without it.
  package var isRequired: Bool

  /// Describes the operand.
  package init(_ name: String, _ help: String, isRequired: Bool) {
    self.name = name
    self.help = help
    self.isRequired = isRequired
  }
}

/// One command.
package struct CommandSpec: Equatable, Sendable {
  /// Which one it is; its raw value is how it is typed.
  package var name: CommandName
  /// What it does, without a full stop.
  package var summary: String
  /// In the order of the help.
  package var options: [OptionSpec]
  /// The word beside the options; nil when there is none.
  package var operand: OperandSpec?
  /// What else the help says, a line each.
  package var notes: [String]

  /// Describes a command.
  package init(
    _ name: CommandName, _ summary: String, options: [OptionSpec], operand: OperandSpec? = nil,
    notes: [String] = []
  ) {
    self.name = name
    self.summary = summary
    self.options = options
    self.operand = operand
    self.notes = notes
  }
}

/// The commands, as they are typed.
package enum CommandName: String, Sendable, CaseIterable {
  case run
  case score
  case status
  case stop
  case export
  case pluginsList = "plugins list"
  case pluginsInspect = "plugins inspect"
  case pluginsVerify = "plugins verify"
  case datasetsList = "datasets list"
  case datasetsPrepare = "datasets prepare"
  case datasetsShow = "datasets show"
  case datasetsBundle = "datasets bundle"
  case metric
  case configCheck = "config check"
  case configDecode = "config decode"
  case indexRebuild = "index rebuild"
  case doctor

  /// The words it is typed with, one or two.
  package var words: [String] { rawValue.split(separator: " ").map(String.init) }
}
