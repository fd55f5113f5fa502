// Secrets are named by environment variable. A key that holds one written out is refused before
// anything is stored, and no error repeats its value.

import TOMLFormat

private let secretNames = [
  "api_key", "apikey", "api_token", "access_token", "auth_token", "bearer_token", "hf_token",
  "password", "passwd", "secret", "secret_key", "authorization",
]

/// Whether an entry looks like a secret written out: its name says so and its value is a string.
func isLiteralSecret(_ entry: TOMLEntry) -> Bool {
  guard case .string = entry.value.content else { return false }
  return isSecretName(entry.key)
}

/// Whether a name says that its value is a secret.
func isSecretName(_ text: String) -> Bool {
  let name = String(text.lowercased().map { $0 == "-" ? "_" : $0 })
  return secretNames.contains { name == $0 || name.hasSuffix("_" + $0) }
}

/// Refuses secrets written out and names that no environment variable can have, at any depth.
func refuseSecrets(_ table: TOMLTable, path: [String], log: ConfigLog) {
  for entry in table.entries {
    let here = path + [entry.key]
    if isLiteralSecret(entry) {
      log.refuse(
        here, entry.keyPosition,
        "'\(entry.key)' looks like a secret written out; "
          + "name an environment variable instead: \(entry.key)_env = \"NAME\"")
    } else if entry.key.hasSuffix("_env"), case .string(let name) = entry.value.content,
      !isVariableName(name)
    {
      log.refuse(
        here, entry.value.position,
        "'\(entry.key)' must be the name of an environment variable, not its value")
    }
    refuseSecrets(in: entry.value, path: here, log: log)
  }
}

private func refuseSecrets(in value: TOMLValue, path: [String], log: ConfigLog) {
  switch value.content {
  case .table(let table): refuseSecrets(table, path: path, log: log)
  case .array(let values):
    for (index, value) in values.enumerated() {
      refuseSecrets(in: value, path: path + [String(index)], log: log)
    }
  default: break
  }
}

/// Whether a text can be the name of an environment variable.
func isVariableName(_ text: String) -> Bool {
  let letters = text.unicodeScalars.allSatisfy {
    $0 == "_" || ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
  }
  return letters && text.unicodeScalars.first.map { !("0"..."9").contains($0) } ?? false
}
