// What decides a task's completions, field by field, so that a difference can be named.

/// One field that decides a task's completions.
package struct IdentityField: Hashable, Sendable {
  package var name: String
  package var value: String

  /// Pairs a field with its value.
  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

extension TaskSpec {
  /// Everything about the task that decides a completion, except the row and the try.
  ///
  /// Stored completions are reused only when all of these are equal; the first that differs is what
  /// `--dry-run` and `status` name. The number of samples and of repeats, the metrics and the decide
  /// rule are not in it: they do not change any completion.
  package var generationIdentity: [IdentityField] {
    var fields = [
      IdentityField(name: "model.name", value: model),
      IdentityField(name: "model.signature", value: modelSignature),
      IdentityField(name: "backend.id", value: backend.id),
      IdentityField(name: "backend.version", value: backend.version),
      IdentityField(name: "backend.build", value: backendBuild),
      IdentityField(name: "dataset.checksum", value: manifest.checksum),
      IdentityField(name: "evaluator.id", value: evaluator.id),
      IdentityField(name: "evaluator.version", value: evaluator.version),
      IdentityField(name: "evaluator.config", value: evaluatorConfig),
      IdentityField(name: "mode", value: mode),
      IdentityField(name: "seed", value: String(seed)),
      IdentityField(name: "shots", value: shotsDigest),
    ]
    for stage in sampling {
      fields.append(IdentityField(name: "sampling.\(stage.stage)", value: stage.json))
    }
    return fields
  }

  /// The names of the fields in which two tasks' completions differ; empty when they may be shared.
  package func differingFields(from other: [IdentityField]) -> [String] {
    let mine = generationIdentity
    var names: [String] = []
    for field in mine where other.first(where: { $0.name == field.name })?.value != field.value {
      names.append(field.name)
    }
    for field in other where !mine.contains(where: { $0.name == field.name }) {
      names.append(field.name)
    }
    return names
  }
}
