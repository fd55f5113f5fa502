// plugin.toml, decoded strictly: what the host may know of a plugin without loading it. Reads no
// file: the catalog does.
package import Config
package import Declarations

/// A plain C function that is a metric, as `[[metric]]` declares it.
package struct MetricFunction: Equatable, Sendable {
  /// The metric's name in results.
  package var name: String
  /// The exported C symbol.
  package var symbol: String
  /// Its type as written, for example `f64(str,str)`.
  package var signature: String

  /// Declares one function.
  package init(name: String, symbol: String, signature: String) {
    self.name = name
    self.symbol = symbol
    self.signature = signature
  }
}

/// What a plugin.toml says.
package struct PluginManifest: Equatable, Sendable {
  /// The plugin's name: `[a-z0-9_.-]+`.
  package var id: String
  /// Semantic version of this plugin alone.
  package var version: String
  /// What the plugin offers, in the header's order, each once.
  package var kinds: [PluginKind]
  /// Major version of the header it was built with; nil without a library, and for a library of
  /// `[[metric]]` functions alone.
  package var abi: Int?
  /// Path of the library inside the plugin's folder; nil for a dataset of data alone.
  package var library: String?
  /// Lower-case hex SHA-256 that the library must have, or nil.
  package var sha256: String?
  /// Licence as written; empty when absent.
  package var license: String
  /// Description as written; empty when absent.
  package var description: String
  /// How a dataset plugin's questions are asked and judged where the configuration says nothing.
  package var defaults: DatasetDefaults
  /// Where a dataset plugin's rows come from and how they are made; nil where only its library knows.
  package var dataset: DatasetDeclaration?
  /// Plain functions as metrics, in the order of the file.
  package var metricFunctions: [MetricFunction]
  /// An evaluator's modes, the first is its default; empty for other plugins.
  package var modes: [EvaluatorMode]
  /// Whether judging takes so long that an evaluator wants a worker for each processor.
  package var wantsAllCores: Bool

  private static let keys = [
    "id", "version", "kind", "abi", "library", "sha256", "license", "description", "evaluator",
    "mode", "metric", "modes", "workers", "dataset", "task",
  ]

  /// Decodes the text of a plugin.toml; `file` is how messages name it.
  ///
  /// Throws a `badManifest` error at the first thing that is not as contracts ask.
  package init(decoding text: [UInt8], file: String) throws(PluginError) {
    let table = try ManifestTable(parsing: text, file: file)
    try table.checkKeys(Self.keys, in: "plugin.toml")
    id = try table.requiredText("id", example: "\"my_plugin\"")
    guard isPluginID(id) else {
      throw table.error("id", "id '\(id)' is not made of a-z, 0-9, '_', '.', '-'; rename it")
    }
    version = try table.requiredText("version", example: "\"1.0.0\"")
    guard isSemanticVersion(version) else {
      throw table.error("version", "version '\(version)' is not semver; write e.g. \"1.0.0\"")
    }
    kinds = try Self.kinds(in: table)
    metricFunctions = try Self.functions(in: table)
    modes = try EvaluatorMode.modes(in: table, kinds: kinds)
    library = try table.text("library")
    sha256 = try Self.digest(in: table)
    abi = try Self.abi(in: table)
    license = try table.text("license") ?? ""
    description = try table.text("description") ?? ""
    (defaults, dataset) = try Self.dataset(in: table, file: file)
    wantsAllCores = try table.text("workers") != nil
    try checkWorkers(table)
    try checkLibrary(table)
    try checkDataset(table)
  }

  /// The tables `[task]` and `[dataset]`, and `evaluator` and `mode` as they may also stand at the top.
  private static func dataset(
    in table: ManifestTable, file: String
  ) throws(PluginError) -> (DatasetDefaults, DatasetDeclaration?) {
    var defaults = DatasetDefaults()
    if let (task, position) = try table.subtable("task") {
      do throws(ConfigErrors) {
        defaults = try DatasetDefaults(decoding: task, at: position, file: file)
      } catch {
        throw PluginError(.badManifest, at: file, error.description)
      }
    }
    for key in ["evaluator", "mode"] {
      guard let word = try table.text(key) else { continue }
      guard isPluginID(word) else {
        throw table.error(key, "\(key) '\(word)' is not made of a-z, 0-9, '_', '.', '-'")
      }
      guard key == "evaluator" ? defaults.evaluator == nil : defaults.mode == nil else {
        throw table.error(key, "'\(key)' stands in [task] as well; remove one of the two")
      }
      if key == "evaluator" { defaults.evaluator = word } else { defaults.mode = word }
    }
    guard let (dataset, position) = try table.subtable("dataset") else { return (defaults, nil) }
    let id = try table.requiredText("id", example: "\"my_plugin\"")
    let isCompiled = try table.text("library") != nil
    do throws(DeclarationError) {
      let declaration = try DatasetDeclaration(
        decoding: dataset, at: position, file: file, id: id, isCompiled: isCompiled)
      return (defaults, declaration)
    } catch { throw PluginError(.badManifest, at: error.place, error.detail) }
  }

  private static func kinds(in table: ManifestTable) throws(PluginError) -> [PluginKind] {
    let words = PluginKind.allCases.map(\.word)
    guard let given = try table.texts("kind"), !given.isEmpty else {
      throw table.error(
        "kind", "'kind' is missing or empty; write e.g. kind = [\"evaluator\"]")
    }
    var kinds: [PluginKind] = []
    for word in given {
      guard let kind = PluginKind(word: word) else {
        let hint = suggestion(for: word, in: words)
        let remedy = hint.isEmpty ? "; write \(words.joined(separator: ", "))" : hint
        throw table.error("kind", "unknown kind '\(word)'\(remedy)")
      }
      guard !kinds.contains(kind) else {
        throw table.error("kind", "kind '\(word)' is listed twice; remove one of the two")
      }
      kinds.append(kind)
    }
    return kinds.sorted { $0.rawValue < $1.rawValue }
  }

  private func checkWorkers(_ table: ManifestTable) throws(PluginError) {
    guard let word = try table.text("workers") else { return }
    guard kinds.contains(.evaluator) else {
      throw table.error("workers", "'workers' is for evaluators; remove it")
    }
    guard word == "cores" else {
      throw table.error("workers", "workers is '\(word)'; write \"cores\", or leave it out")
    }
  }

  private static func digest(in table: ManifestTable) throws(PluginError) -> String? {
    guard let text = try table.text("sha256") else { return nil }
    guard text.utf8.count == 64, text.utf8.allSatisfy(isHexByte) else {
      throw table.error("sha256", "sha256 is not 64 hex digits; paste the output of sha256sum")
    }
    return text.lowercased()
  }

  private static func abi(in table: ManifestTable) throws(PluginError) -> Int? {
    guard let number = try table.integer("abi") else { return nil }
    guard number == Int64(supportedABIMajor) else {
      throw table.error(
        "abi",
        "abi is \(number), this evalhost speaks \(supportedABIMajor); build the plugin with the "
          + "header of major \(supportedABIMajor), or take the evalhost that speaks \(number)")
    }
    return Int(number)
  }

  private static func functions(in table: ManifestTable) throws(PluginError) -> [MetricFunction] {
    var functions: [MetricFunction] = []
    for entry in try table.tables("metric") {
      try entry.checkKeys(["name", "symbol", "signature"], in: "[[metric]]")
      let name = try entry.requiredText("name", example: "\"levenshtein\"")
      let symbol = try entry.requiredText("symbol", example: "\"lev_ratio\"")
      let signature = try entry.requiredText("signature", example: "\"f64(str,str)\"")
      guard isPluginID(name) else {
        throw entry.error("name", "name '\(name)' is not made of a-z, 0-9, '_', '.', '-'")
      }
      guard isCIdentifier(symbol) else {
        throw entry.error(
          "symbol", "symbol '\(symbol)' is not a C identifier; write it as exported")
      }
      guard isSignatureShaped(signature) else {
        throw entry.error(
          "signature", "signature '\(signature)' is not result(arguments); write e.g. f64(str,str)")
      }
      guard !functions.contains(where: { $0.name == name }) else {
        throw entry.error("name", "metric '\(name)' is declared twice; rename one of the two")
      }
      functions.append(MetricFunction(name: name, symbol: symbol, signature: signature))
    }
    return functions
  }

  private func checkLibrary(_ table: ManifestTable) throws(PluginError) {
    guard let library else {
      guard kinds == [.dataset] else {
        throw table.error(nil, "'library' is missing; only a dataset plugin may go without one")
      }
      guard abi == nil, sha256 == nil, metricFunctions.isEmpty else {
        throw table.error(
          nil, "'library' is missing, but abi, sha256 or [[metric]] describe one; add it")
      }
      return
    }
    guard staysInside(library) else {
      throw table.error(
        "library",
        "library '\(library)' leaves the plugin's folder; put the file beside plugin.toml")
    }
    if !metricFunctions.isEmpty, !kinds.contains(.metric) {
      throw table.error("kind", "[[metric]] is declared but 'kind' has no \"metric\"; add it")
    }
    let isFunctionsOnly = !metricFunctions.isEmpty && kinds == [.metric]
    guard abi != nil || isFunctionsOnly else {
      throw table.error(nil, "'abi' is missing; add abi = \(supportedABIMajor)")
    }
  }

  private func checkDataset(_ table: ManifestTable) throws(PluginError) {
    let isDataset = kinds.contains(.dataset)
    for key in ["evaluator", "mode", "task", "dataset"] where table.has(key) && !isDataset {
      throw table.error(
        key, "'\(key)' is the default of a dataset plugin, and this is none; remove it")
    }
    guard isDataset, library == nil, dataset == nil else { return }
    throw table.error(
      nil, "a dataset plugin without a library needs a [dataset] table; see docs/datasets.md")
  }
}

