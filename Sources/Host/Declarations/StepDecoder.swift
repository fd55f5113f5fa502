// From `steps = ["strip", { after = "####" }]` to steps.
internal import TOMLFormat

extension Step {
  private static let words: [(String, Step)] = [
    ("strip", .strip(nil)), ("collapse", .collapse), ("lower", .lower), ("upper", .upper),
    ("boxed", .boxed), ("last_line", .lastLine), ("plain_number", .plainNumber),
    ("parse_json", .parseJSON), ("number", .number), ("integer", .integer), ("text", .text),
    ("mean", .mean),
  ]

  private static let keys = [
    "strip", "strip_end", "remove", "replace", "before", "before_last", "after", "after_last",
    "match",
    "substitute", "with", "prefix", "suffix", "map", "otherwise", "join", "above", "either",
  ]

  /// The steps under a key; none when it is absent.
  static func steps(
    _ key: String, in table: DeclarationTable
  ) throws(DeclarationError) -> [Step] {
    guard let value = table.table[key] else { return [] }
    return try steps(value, key, table)
  }

  private static func steps(
    _ value: TOMLValue, _ key: String, _ table: DeclarationTable
  ) throws(DeclarationError) -> [Step] {
    guard case .array(let items) = value.content else {
      throw table.error(key, "'\(key)' is \(value.kind); write an array such as [\"strip\"]")
    }
    var steps: [Step] = []
    for item in items { steps.append(try step(item, table)) }
    return steps
  }

  private static func step(
    _ item: TOMLValue, _ outer: DeclarationTable
  ) throws(DeclarationError) -> Step {
    let place = "\(outer.file):\(item.position)"
    switch item.content {
    case .string(let word):
      guard let step = words.first(where: { $0.0 == word }) else {
        let known = words.map { "\"\($0.0)\"" }.joined(separator: ", ")
        throw DeclarationError(
          at: place,
          "unknown step \"\(word)\"; there are \(known), and { \(keys[0]) = ... } and others")
      }
      return step.1
    case .table(let inner):
      let table = DeclarationTable(inner, at: item.position, name: "a step", file: outer.file)
      try table.checkKeys(keys)
      let names = inner.entries.map(\.key).filter { $0 != "with" && $0 != "otherwise" }
      guard names.count == 1, let name = names.first else {
        throw DeclarationError(
          at: place, "a step does one thing; write { strip = \"$\" } for example")
      }
      return try step(name, table)
    default:
      throw DeclarationError(at: place, "a step is \(item.kind); write a word or a table")
    }
  }

  private static func step(
    _ name: String, _ table: DeclarationTable
  ) throws(DeclarationError) -> Step {
    let value = { () throws(DeclarationError) -> String in
      try table.requiredText(name, example: "\"text\"")
    }
    let with = { () throws(DeclarationError) -> String in
      guard let text = try table.text("with") else {
        throw table.error(nil, "the step '\(name)' needs 'with', which may be empty")
      }
      return text
    }
    switch name {
    case "strip": return .strip(try value())
    case "strip_end": return .stripEnd(try value())
    case "remove": return .remove(try table.texts(name) ?? [])
    case "replace": return .replace(try value(), with: try with())
    case "before": return .before(try value(), .first)
    case "before_last": return .before(try value(), .last)
    case "after": return .after(try value(), .first)
    case "after_last": return .after(try value(), .last)
    case "match":
      try checkPattern(try value(), name, table)
      return .match(try value())
    case "substitute":
      try checkPattern(try value(), name, table)
      return .substitute(try value(), with: try with())
    case "prefix": return .prefix(try value())
    case "suffix": return .suffix(try value())
    case "join": return .join(try table.text(name) ?? "")
    case "map":
      guard let map = try table.subtable(name) else { throw table.error(name, "'map' is no table") }
      var pairs: [TextPair] = []
      for entry in map.table.entries {
        pairs.append(TextPair(from: entry.key, to: try map.text(entry.key) ?? ""))
      }
      return .map(pairs, otherwise: try table.text("otherwise"))
    case "above":
      switch table.table[name]?.content {
      case .float(let number) where number.isFinite: return .above(number)
      case .integer(let number): return .above(Double(number))
      default: throw table.error(name, "'above' must be a number")
      }
    case "either":
      guard case .array(let ways)? = table.table[name]?.content, !ways.isEmpty else {
        throw table.error(name, "'either' must be an array of arrays of steps")
      }
      var alternatives: [[Step]] = []
      for way in ways { alternatives.append(try steps(way, name, table)) }
      return .either(alternatives)
    default: throw table.error(nil, "the step has no meaning; write { strip = \"$\" } for example")
    }
  }
}
