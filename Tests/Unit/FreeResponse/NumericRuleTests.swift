// The numeric rule: what counts as the same number, and which part of a completion is the answer.

import FreeResponseCore
import Testing

struct NumericRuleTests {
  struct Case: Sendable {
    let completion: String
    let reference: String
    let outcome: FreeResponseOutcome
    var openBox = false

    init(
      _ completion: String, _ reference: String, _ outcome: FreeResponseOutcome,
      openBox: Bool = false
    ) {
      self.completion = completion
      self.reference = reference
      self.outcome = outcome
      self.openBox = openBox
    }
  }

  static let equalNumbers: [Case] = [
    Case("10.0", "10", .pass), Case("10", "10.000", .pass), Case("1,234", "1234", .pass),
    Case("\\boxed{1{,}234}", "1234", .pass), Case("\\boxed{1\\,234}", "1234", .pass),
    Case("$9 500", "9500", .fail), Case("\\boxed{9 500}", "9500", .pass),
    Case("007", "7", .pass), Case(".5", "0.5", .pass), Case("1/2", "0.5", .pass),
    Case("\\boxed{\\frac{1}{2}}", "0.5", .pass), Case("\\boxed{\\dfrac12}", "1/2", .pass),
    Case("\\boxed{-\\frac{3}{4}}", "-0.75", .pass), Case("\\boxed{\\frac{1}{2}}", "3/2", .fail),
    Case("\\boxed{7\\frac{1}{3}}", "22/3", .pass), Case("\\boxed{7\\frac{1}{3}}", "3", .fail),
    Case("\\boxed{7\\frac{1}{3}}", "7", .fail), Case("\\boxed{7 1/3}", "22/3", .pass),
    Case("3/4", "4", .fail), Case("20\\%", "20", .pass), Case("20%", "0.2", .pass),
    Case("0.2", "20%", .pass), Case("0.2", "20", .fail), Case("20 percent", "1/5", .pass),
    Case("1.5e3", "1500", .pass), Case("\\boxed{1.5 \\times 10^{3}}", "1500", .pass),
    Case("\\boxed{2.5\\cdot10^{-1}}", "1/4", .pass), Case("-5", "5", .fail),
    Case("\u{2212}5", "-5", .fail), Case("\\boxed{\u{2212}5}", "-5", .pass),
    Case("\\boxed{-0}", "0", .pass), Case("\\boxed{+7}", "7", .pass),
    Case("-$10,000", "-10000", .pass), Case("\\boxed{\\$18}", "18", .pass),
    Case("\\boxed{18\\text{ cm}^2}", "18", .pass), Case("\\boxed{5 m^2}", "5", .pass),
    Case("\\boxed{90^\\circ}", "90", .pass), Case("\\boxed{\u{FF11}\u{FF18}}", "18", .pass),
    Case("\\boxed{\u{BD}}", "0.5", .pass), Case("\\boxed{18.}", "18", .pass),
    Case("\\boxed{3.14159265358979323846264338327950288}", "3.14159265358979323846", .fail),
    Case(
      "\\boxed{100000000000000000000000000000001}", "100000000000000000000000000000001.0", .pass),
    Case(
      "\\boxed{100000000000000000000000000000001/3}",
      "200000000000000000000000000000002/6", .pass),
    Case("\\boxed{0.1}", "0.1000000000000000055511151231257827", .fail),
    Case("\\boxed{1/0}", "1", .unparsed), Case("\\boxed{1e999999999999}", "1", .unparsed),
    Case("\\boxed{2:00 pm}", "2", .pass), Case("\\boxed{2:10}", "2", .unparsed),
    Case("\\boxed{12 + 6 = 18}", "18", .unparsed), Case("\\boxed{4x}", "4", .unparsed),
    Case("\\boxed{2^3}", "8", .unparsed), Case("\\boxed{3\\sqrt{2}}", "3", .unparsed),
    Case("\\boxed{2 hours 20 minutes}", "2", .unparsed), Case("\\boxed{x = 5}", "5", .pass),
    Case("\\boxed{18 = 18.0}", "18", .pass), Case("\\boxed{1, 2}", "1", .unparsed),
    Case("\\boxed{1/2/2020}", "1", .unparsed), Case("\\boxed{5-10}", "5", .unparsed),
    Case("\\boxed{}", "5", .unparsed), Case("", "5", .unparsed), Case("none", "5", .unparsed),
  ]

