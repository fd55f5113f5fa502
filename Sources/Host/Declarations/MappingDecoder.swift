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
    sort = try dataset.text("sort").map(FieldPath.init)
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
          values: set.table.entries.map { JSONMember(key: $0.key, value: $0.value.json) }))
    }
    guard !copied.isEmpty || !fields.isEmpty || choices != nil else {
      throw dataset.error(nil, "no field is made; add copy = [\"...\"], [dataset.row] or both")
    }
    let names = copied + fields.map(\.name)
    if choices != nil {
      let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }
      let made = ["answer"] + letters
      for name in names + repairs.flatMap({ $0.values.map(\.key) }) where made.contains(name) {
        throw dataset.error(
          "choices",
          "field '\(name)' is made by [dataset.choices]; take it out of copy, row and repairs")
      }
    }
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw dataset.error("row", "field '\(name)' is made twice; remove one of the two")
    }
  }
}

extension FieldMapping {
  /// Decodes `name = "field"` or `name = { from = ..., steps = [...] }`; `label` is how messages name it.
  fileprivate init(
    _ entry: TOMLEntry, _ row: DeclarationTable, label: String, isCase: Bool = false
  ) throws(DeclarationError) {
    name = entry.key
    steps = []
    isOptional = false
    switch entry.value.content {
    case .string(let path): origin = .fields([FieldPath(path)])
    case .table(let inner):
      let table = DeclarationTable(
        inner, at: entry.value.position, name: label, file: row.file)
      try table.checkKeys(
        ["from", "template", "value", "cases", "steps", "optional"] + (isCase ? ["when"] : []))
      guard ["from", "template", "value", "cases"].filter(table.has).count == 1 else {
        throw table.error(
          nil,
          "field '\(entry.key)' needs one of 'from', 'template', 'value' and 'cases', and no more than "
            + "one")
      }
      if let paths = try table.texts("from") {
        origin = .fields(paths.map(FieldPath.init))
      } else if let text = try table.text("template") {
        guard let template = RowTemplate(text) else {
          throw table.error("template", "a brace has no partner; write {{ or }} for a brace")
        }
        origin = .template(template)
      } else if table.has("cases") {
        origin = .cases(try FieldCase.cases(of: entry.key, in: table))
      } else {
        origin = .constant(inner["value"]?.json ?? .null)
      }
      steps = try Step.steps("steps", in: table)
      isOptional = try table.bool("optional") ?? false
    default:
      throw row.error(
        entry.key, "'\(entry.key)' is \(entry.value.kind); write a field's name or a table")
    }
  }
}

extension FieldCase {
  /// The cases of a field: each a table as a field has it, with `when` on all but the last.
  fileprivate static func cases(
    of name: String, in table: DeclarationTable
  ) throws(DeclarationError) -> [FieldCase] {
    var cases: [FieldCase] = []
    for entry in try table.subtables("cases") {
      let field = try FieldMapping(
        TOMLEntry(key: name, keyPosition: .start, value: TOMLValue(.table(entry.table))), entry,
        label: "a case of '\(name)'", isCase: true)
      let condition = try entry.subtable("when").map { when throws(DeclarationError) in
        try RowFilter(decoding: when)
      }
      cases.append(FieldCase(condition: condition, field: field))
    }
    guard !cases.isEmpty else { throw table.error("cases", "'cases' is empty; add a table to it") }
    return cases
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
    for entry in try table.subtables("filters") { filters.append(try RowFilter(decoding: entry)) }
    return filters
  }

  private static let tests = ["empty", "is", "is_not", "matches", "matches_not"]

  fileprivate init(decoding table: DeclarationTable) throws(DeclarationError) {
    try table.checkKeys(["field", "any"] + Self.tests)
    if table.has("any") {
      guard table.table.entries.count == 1 else {
        throw table.error("any", "'any' stands alone: its own entries have the fields")
      }
      var filters: [RowFilter] = []
      for entry in try table.subtables("any") { filters.append(try RowFilter(decoding: entry)) }
      guard !filters.isEmpty else { throw table.error("any", "'any' is empty") }
      self.init(field: FieldPath(""), test: .any(filters), isNegated: false)
      return
    }
    let field = FieldPath(try table.requiredText("field", example: "\"image\""))
    guard Self.tests.filter(table.has).count == 1 else {
      throw table.error(nil, "\(table.name) needs one of \(Self.tests.joined(separator: ", "))")
    }
    if let wantsEmpty = try table.bool("empty") {
      self.init(field: field, test: .empty, isNegated: !wantsEmpty)
    } else if let texts = try table.texts(table.has("is") ? "is" : "is_not") {
      self.init(field: field, test: .oneOf(texts), isNegated: table.has("is_not"))
    } else {
      let key = table.has("matches") ? "matches" : "matches_not"
      let pattern = try table.requiredText(key, example: "\"^[A-D]$\"")
      try checkPattern(pattern, key, table)
      self.init(field: field, test: .matches(pattern), isNegated: key == "matches_not")
    }
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