/// The major version of the header that this host speaks.
package let supportedABIMajor = 1

/// Whether a text is a plugin's id: one or more of a-z, 0-9, `_`, `.`, `-`.
package func isPluginID(_ text: String) -> Bool {
  !text.isEmpty
    && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
}

private func isHexByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
    UInt8(ascii: "A")...UInt8(ascii: "F"):
    true
  default: false
  }
}

private func isCIdentifier(_ text: String) -> Bool {
  guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
    return false
  }
  return text.utf8.allSatisfy { byte in
    isHexByte(byte) || byte == UInt8(ascii: "_")
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}

/// Whether a text looks like `f64(str,str)`; what the words mean is checked where they are called.
private func isSignatureShaped(_ text: String) -> Bool {
  guard let open = text.firstIndex(of: "("), text.last == ")" else { return false }
  let result = text[..<open]
  let arguments = text[text.index(after: open)...].dropLast()
  let words =
    [result]
    + (arguments.isEmpty
      ? []
      : arguments.split(
        separator: ",", omittingEmptySubsequences: false))
  return words.allSatisfy { word in
    let trimmed = word.utf8.filter { $0 != UInt8(ascii: " ") }
    return !trimmed.isEmpty
      && trimmed.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
  }
}

/// Whether a path is relative and has no part that leads out.
private func staysInside(_ path: String) -> Bool {
  guard !path.isEmpty, !path.utf8.contains(0) else { return false }
  return path.split(separator: "/", omittingEmptySubsequences: false)
    .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
}
