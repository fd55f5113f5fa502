// Texts of ten megabytes that were made to hurt: the time of each instruction on them, the slowest printed.
internal import InstructionFollowingCore
internal import JSONFormat

/// Times of instructions on hostile texts.
enum HostileBench {
  private static let size = 10_000_000

  private static func texts() -> [(String, String)] {
    func repeated(_ text: String) -> String {
      String(repeating: text, count: size / text.utf8.count)
    }
    return [
      ("no blank", repeated("a")), ("blanks", repeated(" \n") + "x"), ("stops", repeated(".")),
      ("stops and blanks", repeated(". ")), ("marks", repeated("?!")),
      ("initials", repeated("A. ")), ("abbreviations", repeated("u.s.")),
      ("closing quotes", "a." + repeated("\"')") + " b."), ("stars", repeated("*")),
      ("stars and blanks", repeated("* ")), ("dashes", repeated("-\n")),
      ("line feeds", repeated("\n") + "*"), ("brackets", repeated("[")),
      ("angular brackets", repeated("<<") + ">"), ("JSON", repeated("[")),
      ("JSON objects", repeated(#"{"a":"#)), ("digits", repeated("9")),
      ("escapes", "\"" + repeated("\\\"")), ("apostrophes", repeated("' ") + "'"),
      ("quotes", repeated("\"")), ("backticks", repeated("`")), ("mail", repeated("a@")),
      ("links", repeated("http://")), ("regular expressions", repeated("(a+)+$|[^\\]*.?")),
      ("right to left", repeated("שלום עולם. ")), ("Chinese", repeated("这是一句。")),
      ("emoji", repeated("👨‍👩‍👧‍👦")), ("accents", "e" + repeated("\u{301}")),
      ("sigmas", repeated("Σ")), ("other blanks", repeated("\u{2028}\u{3000}") + "x"),
      ("English", repeated("The ferry leaves the harbour at noon, and Mr. Smith is on board. ")),
    ]
  }

  private static let kinds: KeyValuePairs<String, String> = [
    "keywords:existence": #"{"keywords":["aaaaab"]}"#,
    "keywords:frequency": #"{"keyword":"a..b","frequency":1,"relation":"at least"}"#,
    "keywords:forbidden_words": #"{"forbidden_words":["aa"]}"#,
    "keywords:letter_frequency": #"{"letter":"a","let_frequency":1,"let_relation":"less than"}"#,
    "language:response_language": #"{"language":"sw"}"#,
    "length_constraints:number_sentences": #"{"num_sentences":0,"relation":"less than"}"#,
    "length_constraints:number_paragraphs": #"{"num_paragraphs":9}"#,
    "length_constraints:number_words": #"{"num_words":0,"relation":"less than"}"#,
    "length_constraints:nth_paragraph_first_word":
      #"{"num_paragraphs":2,"nth_paragraph":1,"first_word":"zz"}"#,
    "detectable_content:number_placeholders": #"{"num_placeholders":1}"#,
    "detectable_content:postscript": #"{"postscript_marker":"P.P.S"}"#,
    "detectable_format:number_bullet_lists": #"{"num_bullets":1}"#,
    "detectable_format:constrained_response": "{}",
    "detectable_format:number_highlighted_sections": #"{"num_highlights":1}"#,
    "detectable_format:multiple_sections": #"{"section_spliter":"a","num_sections":1}"#,
    "detectable_format:json_format": "{}", "detectable_format:title": "{}",
    "combination:two_responses": "{}", "combination:repeat_prompt": #"{"prompt_to_repeat":"ab"}"#,
    "startend:end_checker": #"{"end_phrase":"ab"}"#, "startend:quotation": "{}",
    "change_case:capital_word_frequency":
      #"{"capital_frequency":0,"capital_relation":"less than"}"#,
    "change_case:english_capital": "{}", "change_case:english_lowercase": "{}",
    "punctuation:no_comma": "{}",
  ]

  /// Prints for each text the CPU time of all kinds together, and the slowest kind.
  static func measure() throws {
    let resources = InstructionResources()
    for (name, string) in texts() {
      let text = ResponseText(string)
      var all = 0.0
      var slowest = (id: "", seconds: 0.0)
      for (id, arguments) in kinds {
        let instruction = try InstructionRegistry.ifeval.instruction(
          id, arguments: JSONValue.parse(Array(arguments.utf8)), resources: resources)
        let start = Usage.seconds
        _ = instruction.check(text)
        let seconds = Usage.seconds - start
        all += seconds
        if seconds > slowest.seconds { slowest = (id, seconds) }
      }
      print(
        "\(name): \(Int(all * 1000)) ms for all \(kinds.count) kinds, "
          + "slowest \(slowest.id) with \(Int(slowest.seconds * 1000)) ms")
    }
    print("peak memory: \(Usage.peakMegabytes) MB")
  }
}
