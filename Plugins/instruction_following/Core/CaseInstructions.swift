// Capitals, small letters and the language they are in.

/// So many words of capitals alone, by the word tokenizer.
struct CapitalWordFrequency: Instruction {
  static let id = "change_case:capital_word_frequency"
  private let frequency: Int
  private let relation: Relation
  private let splitter = SentenceSplitter()

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    frequency = try arguments.number("capital_frequency")
    relation = try arguments.relation("capital_relation")
  }

  var wording: String {
    "In your response, words with all capital letters should appear "
      + "\(relation.rawValue) \(frequency) times."
  }
  var asked: String { "\(relation.rawValue) \(frequency) words in capitals" }

  func check(_ text: ResponseText) -> Finding {
    let count = count(text.bytes, upTo: Int.max)
    return Finding(relation.holds(count, frequency), count: count, "words in capitals")
  }

  func follows(_ text: ResponseText) -> Bool {
    relation.holds(atMost: Self.mostWords(text.bytes), frequency)
      ?? relation.holds(count(text.bytes, upTo: frequency), frequency)
  }

  /// The number of words in capitals; when there are `limit` or more, some number that is not below it.
  private func count(_ bytes: [UInt8], upTo limit: Int) -> Int {
    var tokenizer = WordTokenizer()
    var count = 0
    for sentence in splitter.sentences(bytes) {
      tokenizer.forEachWord(bytes, sentence) { bytes, word in
        if bytes.letterCase(word) == .capital { count += 1 }
      }
      if count >= limit { break }
    }
    return count
  }

  /// A number that the words in capitals do not exceed.
  ///
  /// A word in capitals has a run of letters in capitals. The tokenizer cuts within a run only in words such
  /// as "cannot" and "wanna", of five or six letters, and in "'tis" and "'twas": those count as two here,
  /// whatever their case. Of "don't" it cuts off the last three characters.
  private static func mostWords(_ bytes: [UInt8]) -> Int {
    var words = 0
    var length = 0
    var first: UInt32 = 0
    var hasSmall = false
    var hadSmall = false
    var last: UInt32 = 0
    var isBehindApostrophe = false
    func endRun(before apostrophe: Bool) {
      let mayBeJoined =
        isBehindApostrophe
        ? first == 0x74 && (length == 3 || length == 4)
        : (first == 0x63 || first == 0x67 || first == 0x6C || first == 0x77)
          && (length == 5 || length == 6)
      if mayBeJoined {
        words += 2
      } else if apostrophe ? !hadSmall : !hasSmall {
        words += 1
      }
      length = 0
      hasSmall = false
    }
    var position = 0
    while position < bytes.count {
      let (value, next) = bytes.scalar(at: position)
      let isSmall = Characters.isSmall(value) || Characters.isTitlecase(value)
      if isSmall || Characters.isCapital(value) {
        if length == 0 {
          first = Characters.folded(value)
          isBehindApostrophe = last == 0x27
        }
        length += 1
        hadSmall = hasSmall
        hasSmall = hasSmall || isSmall
      } else if length > 0 {
        endRun(before: value == 0x27)
      }
      last = value
      position = next
    }
    if length > 0 { endRun(before: false) }
    return words
  }
}

/// The response is English and has no small letter.
struct EnglishCapital: Instruction {
  static let id = "change_case:english_capital"
  private let detector: LanguageDetector

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    detector = resources.languageDetector
  }

  var wording: String {
    "Your entire response should be in English, and in all capital letters."
  }
  var asked: String { "English in capitals alone" }

  func check(_ text: ResponseText) -> Finding {
    guard text.bytes.letterCase(0..<text.count) == .capital else {
      return Finding(false, "small letters, or no letter")
    }
    return detector.finding(text, wanted: "en")
  }
}

/// The response is English and has no capital.
struct EnglishLowercase: Instruction {
  static let id = "change_case:english_lowercase"
  private let detector: LanguageDetector

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    detector = resources.languageDetector
  }

  var wording: String {
    "Your entire response should be in English, and in all lowercase letters. "
      + "No capital letters are allowed."
  }
  var asked: String { "English in small letters alone" }

  func check(_ text: ResponseText) -> Finding {
    guard text.bytes.letterCase(0..<text.count) == .small else {
      return Finding(false, "capitals, or no letter")
    }
    return detector.finding(text, wanted: "en")
  }
}

/// The response is in a given language.
struct ResponseLanguage: Instruction {
  static let id = "language:response_language"
  private let code: String
  private let name: String
  private let detector: LanguageDetector

  /// The languages that IFEval asks for.
  static let names: KeyValuePairs<String, String> = [
    "en": "English", "es": "Spanish", "pt": "Portuguese", "ar": "Arabic", "hi": "Hindi",
    "fr": "French", "ru": "Russian", "de": "German", "ja": "Japanese", "it": "Italian",
    "bn": "Bengali", "uk": "Ukrainian", "th": "Thai", "ur": "Urdu", "ta": "Tamil",
    "te": "Telugu", "bg": "Bulgarian", "ko": "Korean", "pl": "Polish", "he": "Hebrew",
    "fa": "Persian", "vi": "Vietnamese", "ne": "Nepali", "sw": "Swahili", "kn": "Kannada",
    "mr": "Marathi", "gu": "Gujarati", "pa": "Punjabi", "ml": "Malayalam", "fi": "Finnish",
  ]

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    let code = try arguments.text("language")
    guard let name = Self.names.first(where: { $0.key == code })?.value else {
      throw InstructionError("argument 'language' is '\(code)', none of the languages of IFEval")
    }
    self.code = code
    self.name = name
    detector = resources.languageDetector
  }

  var wording: String {
    "Your ENTIRE response should be in \(name) language, no other language is allowed."
  }
  var asked: String { "\(name) ('\(code)')" }

  func check(_ text: ResponseText) -> Finding { detector.finding(text, wanted: code) }
}

extension LanguageDetector {
  /// Whether a text is in a language; a text without any feature of a language is, as officially.
  fileprivate func finding(_ text: ResponseText, wanted: String) -> Finding {
    switch language(of: text) {
    case .none: Finding(true, "nothing that a language could be told by")
    case .unknown: Finding(false, "no language that is likely enough")
    case .code(let code): Finding(code == wanted, text: "'\(code)'")
    }
  }
}

/// What case the letters of a text have.
enum LetterCase {
  /// At least one capital, and no small letter.
  case capital
  /// At least one small letter, and no capital.
  case small
  /// Both, or neither.
  case mixed
}

extension [UInt8] {
  /// The case of a part of the text.
  func letterCase(_ range: Range<Int>) -> LetterCase {
    var hasCapital = false
    var hasSmall = false
    var position = range.lowerBound
    while position < range.upperBound {
      let (value, next) = scalar(at: position)
      if Characters.isCapital(value) {
        hasCapital = true
      } else if Characters.isSmall(value) {
        hasSmall = true
      } else if Characters.isTitlecase(value) {
        return .mixed
      }
      if hasCapital && hasSmall { return .mixed }
      position = next
    }
    return hasCapital ? .capital : hasSmall ? .small : .mixed
  }
}
