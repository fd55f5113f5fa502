// The steps of a declaration, carried out on one value.
internal import Declarations
internal import JSONFormat

/// Steps with their regular expressions compiled.
struct FieldSteps {
  private let steps: [Step]
  private let patterns: [String: Regex<AnyRegexOutput>]

  init(_ steps: [Step]) throws(RowFault) {
    self.steps = steps
    var patterns: [String: Regex<AnyRegexOutput>] = [:]
    for pattern in steps.flatMap(Self.patterns) { patterns[pattern] = try compiled(pattern) }
    self.patterns = patterns
  }

  var isEmpty: Bool { steps.isEmpty }

  private static func patterns(of step: Step) -> [String] {
    switch step {
    case .match(let pattern), .substitute(let pattern, with: _): [pattern]
    case .either(let ways): ways.flatMap { $0.flatMap(patterns) }
    default: []
    }
  }

  /// The value after all steps.
  func applied(to value: JSONValue) throws(RowFault) -> JSONValue { try apply(steps, to: value) }

  private func apply(_ steps: [Step], to value: JSONValue) throws(RowFault) -> JSONValue {
    var value = value
    for step in steps { value = try apply(step, to: value) }
    return value
  }

  private func apply(_ step: Step, to value: JSONValue) throws(RowFault) -> JSONValue {
    switch step {
    case .either(let ways):
      var last = RowFault("no way")
      for way in ways {
        do throws(RowFault) { return try apply(way, to: value) } catch { last = error }
      }
      throw last
    case .join(let separator):
      guard let elements = value.elements else { throw RowFault("a list is needed to join") }
      var texts: [String] = []
      for element in elements { texts.append(try text(element)) }
      return .string(texts.joined(separator: separator))
    case .mean:
      guard let elements = value.elements, !elements.isEmpty else {
        throw RowFault("a list of numbers is needed for a mean")
      }
      var sum = 0.0
      for element in elements { sum += try number(element) }
      return .number(sum / Double(elements.count))
    case .above(let bound): return .string(try number(value) > bound ? "true" : "false")
    case .number:
      if let integer = Self.integer(value) { return .integer(integer) }
      let number = try number(value)
      return Int64(exactly: number).map(JSONValue.integer) ?? .number(number)
    case .integer:
      if let integer = Self.integer(value) { return .integer(integer) }
      guard let integer = Int64(exactly: try number(value)) else {
        throw RowFault("'\(shown(try text(value)))' is no whole number")
      }
      return .integer(integer)
    case .parseJSON:
      let json = Array(try text(value).utf8)
      do throws(JSONError) { return try JSONValue.parse(json) } catch {
        throw RowFault("its text is no JSON: \(error)")
      }
    default: return .string(try applied(step, to: try text(value)))
    }
  }

  /// A whole number that is written as one, digit by digit and not by way of a Double.
  private static func integer(_ value: JSONValue) -> Int64? {
    switch value {
    case .integer(let number): number
    case .string(let text): Int64(stripped(text))
    default: nil
    }
  }

  private func text(_ value: JSONValue) throws(RowFault) -> String {
    guard let text = value.scalarText else { throw RowFault("text is needed") }
    return text
  }

  private func number(_ value: JSONValue) throws(RowFault) -> Double {
    switch value {
    case .integer(let number): return Double(number)
    case .number(let number): return number
    default:
      let text = try text(value)
      guard let number = Double(stripped(text)), number.isFinite else {
        throw RowFault("'\(shown(text))' is no number")
      }
      return number
    }
  }

  // MARK: Texts

