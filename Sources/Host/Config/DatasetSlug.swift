// Names of benchmarks and splits in one word, as old files, tables and tools spell them.

/// The rules by which a benchmark and a split are one word.
package enum DatasetSlug {
  /// The splits a slug may end in, longest first; of equal length, in the order they were listed.
  static let splits = [
    "train", "test", "validation", "val", "dev", "devtest", "main", "science", "verified", "all",
    "text",
  ].longestFirst(with: subsets)

  /// Splits that only the benchmark `hle` has.
  static let subsets = ["other", "human", "math", "phy", "cs", "bio", "chem", "eng"]

  private static let aliases = [
    "math500": "math_500_test", "math": "hendrycks_math_test", "input_data": "ifeval_test",
    "ceval_exam_test": "ceval_test", "mbpp": "mbpp_test", "humanevalplus": "human_eval_plus_test",
    "humaneval_plus": "human_eval_plus_test", "humanevalfix": "human_eval_fix_test",
    "humaneval_cn": "human_eval_cn_test", "lcb": "livecodebench_test", "mmmlu": "mmmlu_test",
    "cmmlu": "cmmlu_test",
  ]

  /// The text with everything but letters, digits and `_` of any script replaced by `_`.
  package static func safe(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0 == "_" || isLetterOrNumber($0) ? $0 : "_" }))
  }

  private static func isLetterOrNumber(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }

  /// The one spelling of a slug: safe, lower case, old aliases replaced.
  package static func canonical(_ text: String) -> String {
    let slug = safe(text).lowercased()
    return aliases[slug] ?? slug
  }

  /// The benchmark and split of a slug; the split is empty when the slug ends in none that is known.
  ///
  /// A trailing `__cot` is dropped first.
  package static func split(_ slug: String) -> (name: String, split: String) {
    let slug = slug.hasSuffix("__cot") ? String(slug.dropLast(5)) : slug
    for split in splits where slug.hasSuffix("_" + split) {
      let name = slug.dropLast(split.count + 1)
      if !name.isEmpty { return (String(name), split) }
    }
    return (slug, "")
  }
}

extension [String] {
  fileprivate func longestFirst(with others: [String]) -> [String] {
    (self + others).enumerated()
      .sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
  }
}
