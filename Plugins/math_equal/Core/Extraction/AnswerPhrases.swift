// "The answer is …", "Answer: …", "#### …": what stands after the last of them.

/// Search for announced answers.
enum AnswerPhrases {
  /// What follows the last `####`, up to the end of its line.
  static func afterHashes(in text: ArraySlice<UInt8>) -> ExtractedAnswer? {
    guard let place = TextScan.places(of: "####", in: text).last else { return nil }
    let line = text[(place + 4)...].drop { TextScan.isBlank($0) || $0 == UInt8(ascii: "#") }.prefix
    { $0 != 0x0A }
    let answer = TextScan.trimmed(line)
    return answer.isEmpty ? nil : ExtractedAnswer(answer, .hashes)
  }

  /// What follows the last announcement, up to the end of the sentence.
  static func find(in text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let starts = TextScan.places(ofAny: announcements, in: text).compactMap { place in
      // "ans:" must not be the end of another word.
      place.end - place.start > 4 || place.start == text.startIndex
        || !TextScan.isLetter(text[place.start - 1])
        ? (text[place.end - 1] == UInt8(ascii: ":") ? place.end - 1 : place.end) : nil
    }
    for start in starts.suffix(16).reversed() {
      guard let begin = announced(text, from: start) else { continue }
      let sentence = sentence(text, from: begin)
      if sentence.contains(where: { !TextScan.isBlank($0) && !isDecoration($0) }) {
        return sentence
      }
    }
    return nil
  }

  /// The word "answer" in several languages, and what multiple choice says for it.
  private static let announcements = [
    "answer", "ans:", "correct option", "correct choice", "réponse", "respuesta", "risposta",
    "resposta",
    "antwort",
    "Ответ", "ответ", "cevap", "jawaban", "答案", "答え", "정답", "الجواب", "الإجابة", "उत्तर", "คำตอบ",
    "đáp án",
  ]

  /// Where the answer begins after the word "answer", when the words between announce one.
  private static func announced(_ text: ArraySlice<UInt8>, from start: Int) -> Int? {
    var place = start
    if place < text.endIndex, text[place] == UInt8(ascii: "s") { place += 1 }
    let limit = min(text.endIndex, place + 70)
    while place < limit, isDecoration(text[place]) || text[place] == 0x20 { place += 1 }
    guard place < limit else { return nil }
    if text[place] == UInt8(ascii: ":") || text[place] == UInt8(ascii: "=") {
      return afterMarks(text, place + 1)
    }
    if TextScan.starts(text[place...], "：") || TextScan.starts(text[place...], "是")
      || TextScan.starts(text[place...], "为")
    {
      return afterMarks(text, place + 3)
    }
    if text[place] == UInt8(ascii: "$") || TextScan.starts(text[place...], "\\(")
      || TextScan.starts(text[place...], "\\[") || text[place] == 0x0A
    {
      return place
    }
    // "answer to the problem is", within the sentence.
    while place < limit {
      if text[place] == 0x0A
        || (text[place] == UInt8(ascii: ".") && TextScan.endsSentence(text, at: place))
      {
        return nil
      }
      for verb in [
        "is", "are", "equals", "est", "es", "ist", "must be", "should be", "would be", "will be",
        "might be", "could be", "may be", "são", "è", "é", "adalah",
      ]
      where isWord(verb, text, at: place) {
        return afterMarks(text, place + verb.utf8.count)
      }
      place += 1
    }
    return nil
  }

  private static func isWord(_ word: String, _ text: ArraySlice<UInt8>, at place: Int) -> Bool {
    let end = place + word.utf8.count
    guard TextScan.starts(text[place...], word), place > text.startIndex,
      !TextScan.isLetter(text[place - 1])
    else { return false }
    return end >= text.endIndex || !TextScan.isLetter(text[end])
  }

  private static func afterMarks(_ text: ArraySlice<UInt8>, _ start: Int) -> Int {
    var place = start
    while place < text.endIndex,
      text[place] == UInt8(ascii: ":") || isDecoration(text[place]) || text[place] == 0x20
    {
      place += 1
    }
    return place
  }

  /// Bold marks and quotes around an answer.
  private static func isDecoration(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`")
      || byte == UInt8(ascii: "#")
  }

  /// From a place to the end of the sentence or line; a formula is never cut.
  private static func sentence(_ text: ArraySlice<UInt8>, from start: Int) -> ArraySlice<UInt8> {
    var place = start
    while place < text.endIndex, TextScan.isBlank(text[place]) || isDecoration(text[place]) {
      place += 1
    }
    let begin = place
    var isFormula = false
    while place < text.endIndex {
      let byte = text[place]
      if byte == UInt8(ascii: "\\"), place + 1 < text.endIndex {
        if text[place + 1] == UInt8(ascii: "(") || text[place + 1] == UInt8(ascii: "[") {
          isFormula = true
        }
        if text[place + 1] == UInt8(ascii: ")") || text[place + 1] == UInt8(ascii: "]") {
          isFormula = false
        }
        place += 2
        continue
      }
      if byte == UInt8(ascii: "$") {
        isFormula.toggle()
        if place + 1 < text.endIndex, text[place + 1] == byte { place += 1 }
      }
      if !isFormula {
        if byte == 0x0A { break }
        if byte == UInt8(ascii: "."), TextScan.endsSentence(text, at: place) { break }
        if TextScan.starts(text[place...], "。") { break }
      }
      place += 1
    }
    return TextScan.trimmed(text[begin..<min(place, text.endIndex)])
  }
}
