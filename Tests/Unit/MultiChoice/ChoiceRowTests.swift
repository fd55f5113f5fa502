// Rows: the shapes understood, and every broken answer refused.

import Foundation
import JSONFormat
import MultiChoiceCore
import PluginKit
import Testing

struct ChoiceRowTests {
  static func read(_ json: String, repairs: Bool = false) throws -> ChoiceRow {
    try ChoiceRow(JSONValue.parse(Array(json.utf8)), repairs: repairs)
  }

  static let understood: [(String, Int)] = [
    (#""answer":"B","subject":"s","A":"x","B":"y""#, 1),
    (#""answer":"A","A":"x","B":"y","D":"gap""#, 0),
    (#""choices":["x","y"],"answer":1"#, 1), (#""choices":["x","y"],"answer":"A""#, 0),
    (#""options":["x","y"],"answer":"B","answer_index":1"#, 1),
    (#""options":["x","y"],"answer_index":0"#, 0),
    (#""choices":{"text":["x","y"],"label":["1","2"]},"answerKey":"2""#, 1),
    (#""choices":[{"text":"x","label":"A"},{"text":"y","label":"B"}],"answerKey":"B""#, 1),
    (#""choices":[7,1.5],"answer":0"#, 0),
  ]

  static let refused: [(String, String)] = [
    (#""choices":["x","y"]"#, "missing"), (#""choices":["x","y"],"answer":null"#, "missing"),
    (#""choices":["x","y"],"answer":-1"#, "-1, out of range"),
    (#""choices":["x","y"],"answer":2"#, "2, out of range"),
    (#""choices":["x","y"],"answer":1.0"#, "not an integer"),
    (#""choices":["x","y"],"answer":1e0"#, "not an integer"),
    (#""choices":["x","y"],"answer":true"#, "boolean"),
    (#""choices":["x","y"],"answer":"1""#, "not the letter"),
    (#""choices":["x","y"],"answer":"""#, "not the letter"),
    (#""choices":["x","y"],"answer":"AB""#, "not the letter"),
    (#""choices":["x","y"],"answer":"b""#, "not the letter"),
    (#""choices":["x","y"],"answer":"C""#, "'C', out of range"),
    (#""choices":["x","y"],"answer":[1]"#, "must be a letter"),
    (#""choices":["x","y"],"answer":"A","answer_index":1"#, "different choices"),
    (#""choices":["x"],"answer":0"#, "2 to 26 choices"), (#""answer":"A""#, "2 to 26 choices"),
    (#""choices":["x",null],"answer":0"#, "no text"), (#""choices":"xy","answer":0"#, "neither"),
    (#""A":"x","B":true,"answer":"A""#, "'B' is no text"),
    (#""choices":{"text":["x","y"],"label":["1"]},"answerKey":"1""#, "1 labels"),
  ]

  @Test func `known shapes give the right index`() throws {
    for (fields, index) in Self.understood {
      let row = try Self.read(#"{"question":"q",\#(fields)}"#)
      if row.answer != index || row.isRepaired { Issue.record("\(fields): \(row)") }
    }
    let arc = try Self.read(
      #"{"id":"1","question":{"stem":"q","choices":[{"text":"x","label":"A"},"#
        + #"{"text":"y","label":"B"}]},"answerKey":"B"}"#)
    #expect(arc.question == "q" && arc.choices == ["x", "y"] && arc.letter == "B")
  }

  @Test func `a broken answer is refused and never becomes 0`() {
    for (fields, message) in Self.refused {
      do {
        let row = try Self.read(#"{"question":"q",\#(fields)}"#)
        Issue.record("\(fields) gave \(row)")
      } catch let error as BadRecord {
        if !error.message.contains(message) { Issue.record("\(fields): \(error.message)") }
      } catch {
        Issue.record("\(fields): \(error)")
      }
    }
    for json in [#"{"choices":["x","y"],"answer":0}"#, #"{"question":"","A":"x"}"#, "[]"] {
      #expect(throws: BadRecord.self) { try Self.read(json) }
    }
  }

  @Test func `only compat mode repairs one-based indices, and says so`() throws {
    let row = try Self.read(#"{"question":"q","choices":["x","y"],"answer":2}"#, repairs: true)
    #expect(row.answer == 1 && row.isRepaired)
    let digit = try Self.read(#"{"question":"q","choices":["x","y"],"answer":"1"}"#, repairs: true)
    #expect(digit.answer == 1 && !digit.isRepaired)
    for answer in ["3", "-1", "true", "null", "1.5"] {
      #expect(throws: BadRecord.self) {
        try Self.read(#"{"question":"q","choices":["x","y"],"answer":\#(answer)}"#, repairs: true)
      }
    }
  }

  /// Skipped where the recorded data does not lie beside the repository.
  @Test(
    .enabled(if: RecordedData.isPresent),
    arguments: [
      "multi_choice/ARC-Challenge-Dev.jsonl", "multi_choice/ARC-Challenge-Test.jsonl",
      "multi_choice/mmlu_pro_Llama-2-7b-hf.jsonl.gz",
    ])
  func `every row of the public files is understood`(file: String) throws {
    var count = 0
    for line in try RecordedData.lines(file) {
      let value = try JSONValue.parse(Array(line))
      let row = try ChoiceRow(value, repairs: false)
      #expect(row.letter == (value["answerKey"] ?? value["answer"])?.string)
      count += 1
    }
    print("\(file): \(count) rows understood")
    #expect(count > 0)
  }
}
