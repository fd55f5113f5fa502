// One source row becomes one prepared row, or a fault that names the field.
internal import Declarations
internal import JSONFormat

/// Makes the rows of one split.
struct RowMapper {
  /// What became of a row.
  enum Outcome {
    case written(isRepaired: Bool)
    /// The declaration drops it.
    case filtered
  }

  /// The fields of the row at hand.
  var fields: RowFields
  private let mapping: RowMapping
  private let filters: [CompiledFilter]
  private let steps: [FieldSteps]
  private let choiceSteps: FieldSteps
  private let answerSteps: FieldSteps
  private var random: PythonRandom?

  /// A mapper for a split whose own filters are joined to the mapping's.
  init(_ mapping: RowMapping, filters: [RowFilter]) throws(RowFault) {
    self.mapping = mapping
    fields = RowFields(names: mapping.sourceFields(with: filters))
    var compiled: [CompiledFilter] = []
    for filter in mapping.filters + filters { compiled.append(try CompiledFilter(filter)) }
    self.filters = compiled
    var steps: [FieldSteps] = []
    for field in mapping.fields { steps.append(try FieldSteps(field.steps)) }
    self.steps = steps
    choiceSteps = try FieldSteps(mapping.choices?.steps ?? [])
    answerSteps = try FieldSteps(mapping.choices?.answer?.steps ?? [])
    random = mapping.choices?.shuffleSeed.map(PythonRandom.init)
  }

  /// Writes the row at hand as one object, without a line feed.
  ///
  /// After a fault `writer` holds a part of it.
  mutating func write(to writer: inout JSONWriter) throws(RowFault) -> Outcome {
    for filter in filters where try !filter.keeps(fields) { return .filtered }
    let repair = try repair()
    var open = repair?.values ?? []
    writer.beginObject()
    for name in mapping.copied {
      writer.key(text: name)
      if try write(repaired: name, &open, to: &writer) { continue }
      guard fields.write(name, to: &writer) else { throw RowFault("field '\(name)' is missing") }
    }
    for (place, field) in mapping.fields.enumerated() {
      if open.contains(where: { $0.key == field.name }) {
        writer.key(text: field.name)
        _ = try write(repaired: field.name, &open, to: &writer)
      } else {
        try write(field, steps[place], to: &writer)
      }
    }
    if let choices = mapping.choices { try write(choices, to: &writer) }
    for member in open {
      writer.key(text: member.key)
      try write(member.value, to: &writer)
    }
    writer.endObject()
    return .written(isRepaired: repair != nil)
  }

  private func repair() throws(RowFault) -> RowRepair? {
    for repair in mapping.repairs {
      if let text = try fields.text(repair.field), text.utf8.starts(with: repair.prefix.utf8) {
        return repair
      }
    }
    return nil
  }

  /// Writes the value that a repair has for a field and takes it out; false when it has none.
  private func write(
    repaired name: String, _ open: inout [JSONMember], to writer: inout JSONWriter
  ) throws(RowFault) -> Bool {
    guard let place = open.firstIndex(where: { $0.key == name }) else { return false }
    try write(open.remove(at: place).value, to: &writer)
    return true
  }

  private func write(_ value: JSONValue, to writer: inout JSONWriter) throws(RowFault) {
    do throws(JSONError) { try writer.value(value) } catch { throw RowFault("\(error)") }
  }

  private func write(
    _ field: FieldMapping, _ steps: FieldSteps, to writer: inout JSONWriter
  ) throws(RowFault) {
    // A field that is taken as it stands is not decoded.
    if case .fields(let paths) = field.origin, paths.count == 1, let path = paths.first,
      path.parts.count == 1, steps.isEmpty, !field.isOptional
    {
      writer.key(text: field.name)
      guard fields.write(path.root, to: &writer) else {
        throw RowFault("field '\(path.text)' is missing, of which '\(field.name)' is made")
      }
      return
    }
    guard let value = try value(of: field) else {
      if field.isOptional { return }
      throw RowFault("field \(field.origin.names) is missing, of which '\(field.name)' is made")
    }
    let made: JSONValue
    do throws(RowFault) { made = try steps.applied(to: value) } catch {
      if field.isOptional { return }
      throw RowFault("field '\(field.name)': \(error.reason)")
    }
    writer.key(text: field.name)
    try write(made, to: &writer)
  }

  private func value(of field: FieldMapping) throws(RowFault) -> JSONValue? {
    switch field.origin {
    case .constant(let value): return value
    case .fields(let paths):
      for path in paths {
        if let value = try fields.value(path) { return value }
      }
      return nil
    case .template(let template):
      var text = ""
      for piece in template.pieces {
        switch piece {
        case .text(let part): text += part
        case .field(let path):
          guard let part = try fields.text(path) else {
            throw RowFault("field '\(path.text)' is missing, of which '\(field.name)' is made")
          }
          text += part
        }
      }
      return .string(text)
    }
  }

  // MARK: Choices

