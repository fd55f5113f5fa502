// Every recorded response of every model, judged as the official checker judged it.

import InstructionFollowingCore
import JSONFormat
import Testing

@Suite(.enabled(if: RecordedIFEval.isPresent, "the data beside the repository is absent"))
struct OfficialVerdictTests {
  /// Keys where the official checker of the recordings draws a random letter, and what the row asks for.
  ///
  /// Neither is a letter. Since 2025 the official checker counts that character, and so do we.
  static let drawnLetters: [Int64: String] = [1122: "#", 1129: "!"]

  @Test(arguments: RecordedIFEval.recordings)
  func `verdicts and measures are the official ones`(file: String) throws {
    let prompts = try RecordedIFEval.prompts(of: file)
    var totals = Totals()
    for recorded in try RecordedIFEval.rows("ifeval/responses/\(file)") {
      let row = try #require(prompts[recorded["key"]?.integer ?? -1])
      let text = recorded["response"]?.string ?? ""
      try compare(recorded, try Judging.judge(row, text), &totals)
      try Self.compareMeasures(recorded, ResponseText(text))
    }
    #expect(totals.compared > 1000)
    let model = String(file.dropLast(".jsonl.gz".count))
    let expected = try #require(try RecordedIFEval.summary(of: model))
    let instructions = try #require(expected["instructions"]?.double)
    let rows = try #require(expected["prompts"]?.double)
    let followed = try #require(expected["inst_strict"]?.double) * instructions
    let passed = try #require(expected["prompt_strict"]?.double) * rows
    let unsure = Double(totals.unsure) + 0.01
    #expect(abs(Double(totals.followed) - followed) < unsure)
    #expect(abs(Double(totals.passed) - passed) < unsure)
  }

  private struct Totals {
    var compared = 0
    var followed = 0
    var passed = 0
    /// Instructions whose official verdict depends on chance.
    var unsure = 0
  }

  private func compare(
    _ recorded: JSONValue, _ judgements: [InstructionJudgement], _ totals: inout Totals
  ) throws {
    let key = recorded["key"]?.integer ?? -1
    let strict = try #require(recorded["strict"]?.elements).map(\.bool)
    let loose = try #require(recorded["loose"]?.elements).map(\.bool)
    let unstable = try #require(recorded["unstable"]?.elements).map(\.bool)
    try #require(judgements.count == strict.count && unstable.count == strict.count)
    for (index, judgement) in judgements.enumerated() {
      guard unstable[index] == false else {
        totals.unsure += 1
        continue
      }
      let id = judgement.entry.instruction.id
      #expect(judgement.followsStrictly == strict[index], "\(key) \(id): \(judgement.reason)")
      #expect(judgement.followsLoosely == loose[index], "\(key) \(id) loosely")
      totals.compared += 2
    }
    totals.followed += judgements.count { $0.followsStrictly }
    totals.passed += judgements.allSatisfy(\.followsStrictly) ? 1 : 0
  }

  /// Sentences, words, words in capitals and the language, also of responses that are asked for none of these.
  private static func compareMeasures(_ recorded: JSONValue, _ text: ResponseText) throws {
    let key = recorded["key"]?.integer ?? -1
    let measures = try #require(recorded["measures"])
    func number(_ name: String) -> Int { Int(measures[name]?.integer ?? -1) }
    #expect(SentenceSplitter().count(text) == number("sentences"), "\(key)")
    #expect(try words.check(text).found == "\(number("words")) words", "\(key)")
    let capital = "\(number("capital_words")) words in capitals"
    #expect(try capitals.check(text).found == capital, "\(key)")
    let expected: LanguageDetector.Answer =
      measures["langdetect"]?.string.map { $0 == "unknown" ? .unknown : .code($0) } ?? .none
    #expect(Judging.resources.languageDetector.language(of: text) == expected, "\(key)")
  }

  private static var words: any Instruction {
    get throws {
      try Judging.instruction(
        "length_constraints:number_words", #"{"num_words":0,"relation":"at least"}"#)
    }
  }

  private static var capitals: any Instruction {
    get throws {
      try Judging.instruction(
        "change_case:capital_word_frequency",
        #"{"capital_frequency":0,"capital_relation":"at least"}"#)
    }
  }

  @Test func `a letter that is none is counted where the recorded checker drew one`() throws {
    let id = "keywords:letter_frequency"
    for (key, letter) in Self.drawnLetters {
      let row = try #require(try RecordedIFEval.prompts(of: "gpt4_20231107.jsonl.gz")[key])
      let ids = try #require(row["instruction_id_list"]?.elements).map(\.string)
      let place = try #require(ids.firstIndex(of: id))
      let arguments = try #require(row["kwargs"]?.elements)[place]
      #expect(arguments["letter"]?.string == letter)
      let asked = Int(try #require(arguments["let_frequency"]?.integer))
      for file in RecordedIFEval.recordings where !file.hasPrefix("deepseek-llm-repo") {
        let rows = try RecordedIFEval.rows("ifeval/responses/\(file)")
        guard let recorded = rows.first(where: { $0["key"]?.integer == key }) else { continue }
        let text = recorded["response"]?.string ?? ""
        let count = text.unicodeScalars.count { String($0) == letter }
        let isAtLeast = arguments["let_relation"]?.string == "at least"
        let judgement = try Judging.judge(row, text)[place]
        #expect(judgement.followsStrictly == (isAtLeast ? count >= asked : count < asked))
        #expect(judgement.found == "\(count) of them")
        // What the recording says rests on a letter that nobody asked for.
        #expect(recorded["unstable"]?.elements?[place].bool == true)
      }
    }
  }

  @Test func `rows that give every argument and most as null are read`() throws {
    var compared = 0
    for row in try RecordedIFEval.rows("evalscope/qwen-plus_ifeval_default.jsonl") {
      let score = row["sample_score"]
      let sample = try #require(score?["sample_metadata"])
      let value = score?["score"]?["value"]
      let text = row["messages"]?.elements?.last?["content"]?.string ?? ""
      let judgements = try Judging.judge(sample, text)
      let strict = judgements.count { $0.followsStrictly }
      #expect(
        value?["prompt_level_strict"]?.double == (strict == judgements.count ? 1 : 0), "\(sample)")
      #expect(
        value?["inst_level_strict"]?.double == Double(strict) / Double(judgements.count))
      compared += 1
    }
    #expect(compared == 10)
  }
}
