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
  var asked: String { "a postscript beginning with \(marker)" }

  func check(_ text: ResponseText) -> Finding {
    let lower = LowercaseText.of(text.bytes)
    let isThere =
      switch marker {
      case "P.P.S": Self.has(["p.", "p.", "s"], in: lower)
      case "P.S.": Self.has(["p.", "s."], in: lower)
      default: pattern.first(lower) != nil
      }
    return isThere ? Finding(true, "it") : Finding(false, "none")
  }

  /// Whether the parts stand somewhere one behind the other, at most one blank between two.
  private static func has(_ parts: [StaticString], in bytes: [UInt8]) -> Bool {
    var start = 0
    next: while let found = bytes.place(of: parts[0], from: start) {
      start = found + 1
      var position = found
      for (number, part) in parts.enumerated() {
        if number > 0 {
          let (isBlank, next) = bytes.blank(at: position)
          if isBlank { position = next }
        }
        guard bytes.has(part, at: position) else { continue next }
        position += part.utf8CodeUnitCount
      }
      return true
    }
    return false
  }
}
