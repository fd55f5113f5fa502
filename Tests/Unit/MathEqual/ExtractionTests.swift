// Where the final answer of a solution is found, and by which mark.

import MathEqualCore
import Testing

struct ExtractionTests {
  struct Row: Sendable {
    let text: String
    let method: ExtractionMethod
    let answer: String

    init(_ text: String, _ method: ExtractionMethod, _ answer: String) {
      self.text = text
      self.method = method
      self.answer = answer
    }
  }

  static let rows: [Row] = [
    Row(#"So \boxed{1}. No: \boxed{\frac{1}{2}}."#, .boxed, #"\frac{1}{2}"#),
    Row(#"\boxed{\left\{\sqrt{2}\right\}}"#, .boxed, #"\left\{\sqrt{2}\right\}"#),
    Row(#"\fbox{7}"#, .boxed, "7"),
    Row(#"\boxed 7"#, .boxed, "7"),
    Row(#"$x = -\boxed{256}$"#, .boxed, "-256"),
    Row(#"$3 - \boxed{5}$"#, .boxed, "5"),
    Row(#"\boxed{1}, \boxed{2} and \boxed{3}"#, .boxed, "1, 2, 3"),
    Row(#"\boxed{5}\text{ or }\boxed{5}"#, .boxed, "5"),
    Row(#"First \boxed{3}. Then we get \boxed{5}."#, .boxed, "5"),
    Row(#"\boxed{12"#, .boxed, "12"),
    Row(#"Empty \boxed{} after \boxed{4}"#, .boxed, "4"),
    Row("18}. That is it.", .boxed, "18"),
    Row(#"<think>\boxed{1}</think> It is \boxed{2}."#, .boxed, "2"),
    Row(#"<think>It is \boxed{1}.</think>"#, .boxed, "1"),
    Row("9 * 2 = $18 a day.\n#### 18", .hashes, "18"),
    Row("The answer is 5. I hope it is correct.", .phrase, "5"),
    Row(#"Final Answer: The final answer is $\frac{1}{2}$."#, .phrase, #"$\frac{1}{2}$"#),
    Row("Answer: Jane began 3 hours ago.", .phrase, "3"),
    Row("The answer to the question is therefore Evelyn.", .phrase, "therefore Evelyn"),
    Row(#"\frac{1}{2}"#, .whole, #"\frac{1}{2}"#),
    // A model that ran out of tokens inside a formula has given no whole answer.
    Row(
      "We have $999_{10}=9\\cdot10^2+9\\cdot10+9=9\\cdot100+9\\cdot10+9=9\\cdot100+9\\cdot10+9",
      .lastNumber, "9"),
    // A solution that has lost a brace is not what a prompt's box holds.
    Row(
      "{\n \"reasoning\": \"" + String(repeating: "So we go on. ", count: 20)
        + "x = \\frac{1}{2}} holds.\",\n \"answer\": \"30\"\n}", .phrase, "30"),
    Row("No solution", .whole, "No solution"),
    Row(#"Let $y = 3$. Then it follows that $x = \sqrt{2}$ holds."#, .formula, #"x = \sqrt{2}"#),
    Row(
      #"It costs $\frac{7}{9}$ of it. Thus Anna pays $7.78 for her fudge."#, .lastNumber, "$7.78"),
    Row("So the probability that Alice wins is 2/3.<|im_end|>", .lastNumber, "2/3"),
    Row("They are on sale, so they are $21 - $20 = $1 more expensive on eBay.", .lastNumber, "$1"),
    Row("因此，弗兰克一共有**858颗**糖果。", .lastNumber, "858"),
    Row(
      "It cannot be determined from this at all", .words, "It cannot be determined from this at all"
    ),
  ]

  @Test func `the answer is found by the first mark that the text has`() throws {
    for row in Self.rows {
      let found = try #require(AnswerExtraction.find(in: row.text), "\(row.text)")
      if found.method != row.method || found.text != row.answer {
        Issue.record("\(row.text): \(found.method) \(found.text)")
      }
    }
  }

  @Test func `a text without an answer has none`() {
    for text in ["", "  \n", "<|im_end|>", "$$", #"\boxed{}"#] {
      let comparison = MathComparison(gold: "5", prediction: text)
      #expect(comparison.outcome == .unparsed, "\(text)")
    }
    let prose =
      "This problem requires more complex algebra, and a direct solution by hand is not straightforward."
    #expect(AnswerExtraction.find(in: prose) == nil)
  }

  @Test func `a damaged formula is not its last number`() {
    for text in ["(1, 2", "[3,4)]", "5 +", "\\frac{3}{", "4Ihopeitiscorrect"] {
      #expect(MathComparison(gold: "4", prediction: text).outcome == .unparsed, "\(text)")
    }
  }
}
