// What a configuration may say about how answers are compared.

/// The settings of a comparison.
package struct MathOptions: Sendable {
  /// Where the answer is looked for.
  package enum Source: String, Sendable {
    /// In the prediction; in the evaluator's answer when the prediction is empty.
    case prediction
    /// In what the evaluator read.
    case answer
  }

  /// Where the answer is looked for.
  package var source = Source.prediction
  /// Significant digits from which a decimal may be a rounded value; 0 = decimals are exact.
  package var roundedDigits = 4
  /// How far numbers may be apart, by the reference's size; nothing = not at all.
  package var relativeTolerance: Rational?
  /// Whether answers listed without brackets must come in the reference's order.
  package var ordersLists = false
  /// Whether a relation in the answer may stand for a set in the reference: -2 <= x <= 7 for [-2, 7].
  package var relationForSet = true

  /// The defaults.
  package init() {}
}
