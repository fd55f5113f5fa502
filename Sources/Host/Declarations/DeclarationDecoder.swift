// From the tables of a plugin.toml to a declaration: the dataset, its splits and the places of their rows.
package import TOMLFormat

/// The keys that say how rows are written and packed, for the dataset, a split or a file.
private let formatKeys = [
  "format", "member", "delimiter", "quotes", "columns", "element", "unwrap", "python_numbers",
  "packing", "members",
]

extension DatasetDeclaration {
  private static let keys =
    [
      "benchmark", "source", "revision", "gated", "splits", "copy", "row", "choices", "filters",
      "repairs", "sort",
    ] + formatKeys

  /// Decodes the table `[dataset]`.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - position: Where it begins.
  ///   - file: How messages name the plugin.toml.
  ///   - id: The plugin's id, which is the benchmark's name unless the table gives another.
  ///   - isCompiled: Whether a library makes the rows, so that the table says no more than the splits.
  /// - Throws: `DeclarationError` at the first thing that cannot be.
  package init(
    decoding table: TOMLTable, at position: SourcePosition, file: String, id: String,
    isCompiled: Bool
  ) throws(DeclarationError) {
    let table = DeclarationTable(table, at: position, name: "[dataset]", file: file)
    try table.checkKeys(Self.keys)
    benchmark = try table.text("benchmark") ?? id
    guard isName(benchmark) else {
      throw table.error("benchmark", "benchmark '\(benchmark)' is not made of letters, digits, '_'")
    }
    source = try table.requiredText("source", example: "\"openai/gsm8k\"")
    let revision = try table.text("revision") ?? ""
    gated = try table.text("gated")
    splits = []
    for entry in try table.subtables("splits") {
      let split = try SplitDeclaration(
        decoding: entry, dataset: table, source: source, revision: revision,
        isCompiled: isCompiled)
      guard self.split(split.split) == nil else {
        throw entry.error(
          "split", "split '\(split.split)' is declared twice; rename one of the two")
      }
      splits.append(split)
    }
    guard !splits.isEmpty else {
      throw table.error("splits", "no split is declared; add [[dataset.splits]]")
    }
    mapping = isCompiled ? nil : try RowMapping(decoding: table)
  }
}

extension SplitDeclaration {
  private static let keys =
    [
      "split", "source_split", "source", "revision", "rows", "filters", "files", "each", "url",
      "sha256",
      "hub", "config", "file",
    ] + formatKeys

  fileprivate init(
    decoding table: DeclarationTable, dataset: DeclarationTable, source: String, revision: String,
    isCompiled: Bool
  ) throws(DeclarationError) {
    try table.checkKeys(Self.keys)
    split = try table.requiredText("split", example: "\"test\"")
    guard isName(split) else {
      throw table.error("split", "split '\(split)' is not made of letters, digits, '_', '-'")
    }
    sourceSplit = try table.text("source_split") ?? split
    self.source = try table.text("source") ?? source
    // The revision of one source says nothing of another.
    self.revision = try table.text("revision") ?? (table.has("source") ? "" : revision)
    rows = try table.integer("rows", in: 1...Int64(Int32.max)).map(Int.init)
    filters = try RowFilter.filters(in: table)
    files = []
    guard !isCompiled else { return }
    let known = [
      FileVariable(name: "revision", value: self.revision),
      FileVariable(name: "split", value: split),
      FileVariable(name: "source_split", value: sourceSplit),
    ]
    let listed = try table.subtables("files")
    let places = listed.isEmpty ? [table] : listed
    for place in places {
      if !listed.isEmpty { try place.checkKeys(Self.fileKeys) }
      for variables in try Self.combinations(place) {
        files.append(
          try SourceFile(
            decoding: place, layers: [place, table, dataset], known: known, variables: variables,
            sourceSplit: sourceSplit))
      }
    }
    nameSourceSplits()
  }

  /// A source split that differs from file to file is called by all its names.
  private mutating func nameSourceSplits() {
    guard sourceSplit.contains("{") else { return }
    var names: [String] = []
    for case .hub(_, _, let name) in files.map(\.place) where !names.contains(name) {
      names.append(name)
    }
    sourceSplit = names.joined(separator: ", ")
  }

  private static let fileKeys =
    ["each", "set", "url", "sha256", "hub", "config", "source_split", "file"] + formatKeys

  /// Every combination of the values in `each`, the last name changing fastest, with the values of `set`.
  private static func combinations(
    _ table: DeclarationTable
  ) throws(DeclarationError) -> [[FileVariable]] {
    var combinations: [[FileVariable]] = [[]]
    if let set = try table.subtable("set") {
      for entry in set.table.entries {
        let value = try set.requiredText(entry.key, example: "\"text\"")
        combinations[0].append(FileVariable(name: entry.key, value: value))
      }
    }
    guard let each = try table.subtable("each") else { return combinations }
    for entry in each.table.entries {
      let values = try each.texts(entry.value, entry.key)
      combinations = combinations.flatMap { known in
        values.map { known + [FileVariable(name: entry.key, value: $0)] }
      }
      guard (1...10_000).contains(combinations.count) else {
        throw each.error(
          entry.key, "'each' makes \(combinations.count) files; 1 to 10000 are right")
      }
    }
    return combinations
  }
}

