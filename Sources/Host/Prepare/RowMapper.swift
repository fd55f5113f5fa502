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
  private let made: [CompiledField]
  private let choiceSteps: FieldSteps
  private let answer: CompiledField?
  private var random: PythonRandom?

  /// A mapper for a split whose own filters are joined to the mapping's.
  init(_ mapping: RowMapping, filters: [RowFilter]) throws(RowFault) {
    self.mapping = mapping
    fields = RowFields(names: mapping.sourceFields(with: filters))
    var compiled: [CompiledFilter] = []
    for filter in mapping.filters + filters { compiled.append(try CompiledFilter(filter)) }
    self.filters = compiled
    var made: [CompiledField] = []
    for field in mapping.fields { made.append(try CompiledField(field)) }
    self.made = made
    choiceSteps = try FieldSteps(mapping.choices?.steps ?? [])
    answer = try mapping.choices?.answer.map { field throws(RowFault) in try CompiledField(field) }
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
    for field in made {
      if open.contains(where: { $0.key == field.name }) {
        writer.key(text: field.name)
        _ = try write(repaired: field.name, &open, to: &writer)
      } else {
        try write(field, to: &writer)
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
    _ field: CompiledField, to writer: inout JSONWriter
  ) throws(RowFault) {
    // A field that is taken as it stands is not decoded.
    if let root = field.plainField {
      writer.key(text: field.name)
      guard fields.write(root, to: &writer) else {
        throw RowFault("field '\(root)' is missing, of which '\(field.name)' is made")
      }
      return
    }
    guard let value = try field.value(in: fields) else { return }
    writer.key(text: field.name)
    try write(value, to: &writer)
  }

  /// The text by which rows are put in order; nil when they stay in the source's.
  func sortKey() throws(RowFault) -> String? {
    guard let path = mapping.sort else { return nil }
    guard let text = try fields.text(path) else {
      throw RowFault("field '\(path.text)' is missing, by which rows are sorted")
    }
    return text
  }

  // MARK: Choices

  private mutating func write(
    _ mapping: ChoiceMapping, to writer: inout JSONWriter
  ) throws(RowFault) {
    var choices = try texts(of: mapping)
    let answer = try place(mapping, among: choices)
    guard choices.indices.contains(answer) else {
      throw RowFault("the answer is not one of the \(choices.count) choices")
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
    guard let value = try answer?.value(in: fields) else { throw RowFault("it has no answer") }
    guard let given = value.scalarText else {
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
      let (place, isOver) = number.subtractingReportingOverflow(mapping.kind == .index ? 0 : 1)
      return isOver ? -1 : place
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
