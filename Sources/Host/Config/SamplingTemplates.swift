// The named sets of sampling parameters every installation has; configs/_templates.toml says the
// same, as a starting point for a user's own (a test holds the two together).

/// The built-in sampling templates.
package enum SamplingTemplates {
  /// The templates by name.
  package static let builtIn: [String: SamplingParameters] = Dictionary(
    uniqueKeysWithValues: rows.map { ($0.name, $0.parameters) })

  private struct Row {
    let name: String
    let parameters: SamplingParameters

    // The numbers: temperature, top_p, alpha_presence, alpha_frequency, alpha_decay.
    init(_ name: String, max: Int, topK: Int, _ numbers: [5 of Double], stop: [Int]) {
      var parameters = SamplingParameters()
      parameters.maxGenerateTokens = max
      parameters.topK = topK
      parameters.temperature = numbers[0]
      parameters.topP = numbers[1]
      parameters.alphaPresence = numbers[2]
      parameters.alphaFrequency = numbers[3]
      parameters.alphaDecay = numbers[4]
      parameters.stopTokens = stop
      parameters.banTokens = []
      self.name = name
      self.parameters = parameters
    }
  }

  private static let rows: [Row] = [
    Row(
      "math_cot_default", max: 4096, topK: 66, [0.55, 0.79, 0.14, 0.01, 0.997],
      stop: [0, 261, 24281]),
    Row(
      "code_default", max: 1024, topK: 50, [0.6, 0.6, 0.25, 0.25, 0.996],
      stop: [0, 261, 6884, 21214, 24281]),
    Row(
      "full_code_cot_default", max: 8192, topK: 50, [0.6, 0.6, 0.25, 0.25, 0.996], stop: [0]),
    Row(
      "full_code_final_default", max: 8192, topK: 50, [0.6, 0.6, 0.25, 0.25, 0.996],
      stop: [6884, 21214]),
    Row(
      "free_response_cot_default", max: 4096, topK: 500, [0.3, 0.4, 0.5, 0.1, 0.99],
      stop: [0, 261, 24281]),
    Row(
      "free_response_final_default", max: 64, topK: 1, [1.0, 0.3, 0, 0, 0.99],
      stop: [0, 2402, 4910]),
    Row(
      "instruction_following_default", max: 4096, topK: 50, [0.3, 0.3, 0.5, 0.5, 0.99],
      stop: [0, 261, 24281]),
    Row(
      "multi_choice_cot_default", max: 4096, topK: 50, [0.5, 0.3, 1.0, 0.1, 0.99],
      stop: [0, 261, 24281]),
  ]
}