extension SourceFile {
  fileprivate init(
    decoding table: DeclarationTable, layers: [DeclarationTable], known: [FileVariable],
    variables: [FileVariable], sourceSplit: String
  ) throws(DeclarationError) {
    self.variables = variables
    let places = ["url", "hub", "file"].filter(table.has)
    guard places.count == 1, let kind = places.first else {
      throw table.error(
        places.first, "\(table.name) needs one of 'url', 'hub' and 'file', and no more than one")
    }
    let fill = { (key: String, text: String) throws(DeclarationError) -> String in
      try filled(text, known + variables, key, table)
    }
    let text = try fill(kind, try table.requiredText(kind, example: "\"...\""))
    sha256 = try table.text("sha256")
    if let sha256 {
      guard sha256.utf8.count == 64, sha256.utf8.allSatisfy(isLowerHex) else {
        throw table.error(
          "sha256", "sha256 is not 64 lower-case hex digits; paste that of sha256sum")
      }
    }
    switch kind {
    case "url":
      guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
        throw table.error("url", "url '\(text)' begins with neither https:// nor http://")
      }
      place = .url(text)
    case "hub":
      let config = try fill("config", try table.text("config") ?? "default")
      let split = try fill("source_split", try table.text("source_split") ?? sourceSplit)
      place = .hub(dataset: text, config: config, split: split)
    default:
      guard isInside(text) else {
        throw table.error(
          "file", "file '\(text)' leaves the plugin's folder; put it beside plugin.toml")
      }
      place = .local(text)
    }
    if kind == "hub", sha256 != nil {
      throw table.error(
        "sha256", "the Hub's rows have no file to pin; pin their commit with 'revision'")
    }
    if kind != "hub", table.has("config") {
      throw table.error("config", "'config' belongs to 'hub'; remove it")
    }
    let numbers = layers.first { $0.has("python_numbers") }
    allowsPythonNumbers = try numbers?.bool("python_numbers") ?? false
    if case .hub = place {
      format = .jsonLines(unwraps: false)
      packing = .none
    } else {
      format = try RowFormat(layers)
      packing = try Packing(layers, name: text, fill: fill)
    }
    if allowsPythonNumbers, format != .jsonLines(unwraps: false) {
      throw (numbers ?? table).error(
        "python_numbers", "'python_numbers' is for format = \"jsonl\" without 'unwrap'")
    }
  }
}

extension RowFormat {
  fileprivate init(_ layers: [DeclarationTable]) throws(DeclarationError) {
    guard let table = layers.first(where: { $0.has("format") }) else {
      throw layers[0].error(
        nil, "the format is not said; add format = \"jsonl\", \"json\", \"csv\", \"tsv\" or \"xml\""
      )
    }
    switch try table.text("format") {
    case "jsonl": self = .jsonLines(unwraps: try table.bool("unwrap") ?? false)
    case "json": self = .json(member: try table.text("member").map { FieldPath($0).parts } ?? [])
    case "csv", "tsv":
      let isTabs = try table.text("format") == "tsv"
      let given = try table.text("delimiter") ?? (isTabs ? "\t" : ",")
      guard given.utf8.count == 1, let delimiter = given.utf8.first else {
        throw table.error("delimiter", "'delimiter' must be one character")
      }
      self = .table(
        delimiter: delimiter, quotes: try table.bool("quotes") ?? !isTabs,
        columns: try table.texts("columns"))
    case "xml": self = .xml(element: try table.requiredText("element", example: "\"Problem\""))
    default:
      throw table.error("format", "format must be \"jsonl\", \"json\", \"csv\", \"tsv\" or \"xml\"")
    }
  }
}

extension Packing {
  fileprivate init(
    _ layers: [DeclarationTable], name: String,
    fill: (String, String) throws(DeclarationError) -> String
  ) throws(DeclarationError) {
    let path = name.prefix { $0 != "?" }
    guard let table = layers.first(where: { $0.has("packing") }) else {
      // What the name says, so that most declarations need not.
      if path.hasSuffix(".tar.gz") || path.hasSuffix(".tgz") || path.hasSuffix(".zip")
        || path.hasSuffix(".tar")
      {
        throw layers[0].error(
          nil,
          "an archive needs packing = \"zip\", \"tar\" or \"tar.gz\", and members = \"*.jsonl\"")
      }
      self = path.hasSuffix(".gz") ? .gzip : .none
      return
    }
    switch try table.text("packing") {
    case "none": self = .none
    case "gzip": self = .gzip
    case let word?:
      guard let format = ArchiveFormat(rawValue: word) else { fallthrough }
      let members = layers.first { $0.has("members") } ?? table
      self = .archive(
        format,
        members: try fill("members", try members.requiredText("members", example: "\"*.jsonl\"")))
    case nil:
      throw table.error(
        "packing", "packing must be \"none\", \"gzip\", \"zip\", \"tar\" or \"tar.gz\"")
    }
  }
}

/// A text with its `{names}` filled; an unknown name is an error.
private func filled(
  _ text: String, _ variables: [FileVariable], _ key: String, _ table: DeclarationTable
) throws(DeclarationError) -> String {
  guard text.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) else {
    return text
  }
  guard let template = RowTemplate(text) else {
    throw table.error(key, "'\(key)' has a brace without a partner; write {{ or }} for a brace")
  }
  var result = ""
  for piece in template.pieces {
    switch piece {
    case .text(let text): result += text
    case .field(let path):
      guard let variable = variables.first(where: { $0.name == path.text }) else {
        let names = variables.map { "{\($0.name)}" }.joined(separator: ", ")
        throw table.error(
          key, "'\(key)' has {\(path.text)}, which is nothing here; there are \(names)")
      }
      result += variable.value
    }
  }
  return result
}

/// Letters, digits, `_`, `-`, `.`: what can be a folder and a part of a slug.
private func isName(_ text: String) -> Bool {
  !text.isEmpty && text.first != "." && text.first != "-"
    && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
}

private func isLowerHex(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}

private func isInside(_ path: String) -> Bool {
  !path.isEmpty
    && path.split(separator: "/", omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
}
