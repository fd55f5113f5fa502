// Fields and filters of a declaration with their regular expressions compiled, over the row at hand.
package import Declarations
internal import JSONFormat

/// One field that is made.
struct CompiledField {
  let name: String
  /// The source field that it is, as it stands; nil where there is more to do.
  let plainField: String?
  private let origin: FieldMapping.Origin
  private let steps: FieldSteps
  private let isOptional: Bool
  private let cases: [(condition: CompiledFilter?, field: CompiledField)]

  init(_ field: FieldMapping) throws(RowFault) {
    name = field.name
    origin = field.origin
    steps = try FieldSteps(field.steps)
    isOptional = field.isOptional
    var cases: [(CompiledFilter?, CompiledField)] = []
    if case .cases(let given) = field.origin {
      for one in given {
        let condition = try one.condition.map { filter throws(RowFault) in
          try CompiledFilter(filter)
        }
        cases.append((condition, try CompiledField(one.field)))
      }
    }
    self.cases = cases
    if case .fields(let paths) = field.origin, paths.count == 1, let path = paths.first,
      path.parts.count == 1, field.steps.isEmpty, !field.isOptional
    {
      plainField = path.root
    } else {
      plainField = nil
    }
  }

  /// The field's value; nil for an optional one that is not there.
  func value(in fields: RowFields) throws(RowFault) -> JSONValue? {
    guard let value = try source(in: fields) else {
      // The case that holds has left it out itself.
      if isOptional || !cases.isEmpty { return nil }
      throw RowFault("field \(origin.names) is missing, of which '\(name)' is made")
    }
    do throws(RowFault) { return try steps.applied(to: value) } catch {
      throw RowFault("field '\(name)': \(error.reason)")
    }
  }

  private func source(in fields: RowFields) throws(RowFault) -> JSONValue? {
    switch origin {
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
            throw RowFault("field '\(path.text)' is missing, of which '\(name)' is made")
          }
          text += part
        }
      }
      return .string(text)
    case .cases:
      for (condition, field) in cases {
        if try condition?.keeps(fields) ?? true { return try field.value(in: fields) }
      }
      throw RowFault("no case of '\(name)' holds")
    }
  }
}

/// A filter whose regular expression is compiled.
struct CompiledFilter {
  private let filter: RowFilter
  private let pattern: Regex<AnyRegexOutput>?
  private let any: [CompiledFilter]

  init(_ filter: RowFilter) throws(RowFault) {
    self.filter = filter
    if case .matches(let text) = filter.test { pattern = try compiled(text) } else { pattern = nil }
    var any: [CompiledFilter] = []
    if case .any(let filters) = filter.test {
      for filter in filters { any.append(try CompiledFilter(filter)) }
    }
    self.any = any
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
    case .any:
      for filter in any where try filter.keeps(fields) { return true }
      return false
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
  /// The source's own fields whose whole value counts: not those of which it is only asked whether they are empty.
  package func neededFields(with others: [RowFilter]) -> Set<String> {
    var rest = self
    rest.filters = filters.filter { $0.test != .empty }
    return rest.sourceFields(with: others.filter { $0.test != .empty })
  }

  /// The source's own fields that anything of the mapping looks at.
  func sourceFields(with others: [RowFilter]) -> Set<String> {
    var paths = (filters + others).flatMap(\.paths) + repairs.map(\.field)
    for field in fields + [choices?.answer].compactMap({ $0 }) { paths += field.origin.paths }
    switch choices?.origin {
    case .columns(let columns)?: paths += columns
    case .list(let path)?: paths.append(path)
    case nil: break
    }
    if let sort { paths.append(sort) }
    return Set(copied + paths.map(\.root))
  }
}

extension RowFilter {
  fileprivate var paths: [FieldPath] {
    if case .any(let filters) = test { return filters.flatMap(\.paths) }
    return [field]
  }
}

extension FieldMapping.Origin {
  fileprivate var paths: [FieldPath] {
    switch self {
    case .fields(let paths): paths
    case .constant: []
    case .template(let template):
      template.pieces.compactMap { piece in
        if case .field(let path) = piece { path } else { nil }
      }
    case .cases(let cases):
      cases.flatMap { $0.field.origin.paths + ($0.condition?.paths ?? []) }
    }
  }

  /// How a fault names it.
  fileprivate var names: String {
    switch self {
    case .fields(let paths): paths.map { "'\($0.text)'" }.joined(separator: " or ")
    case .template, .constant, .cases: "of a case"
    }
  }
}
