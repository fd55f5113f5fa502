// The whole comparison of two texts: extraction, reading, judgement, and the account of all three.

/// A side of a comparison as it was understood.
package struct UnderstoodAnswer: Sendable {
  /// What was extracted; nothing when the text has no answer.
  package let extracted: ExtractedAnswer?
  /// How it was read, in plain notation; empty when it could not be.
  package let reading: String
  /// Why it could not be read; nothing when it was.
  package let refusal: String?
}

/// The comparison of a reference with a prediction.
package struct MathComparison: Sendable {
  /// What a comparison can find.
  package enum Outcome: String, Sendable {
    /// The answers are equal.
    case equal
    /// They are not, or nothing shows that they are.
    case different
    /// The prediction has no answer that could be read.
    case unparsed
  }

  /// What was found.
  package let outcome: Outcome
  /// The reference as it was understood.
  package let gold: UnderstoodAnswer
  /// The prediction as it was understood.
  package let prediction: UnderstoodAnswer
  /// The rule by which they are equal, or the first difference.
  package let reason: String

  /// Compares two texts, each a bare answer or a solution with the answer in it.
  package init(gold: String, prediction: String, options: MathOptions = MathOptions()) {
    var left = SideReading(gold, isReference: true)
    var right = SideReading(prediction, isReference: false)
    guard right.extracted != nil else {
      self.init(.unparsed, left, right, "the prediction has no answer")
      return
    }
    let isSameText = gold.utf8.elementsEqual(prediction.utf8)
    if left.extracted != nil, isSameText || left.isWritten(like: right) {
      left.read()
      right.read()
      self.init(.equal, left, right, "written alike")
      return
    }
    left.read()
    right.read()
    if let refusal = right.refusal {
      self.init(.unparsed, left, right, "the answer is not readable: \(refusal)")
      return
    }
    if let refusal = left.refusal {
      self.init(.different, left, right, "the reference is not readable: \(refusal)")
      return
    }
    self = Self.judged(left, right, options)
  }

  /// Tries the readings of both sides, the likeliest ones first.
  private static func judged(_ left: SideReading, _ right: SideReading, _ options: MathOptions)
    -> MathComparison
  {
    var first: String?
    var comparison = AnswerComparison(options)
    for (gold, prediction) in SideReading.pairs(left, right) {
      do throws(MathError) {
        let judgement = try comparison.compare(gold, prediction)
        if judgement.isEqual {
          return MathComparison(.equal, left.with(gold), right.with(prediction), judgement.reason)
        }
        first = first ?? judgement.reason
      } catch .tooLarge(let reason) {
        return MathComparison(.unparsed, left, right, reason)
      } catch .undefined(let reason) {
        first = first ?? "\(reason) in one of them"
      } catch {
        first = first ?? "one is no single value"
      }
    }
    return MathComparison(.different, left, right, first ?? "they differ")
  }

  private init(_ outcome: Outcome, _ gold: SideReading, _ prediction: SideReading, _ reason: String)
  {
    self.outcome = outcome
    self.gold = gold.understood
    self.prediction = prediction.understood
    self.reason = reason
  }

  /// The account of the comparison, one line for each side and one for the outcome.
  package var explanation: [String] {
    [
      "reference:  \(Self.line(gold))",
      "prediction: \(Self.line(prediction))",
      "\(outcome.rawValue): \(reason)",
    ]
  }

  private static func line(_ side: UnderstoodAnswer) -> String {
    guard let extracted = side.extracted else { return "no answer found" }
    let text =
      extracted.text.utf8.count <= 200 ? extracted.text : String(extracted.text.prefix(200)) + "…"
    let reading = side.refusal.map { "not readable, \($0)" } ?? side.reading
    return "\(text) (\(extracted.method.rawValue)) read as \(reading)"
  }
}
