// The words that answers come with: units, fillers, names of months and days, and words that are an answer.

/// Tables of words, in lower case.
enum Words {
  /// Units in all their spellings and the one they are compared by.
  static let units: [String: String] = {
    var table: [String: String] = [:]
    for line in [
      "cm centimeter centimeters centimetre centimetres",
      "mm millimeter millimeters millimetre millimetres",
      "km kilometer kilometers kilometre kilometres kms", "m meter meters metre metres",
      "in inch inches", "ft foot feet", "yd yard yards yds", "mi mile miles",
      "kg kilogram kilograms kgs kilo kilos", "g gram grams gm gms gramme grammes",
      "mg milligram milligrams",
      "lb pound pounds lbs", "oz ounce ounces", "ton tons tonne tonnes",
      "l liter liters litre litres",
      "ml milliliter milliliters millilitre millilitres", "gal gallon gallons", "pint pints",
      "quart quarts",
      "cup cups", "s second seconds sec secs", "min minute minutes mins", "h hour hours hr hrs",
      "day days", "week weeks", "month months", "year years yr yrs", "mph", "kph kmph", "hz hertz",
      "n newton newtons", "j joule joules", "w watt watts", "v volt volts", "pa pascal pascals",
      "rad radian radians", "° degree degrees deg degs", "% percent percentage pct percents",
      "$ dollar dollars usd bucks", "¢ cent cents", "€ euro euros eur", "£ gbp", "¥ yen yuan rmb",
      "₹ rupee rupees", "rpm", "mol mole moles", "k kelvin", "c celsius", "f fahrenheit",
      "acre acres", "hectare hectares", "unit units", "mm2", "nm", "μm", "ms", "kj", "kw", "kwh",
    ] {
      let words = line.split(separator: " ").map(String.init)
      for word in words { table[word] = words[0] }
    }
    return table
  }()

  /// Units of one or two letters that are also names of variables: units only right after a number and text.
  static let ambiguous: Set<String> = [
    "m", "g", "l", "s", "h", "n", "j", "w", "v", "k", "c", "f", "in", "mi",
  ]

  /// Words before or after a unit that raise it to a power.
  static let powers: [String: String] = [
    "square": "2", "squared": "2", "sq": "2", "cubic": "3", "cubed": "3", "cu": "3",
  ]

  /// Words that say nothing about the answer.
  static let fillers: Set<String> = [
    "the", "a", "an", "is", "are", "be", "equals", "equal", "about", "approximately", "approx",
    "exactly",
    "roughly", "around", "answer", "value", "final", "so", "thus", "hence", "therefore", "only",
    "that",
    "just", "i.e", "ie", "solution", "solutions", "then", "we", "get", "have", "it", "given", "by",
    "on", "at", "if", "for", "when", "where", "option", "choice",
  ]

  /// Words that stand for a number.
  static let numbers: [String: Int] = [
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100, "thousand": 1000,
  ]

  /// Parts of a whole, after a number in words.
  static let parts: [String: Int] = [
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "fourth": 4, "fourths": 4, "quarter": 4,
    "quarters": 4, "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7,
    "eighth": 8, "eighths": 8, "ninth": 9, "ninths": 9, "tenth": 10, "tenths": 10,
  ]

  /// Factors that follow a number.
  static let multipliers: [String: Int] = [
    "hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000, "dozen": 12,
  ]

  /// Months by their names and the usual short forms.
  static let months: [String: Int] = {
    var table: [String: Int] = [:]
    let names = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september",
      "october",
      "november", "december",
    ]
    for (index, name) in names.enumerated() {
      table[name] = index + 1
      table[String(name.prefix(3))] = index + 1
    }
    table["sept"] = 9
    return table
  }()

  /// Short forms of words that are answers, and the words that mean the same.
  static let synonyms: [String: String] = [
    "mon": "monday", "tue": "tuesday", "tues": "tuesday", "wed": "wednesday", "thu": "thursday",
    "thur": "thursday", "thurs": "thursday", "fri": "friday", "sat": "saturday", "sun": "sunday",
    "y": "yes", "centre": "center", "grey": "gray", "colour": "color",
  ]

  /// Answers that mean "nothing satisfies this", as normalised words.
  static let noSolution: Set<String> = [
    "no solution", "no solutions", "no real solution", "no real solutions", "none", "null set",
    "empty set",
    "empty", "nosolution", "no such number", "no such numbers", "no values", "no value", "no roots",
    "no real roots", "no solution exists", "no solutions exist", "there no solution",
    "there no solutions",
    "there no real solutions", "none exist", "none exists", "no answer", "no such", "无解",
    "no real number",
    "no real numbers", "no such value", "no such values", "no integer solutions",
  ]

  /// Answers that mean "this has no value".
  static let undefined: Set<String> = [
    "undefined", "does not exist", "dne", "not defined", "doesnt exist", "diverges", "divergent",
    "not exist", "nonexistent", "non existent",
  ]

  /// Answers that mean "as many as you like".
  static let unlimited: Set<String> = [
    "infinitely many", "infinite", "infinitely many solutions", "infinite solutions",
    "infinite number of solutions", "infinite number", "an infinite number", "unlimited",
    "infinite many", "infinitely many values",
  ]

  /// Answers that mean the whole line.
  static let everything: Set<String> = [
    "all real numbers", "all reals", "all real", "real numbers", "all real numbers x", "reals",
    "all real values", "set of all real numbers", "set of real numbers", "all real x",
    "any real number",
    "all real values of x", "every real number", "all of r",
  ]

  /// True for a short run of letters that is a word rather than a product of variables.
  static func isKnown(_ word: String) -> Bool {
    if ambiguous.contains(word) && word.utf8.count < 2 { return false }
    return units[word] != nil || powers[word] != nil || fillers.contains(word)
      || short.contains(word)
      || numbers[word] != nil || months[word] != nil && word.utf8.count > 3 || synonyms[word] != nil
      || multipliers[word] != nil
  }

  private static let short: Set<String> = [
    "yes", "no", "odd", "not", "all", "of", "to", "for", "if", "when", "where", "with", "from",
    "am", "pm",
    "on", "at", "as", "has", "its", "per", "any", "no", "dne", "nor", "but", "than", "set", "real",
    "even",
    "true", "none", "each", "both", "such", "case", "way", "ways", "tie", "red", "blue", "east",
    "west",
    "man", "men", "boy", "boys", "girl", "cat", "dog", "cow", "cows", "pen", "pens", "sum", "up",
    "down",
  ]
}
