// Which language a text is in: the naive Bayes classifier of Nakatani Shuyo's language-detection, as the
// Python library langdetect 1.0.9 has it. That library draws n-grams at random, each time others unless its
// seed is set; here it is set to 0, the value its own documentation gives for answers that repeat, and the
// same generator makes the same draws. So every answer is the answer of the official library with that seed.

/// Tells the language of texts; equal texts have equal answers.
package final class LanguageDetector: Sendable {
  /// What a text looks like.
  package enum Answer: Sendable, Equatable {
    /// The code of a language, such as `en` or `zh-cn`.
    case code(String)
    /// No language is likely enough.
    case unknown
    /// The text has nothing that a language could be told by.
    case none
  }

  private let generator = MersenneTwister()

  private static let trials = 7
  private static let mostDraws = 1000
  private static let certain = 0.99999
  private static let leastLikely = 0.1
  private static let smoothing = 0.5
  private static let smoothingWidth = 0.05
  private static let baseFrequency = 10000.0

  init() {}

  /// The language of a text; at most its first 10,000 characters are looked at.
  package func language(of text: ResponseText) -> Answer {
    let profiles = LanguageProfiles()
    let features = LanguageFeatures(LanguageText.characters(text.bytes), profiles)
    guard !features.isEmpty else { return .none }
    let likelihood = likelihood(features, profiles)
    var best: (language: Int, value: Double)?
    for language in 0..<profiles.count where likelihood[language] > Self.leastLikely {
      let value = likelihood[language]
      if best.map({ value > $0.value }) ?? true { best = (language, value) }
    }
    return best.map { .code(profiles.name($0.language)) } ?? .unknown
  }

  /// How likely each language is, the mean of the trials.
  ///
  /// Trials that could no longer change which language is the likeliest are left out.
  private func likelihood(
    _ features: LanguageFeatures, _ profiles: LanguageProfiles
  ) -> LanguageProfiles.Numbers {
    let count = profiles.count
    var generator = generator
    var mean = LanguageProfiles.Numbers(repeating: 0)
    for trial in 0..<Self.trials {
      var likelihood = LanguageProfiles.Numbers(repeating: 1 / Double(count))
      let alpha = Self.smoothing + generator.normal() * Self.smoothingWidth
      let weight = alpha / Self.baseFrequency
      var draw = 0
      while true {
        let place = features.place(generator.below(features.count), profiles)
        var factors = LanguageProfiles.Numbers(repeating: weight)
        profiles.addParts(at: place, to: &factors)
        for language in likelihood.indices { likelihood[language] *= factors[language] }
        if draw % 5 == 0 {
          if Self.normalise(&likelihood, count) > Self.certain || draw >= Self.mostDraws { break }
        }
        draw += 1
      }
      for language in 0..<count { mean[language] += likelihood[language] / Double(Self.trials) }
      let left = Double(Self.trials - 1 - trial) / Double(Self.trials)
      if Self.lead(mean) > left + 1e-6 { break }
    }
    return mean
  }

  /// By how much the largest number exceeds the second largest.
  private static func lead(_ numbers: LanguageProfiles.Numbers) -> Double {
    var first = 0.0
    var second = 0.0
    for index in numbers.indices {
      let number = numbers[index]
      if number > first {
        second = first
        first = number
      } else if number > second {
        second = number
      }
    }
    return first - second
  }

  /// Makes the sum of the first `count` numbers 1 and gives the largest of them.
  private static func normalise(
    _ likelihood: inout LanguageProfiles.Numbers, _ count: Int
  ) -> Double {
    // One after the other: a sum in another order would round in another way.
    var sum = 0.0
    for language in 0..<count { sum += likelihood[language] }
    var largest = 0.0
    for language in 0..<count {
      let value = likelihood[language] / sum
      likelihood[language] = value
      if value > largest { largest = value }
    }
    return largest
  }
}