  private func applied(_ step: Step, to text: String) throws(RowFault) -> String {
    switch step {
    case .strip(let characters): return stripped(text, of: characters)
    case .stripEnd(let characters):
      var scalars = text.unicodeScalars[...]
      while let last = scalars.last, characters.unicodeScalars.contains(last) {
        scalars.removeLast()
      }
      return String(scalars)
    case .collapse:
      return text.unicodeScalars.split(whereSeparator: isBlank).map { String($0) }
        .joined(separator: " ")
    case .lower: return text.lowercased()
    case .upper: return text.uppercased()
    case .remove(let parts):
      return parts.reduce(text) { $0.replacing(exactly: $1, with: "") }
    case .replace(let part, let other): return text.replacing(exactly: part, with: other)
    case .before(let mark, let end):
      guard let range = text.range(of: mark, end) else { return text }
      return String(text[..<range.lowerBound])
    case .after(let mark, let end):
      guard let range = text.range(of: mark, end) else {
        throw RowFault("'\(mark)' does not stand in '\(shown(text))'")
      }
      return String(text[range.upperBound...])
    case .match(let pattern): return try matched(pattern, text)
    case .substitute(let pattern, let other): return try substituted(pattern, text, other)
    case .boxed:
      guard let inner = BoxedText.last(in: text) else {
        throw RowFault("no closed \\boxed{} stands in '\(shown(text))'")
      }
      return inner
    case .lastLine:
      let lines = text.unicodeScalars.split(whereSeparator: { $0 == "\n" || $0 == "\r" })
      guard let line = lines.last(where: { !$0.allSatisfy(isBlank) }) else {
        throw RowFault("it has no line")
      }
      return String(line)
    case .plainNumber: return try plain(text)
    case .prefix(let other): return other + text
    case .suffix(let other): return text + other
    case .map(let pairs, let otherwise):
      if let pair = pairs.first(where: { $0.from.utf8.elementsEqual(text.utf8) }) { return pair.to }
      guard let otherwise else {
        let known = pairs.map { "'\($0.from)'" }.joined(separator: ", ")
        throw RowFault("'\(shown(text))' is none of \(known)")
      }
      return otherwise
    case .text: return text
    case .join, .parseJSON, .number, .integer, .mean, .above, .either: return text
    }
  }

  private func plain(_ text: String) throws(RowFault) -> String {
    let number = stripped(text)
    guard Double(number) != nil, number.utf8.allSatisfy({ "0123456789.+-".utf8.contains($0) })
    else { throw RowFault("'\(shown(text))' is no decimal number") }
    guard let point = number.firstIndex(of: ".") else { return number }
    var digits = number
    while digits.last == "0" { digits.removeLast() }
    if digits.last == "." { digits.removeLast() }
    return point == number.startIndex && digits.isEmpty ? "0" : digits
  }

  /// Characters of the longest text that regular expressions are let loose on: they may take the square of it.
  private static let longestText = 8192

  private func checkLength(_ text: String) throws(RowFault) {
    guard text.utf8.count > Self.longestText else { return }
    throw RowFault("its text of \(text.utf8.count) bytes is too long for a regular expression")
  }

  private func matched(_ pattern: String, _ text: String) throws(RowFault) -> String {
    try checkLength(text)
    guard let regex = patterns[pattern], let match = try? regex.firstMatch(in: text) else {
      throw RowFault("'\(pattern)' matches nothing in '\(shown(text))'")
    }
    let group = match.output.count > 1 ? match.output[1].substring : nil
    return String(group ?? text[match.range])
  }

  private func substituted(
    _ pattern: String, _ text: String, _ other: String
  ) throws(RowFault) -> String {
    guard let regex = patterns[pattern] else { return text }
    try checkLength(text)
    var result = ""
    var end = text.startIndex
    for match in text.matches(of: regex) {
      result += text[end..<match.range.lowerBound]
      let group = match.output.count > 1 ? match.output[1].substring.map { String($0) } ?? "" : ""
      result += other.replacing(exactly: "$1", with: group)
      end = match.range.upperBound
    }
    return result + text[end...]
  }
}

/// A regular expression over Unicode scalars.
func compiled(_ pattern: String) throws(RowFault) -> Regex<AnyRegexOutput> {
  do { return try Regex(pattern).matchingSemantics(.unicodeScalar) } catch {
    throw RowFault("'\(pattern)' is no regular expression")
  }
}

/// What `\boxed{}` holds.
enum BoxedText {
  /// The inside of the last box whose braces are closed; nil without one.
  ///
  /// One pass: a stack of open braces knows which of them opened a box.
  static func last(in text: String) -> String? {
    let bytes = Array(text.utf8)
    let marks = ["\\boxed", "\\fbox"].map { Array($0.utf8) }
    var open: [(start: Int, isBox: Bool)] = []
    var found: Range<Int>?
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\\"):
        if let mark = marks.first(where: { bytes[index...].starts(with: $0) }) {
          index += mark.count
          if index < bytes.count, bytes[index] == UInt8(ascii: "{") {
            open.append((index + 1, true))
            index += 1
          }
        } else {
          // An escaped brace is text.
          index += 2
        }
        continue
      case UInt8(ascii: "{"): open.append((index + 1, false))
      case UInt8(ascii: "}"):
        if let last = open.popLast(), last.isBox, last.start > found?.lowerBound ?? -1 {
          found = last.start..<index
        }
      default: break
      }
      index += 1
    }
    return found.map { String(decoding: bytes[$0], as: UTF8.self) }
  }
}
