// From the tables of a plugin.toml to the making of rows: fields, choices, filters, repairs.
internal import JSONFormat
internal import TOMLFormat

extension RowMapping {
  init(decoding dataset: DeclarationTable) throws(DeclarationError) {
    copied = try dataset.texts("copy") ?? []
    fields = []
    if let row = try dataset.subtable("row") {
      for entry in row.table.entries {
        fields.append(try FieldMapping(entry, row, label: "[dataset.row] \(entry.key)"))
      }
    }
    choices = try dataset.subtable("choices").map { table throws(DeclarationError) in
      try ChoiceMapping(decoding: table)
    }
    filters = try RowFilter.filters(in: dataset)
    repairs = []
    for table in try dataset.subtables("repairs") {
      try table.checkKeys(["field", "begins", "set", "why"])
      guard let set = try table.subtable("set") else {
        throw table.error(nil, "'set' is missing in \(table.name); say what the row must hold")
      }
      // Read so that a repair has its reason beside it.
      _ = try table.requiredText("why", example: "\"the printed answer is wrong\"")
      repairs.append(
        RowRepair(
          field: FieldPath(try table.requiredText("field", example: "\"question\"")),
          prefix: try table.requiredText("begins", example: "\"What is\""),
          values: set.table.entries.map { JSONMember(key: $0.key, value: constant($0.value)) }))
    }
    guard !copied.isEmpty || !fields.isEmpty || choices != nil else {
      throw dataset.error(nil, "no field is made; add copy = [\"...\"], [dataset.row] or both")
    }
    var names = copied + fields.map(\.name)
    if choices != nil { names.append("answer") }
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw dataset.error("row", "field '\(name)' is made twice; remove one of the two")
    }
  }
}

extension FieldMapping {
  /// Decodes `name = "field"` or `name = { from = ..., steps = [...] }`; `label` is how messages name it.
  fileprivate init(
    _ entry: TOMLEntry, _ row: DeclarationTable, label: String
  ) throws(DeclarationError) {
    name = entry.key
    steps = []
    isOptional = false
    switch entry.value.content {
    case .string(let path): origin = .fields([FieldPath(path)])
    case .table(let inner):
      let table = DeclarationTable(
        inner, at: entry.value.position, name: label, file: row.file)
      try table.checkKeys(["from", "template", "value", "steps", "optional"])
      guard ["from", "template", "value"].filter(table.has).count == 1 else {
        throw table.error(
          nil,
          "field '\(entry.key)' needs one of 'from', 'template' and 'value', and no more than one")
      }
      if let paths = try table.texts("from") {
        origin = .fields(paths.map(FieldPath.init))
      } else if let text = try table.text("template") {
        guard let template = RowTemplate(text) else {
          throw table.error("template", "a brace has no partner; write {{ or }} for a brace")
        }
        origin = .template(template)
      } else {
        origin = .constant(inner["value"].map(constant) ?? .null)
      }
      steps = try Step.steps("steps", in: table)
      isOptional = try table.bool("optional") ?? false
    default:
      throw row.error(
        entry.key, "'\(entry.key)' is \(entry.value.kind); write a field's name or a table")
    }
  }
}

extension ChoiceMapping {
  fileprivate init(decoding table: DeclarationTable) throws(DeclarationError) {
    try table.checkKeys([
      "columns", "list", "answer", "answer_as", "steps", "drop_empty", "shuffle_seed",
    ])
    switch (try table.texts("columns"), try table.text("list")) {
    case (let columns?, nil): origin = .columns(columns.map(FieldPath.init))
    case (nil, let list?): origin = .list(FieldPath(list))
    default:
      throw table.error(
        nil, "\(table.name) needs one of 'columns' and 'list', and no more than one")
    }
    guard let kind: AnswerKind = try table.word("answer_as") else {
      let words = AnswerKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw table.error(nil, "'answer_as' is missing in \(table.name); write one of \(words)")
    }
    self.kind = kind
    answer = try table.table.entry("answer").map { entry throws(DeclarationError) in
      try FieldMapping(entry, table, label: "[dataset.choices] answer")
    }
    guard (answer == nil) == (kind == .first || kind == .last) else {
      throw table.error(
        "answer",
        "'answer' names the field of the answer; answer_as = \"first\" and \"last\" have none")
    }
    steps = try Step.steps("steps", in: table)
    dropsEmpty = try table.bool("drop_empty") ?? false
    shuffleSeed = try table.integer("shuffle_seed", in: 0...Int64(UInt32.max)).map(UInt32.init)
  }
}

extension RowFilter {
  static func filters(in table: DeclarationTable) throws(DeclarationError) -> [RowFilter] {
    var filters: [RowFilter] = []
    for entry in try table.subtables("filters") {
      try entry.checkKeys(["field", "empty", "is", "is_not", "matches", "matches_not"])
      let field = FieldPath(try entry.requiredText("field", example: "\"image\""))
      guard ["empty", "is", "is_not", "matches", "matches_not"].filter(entry.has).count == 1 else {
        throw entry.error(nil, "\(entry.name) needs one of empty, is, is_not, matches, matches_not")
      }
      if let wantsEmpty = try entry.bool("empty") {
        filters.append(RowFilter(field: field, test: .empty, isNegated: !wantsEmpty))
      } else if let texts = try entry.texts(entry.has("is") ? "is" : "is_not") {
        filters.append(RowFilter(field: field, test: .oneOf(texts), isNegated: entry.has("is_not")))
      } else if let pattern = try entry.text(
        entry.has("matches") ? "matches" : "matches_not")
      {
        try checkPattern(pattern, entry.has("matches") ? "matches" : "matches_not", entry)
        filters.append(
          RowFilter(field: field, test: .matches(pattern), isNegated: entry.has("matches_not")))
      }
    }
    return filters
  }
}

/// A TOML value as JSON: times as text, floats that are not finite as null.
func constant(_ value: TOMLValue) -> JSONValue {
  switch value.content {
  case .string(let text), .offsetDateTime(let text), .localDateTime(let text),
    .localDate(let text), .localTime(let text):
    .string(text)
  case .integer(let number): .integer(number)
  case .float(let number): number.isFinite ? .number(number) : .null
  case .bool(let flag): .bool(flag)
  case .array(let elements): .array(elements.map(constant))
  case .table(let table):
    .object(table.entries.map { JSONMember(key: $0.key, value: constant($0.value)) })
  }
}

/// Refuses a pattern that is no regular expression.
func checkPattern(
  _ pattern: String, _ key: String, _ table: DeclarationTable
) throws(DeclarationError) {
  do { _ = try Regex(pattern) } catch {
    throw table.error(key, "'\(pattern)' is no regular expression: \(error)")
  }
}
