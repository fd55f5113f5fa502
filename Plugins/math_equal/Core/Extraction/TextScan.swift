// Small steps through the bytes of a solution.

/// Questions about bytes and places in a text.
enum TextScan {
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  /// The text without blanks at its ends.
  static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }

  /// The places at which a word begins, ASCII case aside.
  static func places(of word: String, in text: ArraySlice<UInt8>) -> [Int] {
    places(ofAny: [word], in: text).map(\.start)
  }

  /// The places at which any of the words begins, in order, and where it ends; one pass for all of them.
  static func places(ofAny words: [String], in text: ArraySlice<UInt8>) -> [(start: Int, end: Int)]
  {
    let words = words.map { Array($0.utf8) }
    var begins = [Bool](repeating: false, count: 256)
    for word in words {
      guard let first = word.first else { continue }
      begins[Int(first)] = true
      if (0x61...0x7A).contains(first) { begins[Int(first & ~0x20)] = true }
    }
    var found: [(start: Int, end: Int)] = []
    for start in text.indices where begins[Int(text[start])] {
      for word in words where start + word.count <= text.endIndex {
        if word.indices.allSatisfy({ lower(text[start + $0]) == word[$0] }) {
          found.append((start, start + word.count))
          break
        }
      }
    }
    return found
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }

  static func starts(_ text: ArraySlice<UInt8>, _ word: String) -> Bool {
    text.starts(with: word.utf8)
  }

  /// The part of a model's output that holds the answer: after the thinking, before the next turn.
  static func answerPart(_ text: [UInt8]) -> ArraySlice<UInt8> {
    var part = text[...]
    let turns = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "</s>", "<|end|>"]
    if let end = places(ofAny: turns, in: part).first(where: { !trimmed(part[..<$0.start]).isEmpty }
    ) {
      part = part[..<end.start]
    }
    if let end = places(of: "</think>", in: part).last {
      let rest = part[(end + 8)...]
      if !trimmed(rest).isEmpty { return rest }
    }
    return part
  }

  /// True when a sentence ends at a full stop: the text ends, or blank space follows.
  static func endsSentence(_ text: ArraySlice<UInt8>, at place: Int) -> Bool {
    let next = place + 1
    return next >= text.endIndex || isBlank(text[next]) || text[next] == UInt8(ascii: "<")
  }
}