  static let positions: [Case] = [
    Case("Work 3+4.\n#### 7", "7", .pass),
    Case("First 5.\n#### 7\n", "The sum.\n#### 7", .pass),
    Case("#### Step 2: add 5\nThe answer is 9.", "9", .pass),
    Case("#### 3. Total\nso \\boxed{12}", "12", .pass),
    Case("3 + 4 = 7\nA: 7", "worked\nA: 7", .pass),
    Case("**Answer:** 7 apples, not 8", "7", .fail),
    Case("ANSWER: $\\boxed{540}$", "540", .pass),
    Case("Final Answer:\n42", "42", .pass),
    Case("A: There were 3 and 4. The answer is 7.", "7", .pass),
    Case("so \\boxed{5}. Wait, \\boxed{\\text{about }{6}} is it", "6", .pass),
    Case("\\fbox{11}", "11", .pass), Case("\\boxed 11$", "11", .pass),
    Case("Therefore, the answer is \\(\\boxed{20", "20", .pass),
    Case("20}\\). Check: 5", "20", .pass, openBox: true),
    Case("20", "20", .pass, openBox: true),
    Case("\\frac{1}{2}}\\)", "0.5", .pass, openBox: true),
    Case("10 \\times (1 + 6)} = 70", "70", .unparsed, openBox: true),
    Case("{\"reasoning\": \"3 + 15\", \"answer\": \"18\"}", "18", .pass),
    Case("```json\n{\"answer\": 18}\n```\nThat is 3 eggs.", "18", .pass),
    Case("{\"answer\": \"53\\u00a0feet\"}", "53", .pass),
    Case("{\"answer\": \"$1,000\"", "1000", .pass),
    Case("{\"answer\": \"not possible, as 3 < 5\"}", "3", .unparsed),
    Case("The answer is 12, because 3 * 4 = 12.", "12", .pass),
    Case("The answer is not known. There are 9", "9", .pass),
    Case("the answer is 3. No: the answer is 4. Bye 5", "4", .pass),
    Case("答案是18。共用了3天", "18", .pass), Case("综上所述，答案为 -18", "-18", .pass),
    Case("He has 3 and then 12 dollars left.", "12", .pass),
    Case("It falls by = -$4 then", "-4", .pass), Case("between 3-4", "4", .pass),
    Case("It costs about 3/4 of it", "0.75", .pass), Case("so $\\frac{3}{4}$.", "0.75", .pass),
    Case("an area of 18 m^2", "18", .pass), Case("5 g of CO2", "5", .pass),
    Case("He pays $1{,}234$ now", "1234", .pass), Case("up 1.5e-3.", "0.0015", .pass),
    Case("we get 2^3", "3", .fail), Case("x is ½ or 12 %", "0.12", .pass),
    Case("The answer is blue.", "Blue", .fail), Case("The answer is blue.", "blue", .pass),
    Case("\\boxed{x+1}", "$x+1$", .pass), Case("so:\nＹＥＳ", "YES", .pass),
  ]

  @Test(arguments: [equalNumbers, positions])
  func `numbers are compared exactly and found where they are marked`(cases: [Case]) {
    for row in cases {
      let verdict = NumericRule.judge(
        completion: row.completion, reference: NumericReference(row.reference),
        promptOpenedBox: row.openBox)
      if verdict.outcome != row.outcome {
        Issue.record("\(row): \(verdict)")
      }
    }
  }

  /// Every pair of small fractions in several spellings, against whole-number arithmetic.
  @Test func `equality of fractions is equality of cross products`() {
    var wrong = 0
    for a in 0..<12 {
      for b in 1..<12 {
        for c in 0..<12 {
          for d in 1..<12 {
            let verdict = NumericRule.judge(
              completion: "\\boxed{\\frac{\(a)}{\(b)}}", reference: NumericReference("\(c)/\(d)"),
              promptOpenedBox: false)
            if (verdict.outcome == .pass) != (a * d == c * b) { wrong += 1 }
          }
        }
      }
    }
    #expect(wrong == 0)
  }

  @Test func `any bytes are judged without a trap`() {
    let alphabet = Array("\\boxed{}$#:\"answer is 1,.-+/*^%eE x\n=()é½是".utf8) + [0x80, 0xFF, 0xE2]
    var state: UInt64 = 42
    var outcomes: Set<FreeResponseOutcome> = []
    let pieces: [[UInt8]] =
      ["\\boxed{", "\\frac", "#### ", "\"answer\":", "answer is ", "\nA: ", "\\u00"].map {
        Array($0.utf8)
      } + alphabet.map { [$0] }
    for _ in 0..<2_000 {
      var text: [UInt8] = []
      for _ in 0..<24 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += pieces[Int(state >> 33) % pieces.count]
      }
      let completion = String(decoding: text, as: UTF8.self)
      for openBox in [false, true] {
        outcomes.insert(
          NumericRule.judge(
            completion: completion, reference: NumericReference("1"), promptOpenedBox: openBox
          ).outcome)
      }
      _ = LegacyRule.judge(completion: completion, reference: completion)
      // Raw bytes that are no UTF-8 reach the reader too.
      _ = AnswerExtraction.find(in: text, promptOpenedBox: false, expectsNumber: true)
      _ = NumberReader.read(text, in: 0..<text.count)
    }
    #expect(outcomes.count == 3)
  }
}
