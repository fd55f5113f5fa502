// How the response begins, ends and is divided as a whole.

/// Two different responses, divided by `******`.
struct TwoResponses: Instruction {
  static let id = "combination:two_responses"

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {}

  var wording: String {
    "Give two different responses. Responses and only responses should "
      + "be separated by 6 asterisk symbols: ******."
  }
  var asked: String { "two different responses divided by ******" }

  func check(_ text: ResponseText) -> Finding {
    let bytes = text.bytes
    var parts: [Range<Int>] = []
    var start = 0
    while let divider = bytes.place(of: "******", from: start) {
      parts.append(start..<divider)
      start = divider + 6
    }
    parts.append(start..<bytes.count)
    var responses: [Range<Int>] = []
    for (index, part) in parts.enumerated() {
      let kept = bytes.trimmed(part)
      if !kept.isEmpty {
        responses.append(kept)
      } else if index != 0 && index != parts.count - 1 {
        return Finding(false, "an empty response between two dividers")
      }
    }
    guard responses.count == 2 else { return Finding(false, count: responses.count, "responses") }
    let areEqual = bytes[responses[0]] == bytes[responses[1]]
    return areEqual ? Finding(false, "twice the same") : Finding(true, "two")
  }
}

/// The response begins with the request.
struct RepeatPrompt: Instruction {
  static let id = "combination:repeat_prompt"
  private let prompt: [UInt8]

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    prompt = LowercaseText.of(Array(try arguments.text("prompt_to_repeat").utf8))
  }

  var wording: String {
    "First repeat the request word for word without change, "
      + "then give your answer (1. do not say any words or characters "
      + "before repeating the request; 2. the request you need to repeat "
      + "does not include this sentence)"
  }
  var asked: String { "the request word for word at the beginning" }

  func check(_ text: ResponseText) -> Finding {
    let range = text.trimmedRange
    if let same = Self.sameASCII(text.bytes, range, prompt) { return finding(same) }
    // No small letter takes less than a third of its capital's bytes, and a sigma looks at 256 behind it.
    var end = min(range.upperBound, range.lowerBound + prompt.count * 3 + 256)
    while end < range.upperBound && text.bytes[end] & 0xC0 == 0x80 { end += 1 }
    let lower = LowercaseText.of(text.bytes, range.lowerBound..<end)
    var same = 0
    while same < min(lower.count, prompt.count) && lower[same] == prompt[same] { same += 1 }
    return finding(same)
  }

  private func finding(_ same: Int) -> Finding {
    if same == prompt.count { return Finding(true, "it") }
    return Finding(false, text: "a difference after \(same) of \(prompt.count) bytes")
  }

  /// How many bytes are those of a text in lower case; nothing when a character outside ASCII has to be
  /// compared, or stands right behind.
  private static func sameASCII(
    _ bytes: [UInt8], _ range: Range<Int>, _ lower: [UInt8]
  ) -> Int? {
    var same = 0
    for position in range {
      let byte = bytes[position]
      if byte >= 0x80 { return nil }
      if same == lower.count || Characters.folded(UInt32(byte)) != UInt32(lower[same]) { break }
      same += 1
    }
    return same
  }
}

/// The response ends with a phrase, quotation marks behind it not counted.
struct EndPhrase: Instruction {
  static let id = "startend:end_checker"
  private let phrase: String
  private let lower: [UInt8]

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    phrase = try arguments.text("end_phrase")
    lower = LowercaseText.of(Array(phrase.utf8))
  }

  var wording: String {
    "Finish your response with this exact phrase \(phrase). "
      + "No other words should follow this phrase."
  }
  var asked: String { "the end '\(phrase)'" }

  func check(_ text: ResponseText) -> Finding {
    let quote = UInt8(ascii: "\"")
    var range = text.trimmedRange
    while !range.isEmpty && text.bytes[range.lowerBound] == quote { range = range.dropFirst() }
    while !range.isEmpty && text.bytes[range.upperBound - 1] == quote { range = range.dropLast() }
    if endsWithPhrase(text.bytes, range) { return Finding(true, "it") }
    var start = max(range.lowerBound, range.upperBound - max(lower.count, 40))
    while start < range.upperBound && text.bytes[start] & 0xC0 == 0x80 { start += 1 }
    let end = String(decoding: text.bytes[start..<range.upperBound], as: UTF8.self)
    return Finding(false, text: "'...\(end)'")
  }
}

extension EndPhrase {
  /// Whether a part of a text, in lower case, ends with the phrase.
  private func endsWithPhrase(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    let tail = bytes[range].suffix(lower.count)
    if tail.allSatisfy({ $0 < 0x80 }) {
      return tail.count == lower.count
        && zip(tail, lower).allSatisfy { Characters.folded(UInt32($0)) == UInt32($1) }
    }
    return LowercaseText.of(bytes, range).suffix(lower.count).elementsEqual(lower)
  }
}

/// The whole response stands in double quotation marks.
struct Quotation: Instruction {
  static let id = "startend:quotation"

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {}

  var wording: String { "Wrap your entire response with double quotation marks." }
  var asked: String { "double quotation marks around the response" }

  func check(_ text: ResponseText) -> Finding {
    let range = text.trimmedRange
    let quote = UInt8(ascii: "\"")
    let opens = !range.isEmpty && text.bytes[range.lowerBound] == quote
    let closes = range.count > 1 && text.bytes[range.upperBound - 1] == quote
    switch (opens, closes) {
    case (true, true): return Finding(true, "them")
    case (true, false): return Finding(false, "none at the end")
    case (false, true): return Finding(false, "none at the beginning")
    case (false, false): return Finding(false, "none")
    }
  }
}

/// There is no comma.
struct NoComma: Instruction {
  static let id = "punctuation:no_comma"

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {}

  var wording: String { "In your entire response, refrain from the use of any commas." }
  var asked: String { "no comma" }

  func check(_ text: ResponseText) -> Finding {
    var count = 0
    for byte in text.bytes where byte == UInt8(ascii: ",") { count += 1 }
    return Finding(count == 0, count: count, "commas")
  }
}
