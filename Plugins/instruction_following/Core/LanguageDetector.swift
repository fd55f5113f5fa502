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

  private let profiles: LanguageProfiles
  private let generator = MersenneTwister()

  private static let trials = 7
  private static let mostDraws = 1000
  private static let certain = 0.99999
  private static let leastLikely = 0.1
  private static let smoothing = 0.5
  private static let smoothingWidth = 0.05
  private static let baseFrequency = 10000.0

  init(_ profiles: LanguageProfiles) { self.profiles = profiles }

  /// The language of a text; at most its first 10,000 characters are looked at.
  package func language(of text: ResponseText) -> Answer {
    let features = self.features(LanguageText.characters(text.bytes))
    guard !features.isEmpty else { return .none }
    let likelihood = likelihood(features)
    var best: (language: Int, value: Double)?
    for language in likelihood.indices where likelihood[language] > Self.leastLikely {
      let value = likelihood[language]
      if best.map({ value > $0.value }) ?? true { best = (language, value) }
    }
    return best.map { .code(profiles.languages[$0.language]) } ?? .unknown
  }

  /// The places of the n-grams that some language knows, in the order of the text.
  ///
  /// Within words of capitals nothing is taken; a blank is part of an n-gram at its start or end.
  private func features(_ characters: [UInt32]) -> [UInt32] {
    var features: [UInt32] = []
    features.reserveCapacity(characters.count * 3)
    let blank = UInt64(0x20)
    // The last three characters, 16 bits each; characters outside the basic plane are in no profile.
    var gram = blank
    var length = 1
    var last: UInt32 = 0x20
    var isInCapitals = false
    for character in characters {
      let character = LanguageText.normalised(character, like: profiles.likeCharacters)
      if last == 0x20 {
        gram = blank
        length = 1
        isInCapitals = false
        if character == 0x20 { continue }
      }
      gram = (gram << 16 | UInt64(character > 0xFFFF ? 0xFFFF : character)) & 0xFFFF_FFFF_FFFF
      length = min(length + 1, 3)
      if Characters.isCapital(character) {
        if Characters.isCapital(last) { isInCapitals = true }
      } else {
        isInCapitals = false
      }
      last = character
      if isInCapitals { continue }
      if character != 0x20, let start = profiles.start(gram & 0xFFFF) { features.append(start) }
      if let start = profiles.start(gram & 0xFFFF_FFFF) { features.append(start) }
      if length == 3, let start = profiles.start(gram) { features.append(start) }
    }
    return features
  }

  /// How likely each language is, the mean of the trials.
  ///
  /// Trials that could no longer change which language is the likeliest are left out.
  private func likelihood(_ features: [UInt32]) -> [Double] {
    let count = profiles.languages.count
    var generator = generator
    var mean = [Double](repeating: 0, count: count)
    var products = mean
    for trial in 0..<Self.trials {
      var likelihood = [Double](repeating: 1 / Double(count), count: count)
      let alpha = Self.smoothing + generator.normal() * Self.smoothingWidth
      let weight = alpha / Self.baseFrequency
      var draw = 0
      while true {
        let feature = features[generator.below(features.count)]
        profiles.multiply(likelihood, from: feature, weight: weight, into: &products)
        swap(&likelihood, &products)
        if draw % 5 == 0 {
          if Self.normalise(&likelihood) > Self.certain || draw >= Self.mostDraws { break }
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
  private static func lead(_ numbers: [Double]) -> Double {
    var first = 0.0
    var second = 0.0
    for number in numbers {
      if number > first {
        second = first
        first = number
      } else if number > second {
        second = number
      }
    }
    return first - second
  }

  /// Makes the sum 1 and gives the largest.
  private static func normalise(_ likelihood: inout [Double]) -> Double {
    // One after the other: a sum in another order would round in another way.
    var sum = 0.0
    for value in likelihood { sum += value }
    var largest = 0.0
    for index in likelihood.indices {
      let value = likelihood[index] / sum
      likelihood[index] = value
      if value > largest { largest = value }
    }
    return largest
  }
}
