// The readings of one side: which numbers its commas make, and whether a label stands before it.

/// A text, its answer, and the trees that the answer can be read as.
struct SideReading: Sendable {
  let extracted: ExtractedAnswer?
  private let tokens: [PlacedToken]
  private(set) var nodes: [Node] = []
  private(set) var refusal: String?
  private var chosen: Node?
  /// The answer with a decimal comma; tried only against a decimal with a point.
  private var decimal: Node?
  /// The label of a choice and what stands after it; either answers a reference that has no label.
  private var labelled: [Node] = []

  init(_ text: String, isReference: Bool) {
    extracted = AnswerExtraction.find(in: text, isReference: isReference)
    do throws(MathError) {
      tokens =
        try extracted.map { answer throws(MathError) in try Tokenizer.tokens(of: answer.text) }
        ?? []
    } catch {
      tokens = []
      refusal = Self.words(error)
    }
  }

  /// True when two sides have the same text, or the same tokens.
  func isWritten(like other: SideReading) -> Bool {
    if let a = extracted, let b = other.extracted, a.text.utf8.elementsEqual(b.text.utf8) {
      return true
    }
    return !tokens.isEmpty && tokens.map(\.token) == other.tokens.map(\.token)
      && tokens.map(\.isApart) == other.tokens.map(\.isApart)
  }

  /// Reads the trees.
  mutating func read() {
    guard let extracted, refusal == nil, nodes.isEmpty else { return }
    do throws(MathError) {
      nodes.append(try Parser.answer(tokens))
    } catch {
      refusal = Self.words(error)
    }
    let scanned = CommaScan.plain(extracted.text)
    if CommaScan.hasComma(scanned) {
      for commas in [CommaReading.separator, .decimal] {
        if commas == .decimal && !CommaScan.isDecimal(scanned) { continue }
        guard let tokens = try? Tokenizer.tokens(of: extracted.text, commas: commas),
          let node = try? Parser.answer(tokens), !nodes.contains(node)
        else { continue }
        let isAmbiguous =
          commas == .decimal && scanned == extracted.text
          && scanned.utf8.contains(UInt8(ascii: ","))
        if isAmbiguous { decimal = node } else { nodes.append(node) }
      }
    }
    // (128,256) is a point: brackets around one number of thousands would say nothing.
    if nodes.count == 2, nodes[0].literal != nil, case .group = nodes[1] { nodes.removeFirst() }
    labelled = labelledParts()
    if !nodes.isEmpty || !labelled.isEmpty { refusal = nil }
  }

  /// `(C) 12` is the choice C and the value 12.
  private func labelledParts() -> [Node] {
    var letters = tokens[...]
    let isBracketed = letters.first?.token == .mark("(")
    if isBracketed { letters.removeFirst() }
    guard case .symbol(let letter)? = letters.first?.token, letter.utf8.count == 1,
      letter.utf8.allSatisfy({
        (0x41...0x4A).contains($0) || (isBracketed && (0x61...0x65).contains($0))
      })
    else { return [] }
    letters.removeFirst()
    guard let mark = letters.first, [.mark(")"), .mark("."), .mark(":")].contains(mark.token) else {
      return []
    }
    letters.removeFirst()
    // A:B is a ratio, (a)(b) a product.
    if mark.token != .mark(")") || letter.utf8.contains(where: { $0 > 0x60 }),
      letters.first?.isApart != true
    {
      return []
    }
    let starts: Bool
    switch letters.first?.token {
    case .number, .word, .name, .symbol: starts = true
    case .mark(let mark): starts = mark == "-" || mark == "\\$"
    case nil: starts = false
    }
    guard starts, let rest = try? Parser.answer(Array(letters)) else { return [] }
    return [.symbol(letter), rest]
  }

