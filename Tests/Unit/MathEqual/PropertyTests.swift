// Properties of the comparison, over generated answers and over every reference of the shared data: reflexive,
// symmetric, blind to notation, and never blind to a digit, a sign or a bracket.

import MathEqualCore
import TestSupport
import Testing

struct PropertyTests {
  /// Generated answers of all shapes.
  private static let generated: [String] = {
    var generator = AnswerGenerator(seed: 2024)
    return (0..<400).map { _ in generator.answer() }
  }()

  @Test func `every answer equals itself`() {
    for answer in Self.generated { Pair(answer, answer).expect(.equal) }
  }

  @Test func `notation does not count`() {
    for answer in Self.generated {
      for variant in Notations.variants(of: answer) { Pair(answer, variant).expect(.equal) }
    }
  }

  @Test func `equality is symmetric`() {
    for (left, right) in zip(Self.generated, Self.generated.dropFirst(7)) {
      let there = MathComparison(gold: left, prediction: right).outcome == .equal
      let back = MathComparison(gold: right, prediction: left).outcome == .equal
      if there != back { Issue.record("\(left) and \(right)") }
    }
  }

  @Test func `one changed digit, sign or bracket makes another answer`() {
    var random = SeededRandom(99)
    for answer in Self.generated {
      for near in NearMisses.of(answer, &random) {
        if MathComparison(gold: answer, prediction: near).outcome == .equal {
          Issue.record("\(answer) and \(near)")
        }
      }
    }
  }

  @Test func `values far below every digit shown are told apart`() {
    for (left, right) in [
      (#"\sqrt2"#, #"\sqrt2+10^{-25}"#), (#"\pi"#, #"\pi+10^{-22}"#), ("2^{500}", "2^{500}+1"),
      (#"\frac{1}{3^{500}}"#, #"\frac{1}{3^{500}+1}"#), (#"e^{\pi}"#, #"e^{\pi}-10^{-20}"#),
      (#"\sqrt{5+2\sqrt6}"#, #"\sqrt2+\sqrt3+10^{-20}"#), ("x", "x+10^{-30}"),
      (#"\cos 20^\circ"#, "0.93969262078590838405410927732483"),
      ("12345678901234567890123456789", "12345678901234567890123456788"),
    ] { Pair.expectDifferent([Pair(left, right)]) }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs shared/data beside the repository"))
  func `references of MATH equal themselves in other notation and no near miss`() throws {
    var random = SeededRandom(5)
    for row in try SharedData.rows("math/math500.jsonl") {
      guard let answer = row["answer"] as? String else { continue }
      for variant in Notations.variants(of: answer) { Pair(answer, variant).expect(.equal) }
      for near in NearMisses.of(answer, &random) {
        if MathComparison(gold: answer, prediction: near).outcome == .equal {
          Issue.record("\(answer) and \(near)")
        }
      }
    }
  }
}

/// Answers of all shapes, from a seed.
struct AnswerGenerator {
  private var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed) }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int(random.next() % UInt64(elements.count))]
  }

  private mutating func digits() -> String {
    pick(["2", "3", "5", "7", "11", "13", "24", "105", "2025"])
  }

  private mutating func scalar(_ depth: Int) -> String {
    if depth == 0 { return pick([digits(), "x", "\\pi", "a", "-" + digits(), digits() + ".5"]) }
    switch random.next() % 9 {
    case 0: return "\\frac{\(scalar(depth - 1))}{\(digits())}"
    case 1: return "\(digits())\\sqrt{\(digits())}"
    case 2: return "\(scalar(depth - 1)) + \(digits())"
    case 3: return "\(digits())x^{\(digits())} - \(digits())"
    case 4: return "\(digits())^{\(pick(["2", "3", "10"]))}"
    case 5: return "\\sin\\left(\(scalar(depth - 1))\\right) + \(digits())"
    case 6: return "\(digits()) - \(digits())i"
    case 7: return "\\log_{2}{\(digits())} + \(digits())"
    default: return "\(digits())\\left(x + \(digits())\\right)"
    }
  }

  /// The next answer.
  mutating func answer() -> String {
    switch random.next() % 8 {
    case 0: return "(\(digits()), \(scalar(1)))"
    case 1: return "[-\(digits()), \\infty)"
    case 2: return "\\{\(digits()), -\(digits()), \\frac{1}{\(digits())}\\}"
    case 3:
      return "\\begin{pmatrix} \(digits()) & -\(scalar(0)) \\\\ \(digits()) & 17 \\end{pmatrix}"
    case 4: return "y = \(digits())x - \(digits())"
    case 5: return "(-\\infty, -\(digits())] \\cup (\(digits()), \\infty)"
    default: return scalar(2)
    }
  }
}

/// The same answer in other notations.
enum Notations {
  static func variants(of answer: String) -> [String] {
    [
      " \(answer)  ", "$\(answer)$", "\\(\(answer)\\)", "$$ \(answer) $$", "\(answer).",
      "\\boxed{\(answer)}",
      "{\(answer)}", "\\displaystyle \(answer)", "The final answer is $\(answer)$.",
      answer.replacing("\\frac", with: "\\dfrac"),
      answer.replacing("\\left", with: "")
        .replacing("\\right", with: ""),
      answer.replacing("(", with: "\\left(")
        .replacing(")", with: "\\right)").replacing("\\left\\left", with: "\\left")
        .replacing("\\right\\right", with: "\\right"),
      answer.replacing(" + ", with: "+").replacing(" - ", with: "-").replacing(", ", with: ",\\, "),
      answer.replacing("-", with: "−"),
    ]
  }
}

/// Answers that differ in one digit, one sign or one bracket.
enum NearMisses {
  static func of(_ answer: String, _ random: inout SeededRandom) -> [String] {
    var found: [String] = []
    let characters = Array(answer)
    for (index, character) in characters.enumerated() {
      var changed: [Character] = []
      if let digit = character.wholeNumberValue {
        changed = Array(String((digit + 1 + Int(random.next() % 9)) % 10))
      } else if let other = exchanged[character] {
        changed = [other]
      }
      // Without a value of its own the sign of an infinite end cannot change alone.
      guard !changed.isEmpty else { continue }
      found.append(String(characters[..<index] + changed + characters[(index + 1)...]))
    }
    return found
  }

  private static let exchanged: [Character: Character] = [
    "+": "-", "-": "+", "(": "[", ")": "]", "[": "(", "]": ")",
  ]
}
