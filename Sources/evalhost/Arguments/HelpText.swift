// The help texts, made from the commands' specifications.

/// Makes help texts; each ends with a newline.
package enum HelpText {
  /// What `evalhost --help` prints.
  package static var all: String {
    var text = """
      evalhost: evaluates language models with plugins, resumably

      Usage: evalhost COMMAND [OPTIONS]

      Commands:

      """
    text += columns(CommandName.allCases.map { ($0.rawValue, $0.spec.summary) })
    text += """

      `evalhost COMMAND --help` shows a command's options, `evalhost --version` the version.

      Exit status: 0 done, 1 some tasks failed, 2 usage or configuration error, 3 plugin missing or
      refused, 4 interrupted after draining, 5 store or IO error.

      """
    return text
  }

  /// Whether a word is the first of several commands.
  package static func isGroup(_ word: String) -> Bool {
    CommandName.allCases.contains { $0.words.count > 1 && $0.words[0] == word }
  }

  /// What `evalhost plugins --help` prints.
  package static func group(_ word: String) -> String {
    let members = CommandName.allCases.filter { $0.words[0] == word }
    let list = members.compactMap(\.words.last).joined(separator: "|")
    return "Usage: evalhost \(word) \(list) [OPTIONS]\n\n"
      + columns(members.map { ($0.rawValue, $0.spec.summary) })
  }

  /// What `evalhost COMMAND --help` prints.
  package static func command(_ spec: CommandSpec) -> String {
    var text = "evalhost \(spec.name.rawValue): \(spec.summary)\n\n\(usage(spec))\n\n"
    var rows: [(String, String)] = []
    if let operand = spec.operand { rows.append((operand.name, operand.help)) }
    for option in spec.options {
      let value = option.placeholder.map { " \($0)" } ?? ""
      let choices = option.choices.isEmpty ? "" : ": " + option.choices.joined(separator: ", ")
      rows.append(("--\(option.name)\(value)", option.help + choices))
    }
    rows.append(("--help", "show this"))
    text += columns(rows)
    if !spec.notes.isEmpty { text += "\n" + spec.notes.map { $0 + "\n" }.joined() }
    return text
  }

  private static func usage(_ spec: CommandSpec) -> String {
    var words = ["Usage: evalhost \(spec.name.rawValue)"]
    for option in spec.options {
      let word = "--\(option.name)" + (option.placeholder.map { " \($0)" } ?? "")
      words.append(option.isRequired ? word : "[\(word)]" + (option.isRepeated ? "..." : ""))
    }
    if let operand = spec.operand {
      words.append(operand.isRequired ? operand.name : "[\(operand.name)]")
    }
    return wrapped(words)
  }

  /// Breaks between words, never inside one, before column 100.
  private static func wrapped(_ words: [String]) -> String {
    var lines: [String] = []
    for word in words {
      if let last = lines.last, last.count + word.count < 99 {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append((lines.isEmpty ? "" : "         ") + word)
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func columns(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { left, right in
      "  \(left)\(String(repeating: " ", count: width - left.count))  \(right)\n"
    }.joined()
  }
}