  /// The pairs of trees that are compared, the likeliest first.
  static func pairs(_ gold: SideReading, _ prediction: SideReading) -> [(Node, Node)] {
    var pairs: [(Node, Node)] = []
    for left in gold.nodes {
      for right in prediction.nodes { pairs.append((left, right)) }
    }
    if gold.labelled.isEmpty {
      for left in gold.nodes { pairs += prediction.labelled.map { (left, $0) } }
    } else if prediction.labelled.isEmpty {
      for right in prediction.nodes { pairs += gold.labelled.map { ($0, right) } }
    } else {
      pairs.append((.list(gold.labelled), .list(prediction.labelled)))
    }
    // A decimal comma counts where the other side is a single number with a point, or has a decimal comma too.
    if let right = prediction.decimal {
      for left in gold.nodes where isSingle(left) { pairs.append((left, right)) }
    }
    if let left = gold.decimal, CommaScan.isPlainDecimal(gold.extracted?.text ?? "") {
      for right in prediction.nodes where right.literal?.isDecimal ?? false {
        pairs.append((left, right))
      }
    }
    if let left = gold.decimal, let right = prediction.decimal { pairs.append((left, right)) }
    return pairs
  }

  private static func isSingle(_ node: Node) -> Bool {
    switch node {
    case .list, .set, .group, .matrix, .relation, .cases: false
    default: true
    }
  }

  /// The side with the tree that decided.
  func with(_ node: Node) -> SideReading {
    var side = self
    side.chosen = node
    return side
  }

  var understood: UnderstoodAnswer {
    let node = chosen ?? nodes.first
    return UnderstoodAnswer(
      extracted: extracted, reading: node.map { Spelling.short($0) } ?? "", refusal: refusal)
  }

  private static func words(_ error: MathError) -> String {
    switch error {
    case .unreadable(let reason), .tooLarge(let reason), .undefined(let reason): reason
    case .notScalar: "it is no single value"
    }
  }
}

/// Questions about the commas of an answer.
enum CommaScan {
  /// The text with `{,}`, TeX's decimal comma, as a comma.
  static func plain(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
    var bytes: [UInt8] = []
    let all = Array(text.utf8)
    var place = 0
    while place < all.count {
      if all[place...].starts(with: "{,}".utf8) {
        bytes.append(UInt8(ascii: ","))
        place += 3
      } else {
        bytes.append(all[place])
        place += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// True when a comma or point stands between digits.
  static func hasComma(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.indices.dropFirst().dropLast().contains { index in
      bytes[index] == UInt8(ascii: ",") && TextScan.isDigit(bytes[index - 1])
        && TextScan.isDigit(bytes[index + 1])
    } || isDecimal(text)
  }

  /// True when the whole answer may be a number with a decimal comma, or with points between thousands.
  static func isDecimal(_ text: String) -> Bool {
    // A unit may follow; letters anywhere else make it no number.
    let end = text.utf8.lastIndex(where: TextScan.isDigit) ?? text.utf8.startIndex
    if text.utf8[..<end].contains(where: TextScan.isLetter) { return false }
    let bytes = text.utf8.filter {
      !TextScan.isBlank($0) && $0 != UInt8(ascii: "$") && !TextScan.isLetter($0) && $0 < 0x80
        && $0 != UInt8(ascii: "%")
    }
    let commas = bytes.filter { $0 == UInt8(ascii: ",") }.count
    let points = bytes.filter { $0 == UInt8(ascii: ".") }.count
    let isNumber = bytes.allSatisfy {
      TextScan.isDigit($0) || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ".")
        || $0 == UInt8(ascii: "-")
    }
    guard isNumber, !text.utf8.contains(where: TextScan.isBlank) || commas == 1 else {
      return false
    }
    if points >= 2 && commas == 0 { return true }
    guard commas == 1, let comma = bytes.firstIndex(of: UInt8(ascii: ",")) else { return false }
    if let point = bytes.firstIndex(of: UInt8(ascii: ".")) { return point < comma }
    return true
  }

  /// True for a comma that cannot be meant as a separator of two answers: `0,25`, `3,14159`.
  static func isPlainDecimal(_ text: String) -> Bool {
    let parts = text.split(separator: ",")
    guard parts.count == 2, let whole = parts.first, let fraction = parts.last else { return false }
    if text.utf8.contains(UInt8(ascii: ".")) { return true }
    return whole.hasSuffix("0") && whole.utf8.filter(TextScan.isDigit).count == 1
      && fraction.utf8.count >= 2
      || fraction.utf8.count >= 4
  }
}
