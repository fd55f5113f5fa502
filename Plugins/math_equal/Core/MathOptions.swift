// What a configuration may say about how answers are compared.

package import JSONFormat
package import PluginKit

/// The settings of a comparison.
package struct MathOptions: Sendable {
  /// Where the answer is looked for.
  package enum Source: String, Sendable {
    /// In the prediction; in the evaluator's answer when the prediction is blank.
    case prediction
    /// In what the evaluator read; in the prediction when it read nothing.
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

  static let schema = """
    {"type":"object","additionalProperties":false,"properties":{\
    "source":{"enum":["prediction","answer"],"default":"prediction"},\
    "rounded_digits":{"type":"integer","minimum":0,"maximum":50,"default":4},\
    "relative_tolerance":{"type":"number","minimum":0,"maximum":0.1,"default":0},\
    "ordered_lists":{"type":"boolean","default":false},\
    "relation_for_set":{"type":"boolean","default":true}}}
    """

  /// The defaults.
  package init() {}

  /// Reads a configuration.
  package init(_ configuration: JSONValue) throws(ConfigurationError) {
    var options = try Options(configuration)
    let word = try options.string(
      "source", default: Source.prediction.rawValue, oneOf: ["prediction", "answer"])
    source = Source(rawValue: word) ?? .prediction
    roundedDigits = try options.integer("rounded_digits", default: 4, in: 0...50)
    let tolerance = try options.double("relative_tolerance", default: 0)
    ordersLists = try options.bool("ordered_lists", default: false)
    relationForSet = try options.bool("relation_for_set", default: true)
    try options.finish()
    guard (0...0.1).contains(tolerance) else {
      throw ConfigurationError("option 'relative_tolerance' is \(tolerance); it must be 0 to 0.1")
    }
    relativeTolerance = tolerance == 0 ? nil : Rational(tolerance: tolerance)
  }
}

extension Rational {
  /// A small number that is not negative, to fifteen digits after the point.
  package init(tolerance: Double) {
    self.init(Int((tolerance * 1e15).rounded()), over: 1_000_000_000_000_000)
  }
}
