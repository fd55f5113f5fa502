// What the response must contain: placeholders, a postscript.

/// So many placeholders in square brackets: `[address]`.
struct NumberOfPlaceholders: Instruction {
  static let id = "detectable_content:number_placeholders"
  private let number: Int

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    number = try arguments.number("num_placeholders")
  }

  var wording: String {
    "The response must contain at least \(number) placeholders "
      + "represented by square brackets, such as [address]."
  }
  var gainsFromFewerLines: Bool { false }
  var asked: String { "at least \(number) placeholders" }

  func check(_ text: ResponseText) -> Finding {
    var count = 0
    var isOpen = false
    for byte in text.bytes {
      switch byte {
      case UInt8(ascii: "["): isOpen = true
      case UInt8(ascii: "]"):
        if isOpen { count += 1 }
        isOpen = false
      case UInt8(ascii: "\n"): isOpen = false
      default: break
      }
    }
    return Finding(count >= number, count: count, "placeholders")
  }
}

/// A postscript that begins with a marker; where it stands is not looked at.
struct Postscript: Instruction {
  static let id = "detectable_content:postscript"
  private let marker: String
  private let pattern: KeywordPattern

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    marker = try arguments.text("postscript_marker")
    let lower = String(decoding: LowercaseText.of(Array(marker.utf8)), as: UTF8.self)
    pattern = try KeywordPattern(lower, argument: "postscript_marker", foldsCase: false)
  }

  var wording: String {
    "At the end of your response, please explicitly add a postscript starting with \(marker)"
  }
  var gainsFromFewerLines: Bool { false }
  var asked: String { "a postscript beginning with \(marker)" }

  func check(_ text: ResponseText) -> Finding {
    let isThere =
      switch marker {
      case "P.P.S": Self.has(["p.", "p.", "s"], in: text.bytes)
      case "P.S.": Self.has(["p.", "s."], in: text.bytes)
      default: pattern.first(LowercaseText.of(text.bytes)) != nil
      }
    return isThere ? Finding(true, "it") : Finding(false, "none")
  }

  /// Whether the parts, which are small letters and full stops, stand somewhere one behind the other, in any
  /// case and with at most one blank between two.
  private static func has(_ parts: [StaticString], in bytes: [UInt8]) -> Bool {
    var stop = 0
    next: while let found = bytes.place(of: UInt8(ascii: "."), from: stop) {
      stop = found + 1
      // Each kind of postscript begins with a letter and a full stop.
      guard found > 0 else { continue }
      var position = found - 1
      for (number, part) in parts.enumerated() {
        if number > 0 {
          let (isBlank, next) = bytes.blank(at: position)
          if isBlank { position = next }
        }
        guard bytes.hasFolded(part, at: position) else { continue next }
        position += part.utf8CodeUnitCount
      }
      return true
    }
    return false
  }
}

extension [UInt8] {
  /// Whether a text of ASCII, its letters small, stands at a position in any case.
  fileprivate func hasFolded(_ text: StaticString, at position: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard position + length <= count else { return false }
    return text.withUTF8Buffer { wanted in
      for index in 0..<length
      where Characters.folded(UInt32(self[position + index])) != UInt32(wanted[index]) {
        return false
      }
      return true
    }
  }
}
