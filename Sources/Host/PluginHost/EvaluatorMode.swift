// [[modes]] of an evaluator's plugin.toml: which stages a mode has, so that sampling can be resolved and
// checked before anything is loaded.

/// One stage of a mode.
package struct EvaluatorStage: Equatable, Sendable {
  package var name: String
  /// Sampling template when no file and no configuration names one.
  package var template: String?
}

/// One mode of an evaluator.
package struct EvaluatorMode: Equatable, Sendable {
  package var name: String
  /// In the order of their requests; a stage may be left out in a run.
  package var stages: [EvaluatorStage]
}

extension EvaluatorMode {
  static func modes(
    in table: ManifestTable, kinds: [PluginKind]
  ) throws(PluginError) -> [EvaluatorMode] {
    var modes: [EvaluatorMode] = []
    for entry in try table.tables("modes") {
      try entry.checkKeys(["name", "stages", "templates"], in: "[[modes]]")
      let name = try entry.requiredText("name", example: "\"cot\"")
      guard isPluginID(name), !modes.contains(where: { $0.name == name }) else {
        throw entry.error(
          "name", "mode '\(name)' is declared twice or is not made of a-z, 0-9, '_'")
      }
      guard let stages = try entry.texts("stages"), !stages.isEmpty else {
        throw entry.error("stages", "mode '\(name)' has no stages; write e.g. stages = [\"final\"]")
      }
      let templates = try entry.texts("templates") ?? []
      guard templates.isEmpty || templates.count == stages.count else {
        throw entry.error(
          "templates", "mode '\(name)' has \(stages.count) stages and \(templates.count) templates")
      }
      let pairs = stages.indices.map { index in
        let template = templates.isEmpty ? "" : templates[index]
        return EvaluatorStage(name: stages[index], template: template.isEmpty ? nil : template)
      }
      modes.append(EvaluatorMode(name: name, stages: pairs))
    }
    guard modes.isEmpty || kinds.contains(.evaluator) else {
      throw table.error("modes", "[[modes]] is for evaluators, and this plugin is none; remove it")
    }
    return modes
  }
}