  private mutating func write(
    _ mapping: ChoiceMapping, to writer: inout JSONWriter
  ) throws(RowFault) {
    var choices = try texts(of: mapping)
    let answer = try place(mapping, among: choices)
    guard choices.indices.contains(answer) else {
      throw RowFault("the answer is choice \(answer + 1) of \(choices.count)")
    }
    var places = Array(choices.indices)
    if mapping.dropsEmpty {
      places.removeAll { stripped(choices[$0]).isEmpty }
      guard places.contains(answer) else { throw RowFault("the right choice is empty") }
    }
    random?.shuffle(&places)
    choices = places.map { choices[$0] }
    guard (2...26).contains(choices.count), let letter = places.firstIndex(of: answer) else {
      throw RowFault("it has \(choices.count) choices; 2 to 26 are right")
    }
    writer.key("answer")
    writer.string(Self.letter(letter))
    for (index, choice) in choices.enumerated() {
      writer.key(text: Self.letter(index))
      writer.string(choice)
    }
  }

  private func texts(of mapping: ChoiceMapping) throws(RowFault) -> [String] {
    var values: [JSONValue] = []
    switch mapping.origin {
    case .columns(let paths):
      for path in paths {
        if let value = try fields.value(path) {
          values.append(value)
        } else if mapping.dropsEmpty {
          values.append(.string(""))
        } else {
          throw RowFault("choice '\(path.text)' is missing")
        }
      }
    case .list(let path):
      guard let elements = try fields.value(path)?.elements else {
        throw RowFault("field '\(path.text)' is no list of choices")
      }
      values = elements
    }
    var texts: [String] = []
    for value in values {
      let value = try choiceSteps.applied(to: value)
      guard let text = value.scalarText else { throw RowFault("a choice is no text") }
      texts.append(text)
    }
    return texts
  }

  /// The place of the right choice among all.
  private func place(
    _ mapping: ChoiceMapping, among choices: [String]
  ) throws(RowFault) -> Int {
    switch mapping.kind {
    case .first: return 0
    case .last: return choices.count - 1
    case .letter, .index, .number, .text: break
    }
    guard let field = mapping.answer, let value = try value(of: field) else {
      throw RowFault("it has no answer")
    }
    guard let given = try answerSteps.applied(to: value).scalarText else {
      throw RowFault("the answer is a list or an object, where text is needed")
    }
    let text = stripped(given)
    switch mapping.kind {
    case .letter:
      guard text.utf8.count == 1, let letter = text.utf8.first,
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter)
      else { throw RowFault("the answer '\(shown(given))' is no letter from A to Z") }
      return Int(letter - UInt8(ascii: "A"))
    case .index, .number:
      guard let number = Int(text) else {
        throw RowFault("the answer '\(shown(given))' is no number")
      }
      return mapping.kind == .index ? number : number - 1
    case .text, .first, .last:
      let places = choices.indices.filter { choices[$0].utf8.elementsEqual(given.utf8) }
      guard places.count == 1 else {
        throw RowFault("the answer '\(shown(given))' is \(places.count) of the choices, not one")
      }
      return places[0]
    }
  }

  private static func letter(_ index: Int) -> String {
    String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index)))
  }
}

/// A filter whose regular expression is compiled.
private struct CompiledFilter {
  private let filter: RowFilter
  private let pattern: Regex<AnyRegexOutput>?

  init(_ filter: RowFilter) throws(RowFault) {
    self.filter = filter
    if case .matches(let text) = filter.test { pattern = try compiled(text) } else { pattern = nil }
  }

  func keeps(_ fields: RowFields) throws(RowFault) -> Bool {
    let passes: Bool
    switch filter.test {
    case .empty: passes = Self.isEmpty(try fields.value(filter.field))
    case .oneOf(let texts):
      let text = try fields.text(filter.field)
      passes = text.map { text in texts.contains { $0.utf8.elementsEqual(text.utf8) } } ?? false
    case .matches:
      guard let text = try fields.text(filter.field), let pattern else { return filter.isNegated }
      passes = (try? pattern.firstMatch(in: text)) != nil
    }
    return passes != filter.isNegated
  }

  private static func isEmpty(_ value: JSONValue?) -> Bool {
    switch value {
    case nil, .null: true
    case .string(let text): stripped(text).isEmpty
    case .array(let elements): elements.isEmpty
    case .object(let members): members.isEmpty
    case .bool, .integer, .number: false
    }
  }
}

extension RowMapping {
  /// The source's own fields that anything of the mapping looks at.
  fileprivate func sourceFields(with others: [RowFilter]) -> Set<String> {
    var paths = (filters + others).map(\.field) + repairs.map(\.field)
    for field in fields + [choices?.answer].compactMap({ $0 }) {
      switch field.origin {
      case .fields(let given): paths += given
      case .template(let template):
        for case .field(let path) in template.pieces { paths.append(path) }
      case .constant: break
      }
    }
    switch choices?.origin {
    case .columns(let columns)?: paths += columns
    case .list(let path)?: paths.append(path)
    case nil: break
    }
    return Set(copied + paths.map(\.root))
  }
}

extension FieldMapping.Origin {
  /// How a fault names it.
  fileprivate var names: String {
    switch self {
    case .fields(let paths): paths.map { "'\($0.text)'" }.joined(separator: " or ")
    case .template, .constant: "''"
    }
  }
}
