// Reads the command line against the commands' specifications: long options, `--name value` and
// `--name=value`, flags, one operand, `--` before an operand that begins with a dash.
internal import Config

/// The command line cannot be understood; one line that says what to type.
package struct UsageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The whole line.
  package var description: String

  /// Carries a line as it is.
  package init(_ description: String) { self.description = description }

  /// A line about a command.
  package init(_ command: CommandName, _ message: String) {
    description = "evalhost \(command.rawValue): \(message)"
  }
}

/// A command with what was given to it; it has what its specification requires.
package struct ParsedCommand: Equatable, Sendable {
  /// Which command.
  package let name: CommandName
  /// The word beside the options.
  package fileprivate(set) var operand: String?
  private var given: [String: [String]] = [:]

  fileprivate init(name: CommandName) { self.name = name }

  /// The value of an option, nil when it was not given.
  package func value(_ option: String) -> String? { given[option]?.last }

  /// All values of an option that may be repeated, in order.
  package func values(_ option: String) -> [String] { given[option] ?? [] }

  /// Whether an option or flag was given.
  package func has(_ option: String) -> Bool { given[option] != nil }

  /// The value of an option that the command needs here; throws when it was not given.
  package func required(_ option: String) throws(UsageError) -> String {
    if let value = value(option) { return value }
    throw UsageError(name, missing(option))
  }

  fileprivate mutating func add(_ value: String, to option: String) {
    given[option, default: []].append(value)
  }

  fileprivate func missing(_ option: String) -> String {
    let spec = name.spec.options.first { $0.name == option }
    let value = spec?.placeholder.map { " \($0)" } ?? ""
    return "--\(option)\(value) is missing\(spec.map { ": \($0.help)" } ?? "")"
  }
}

/// What the command line asks for.
package enum ParsedRequest: Equatable, Sendable {
  /// To run a command.
  case command(ParsedCommand)
  /// A help text for stdout.
  case help(String)
  /// The program's version.
  case version
}

/// Reads command lines.
package struct ArgumentReader {
  private var rest: ArraySlice<String>
  private var parsed: ParsedCommand
  private let spec: CommandSpec

  /// Reads the arguments that follow the program's name.
  package static func read(_ arguments: [String]) throws(UsageError) -> ParsedRequest {
    guard let first = arguments.first else {
      throw UsageError("evalhost: a command is missing; `evalhost --help` lists them")
    }
    if isHelp(first) { return .help(HelpText.all) }
    if first == "--version" { return .version }
    if first == "help" { return try help(on: Array(arguments.dropFirst())) }
    if first.hasPrefix("-") {
      throw UsageError(
        "evalhost: '\(printable(first))' stands before the command; write the command first, "
          + "`evalhost --help` lists them")
    }
    let options = arguments.prefix { $0 != "--" }
    if options.contains(where: isHelp) { return try help(on: Array(arguments.prefix(2))) }
    let name = try command(arguments)
    var reader = ArgumentReader(name, arguments.dropFirst(name.words.count))
    return .command(try reader.parse())
  }

  private init(_ name: CommandName, _ rest: ArraySlice<String>) {
    self.rest = rest
    parsed = ParsedCommand(name: name)
    spec = name.spec
  }

  private static func isHelp(_ text: String) -> Bool { text == "--help" || text == "-h" }

  private static func help(on words: [String]) throws(UsageError) -> ParsedRequest {
    let words = words.filter { !$0.hasPrefix("-") }
    guard let first = words.first else { return .help(HelpText.all) }
    if words.count == 1, HelpText.isGroup(first) { return .help(HelpText.group(first)) }
    return .help(HelpText.command(try command(words).spec))
  }

  private static func command(_ arguments: [String]) throws(UsageError) -> CommandName {
    let first = arguments[0]
    for name in CommandName.allCases where arguments.starts(with: name.words) { return name }
    let members = CommandName.allCases.filter { $0.words.count > 1 && $0.words[0] == first }
    guard members.isEmpty else {
      let known = members.map { $0.words[1] }
      guard arguments.count > 1, !arguments[1].hasPrefix("-") else {
        throw UsageError("evalhost \(first): one of \(known.joined(separator: ", ")) is missing")
      }
      throw UsageError(
        "evalhost \(first): unknown command '\(printable(arguments[1]))'; "
          + nearest(
            to: arguments[1], known, otherwise: "known are \(known.joined(separator: ", "))"))
    }
    var known = CommandName.allCases.map { $0.words[0] }
    known = known.enumerated().filter { !known[..<$0.offset].contains($0.element) }.map(\.element)
    throw UsageError(
      "evalhost: unknown command '\(printable(first))'; "
        + nearest(to: first, known, otherwise: "`evalhost --help` lists them"))
  }

  private mutating func parse() throws(UsageError) -> ParsedCommand {
    var isOptions = true
    while let argument = rest.popFirst() {
      if isOptions, argument == "--" {
        isOptions = false
      } else if isOptions, argument.hasPrefix("--") {
        try readOption(argument)
      } else if isOptions, argument.hasPrefix("-"), argument != "-" {
        throw error(
          "unknown option '\(printable(argument))'; options are written out, see "
            + "`evalhost \(spec.name.rawValue) --help`")
      } else {
        try readOperand(argument)
      }
    }
    for option in spec.options where option.isRequired { _ = try parsed.required(option.name) }
    if let operand = spec.operand, operand.isRequired, parsed.operand == nil {
      throw error("\(operand.name) is missing: \(operand.help)")
    }
    return parsed
  }

  private mutating func readOption(_ argument: String) throws(UsageError) {
    let body = argument.dropFirst(2)
    let equals = body.firstIndex(of: "=")
    let name = String(body[..<(equals ?? body.endIndex)])
    guard let option = spec.options.first(where: { $0.name == name }) else {
      throw error(unknownOption(name))
    }
    if parsed.has(name), !option.isRepeated {
      throw error("--\(name) is given twice; leave one of the two")
    }
    guard let placeholder = option.placeholder else {
      guard equals == nil else { throw error("--\(name) is a flag and takes no value") }
      parsed.add("", to: name)
      return
    }
    var value: String
    if let equals {
      value = String(body[body.index(after: equals)...])
    } else {
      guard let next = rest.first, !next.hasPrefix("--") else {
        throw error("--\(name) needs a value: --\(name) \(placeholder), \(option.help)")
      }
      value = next
      rest.removeFirst()
    }
    try check(value, of: option)
    parsed.add(value, to: name)
  }

  private func check(_ value: String, of option: OptionSpec) throws(UsageError) {
    guard !value.isEmpty else { throw error("--\(option.name) is empty: \(option.help)") }
    guard !option.choices.isEmpty, !option.choices.contains(value) else { return }
    let choices = option.choices.joined(separator: ", ")
    throw error(
      "--\(option.name) '\(printable(value))' is not one of \(choices)"
        + (nearestKey(to: value, among: option.choices).map { "; did you mean '\($0)'?" } ?? ""))
  }

  private mutating func readOperand(_ argument: String) throws(UsageError) {
    guard spec.operand != nil, parsed.operand == nil else {
      throw error(
        "'\(printable(argument))' is one word too many; see "
          + "`evalhost \(spec.name.rawValue) --help`")
    }
    guard !argument.isEmpty else { throw error("\(spec.operand?.name ?? "the operand") is empty") }
    parsed.operand = argument
  }

  private func unknownOption(_ name: String) -> String {
    let known = spec.options.map(\.name) + ["help"]
    return "unknown option '--\(printable(name))'; "
      + Self.nearest(
        to: name, known, prefix: "--",
        otherwise: "see `evalhost \(spec.name.rawValue) --help`")
  }

  private static func nearest(
    to word: String, _ known: [String], prefix: String = "", otherwise: String
  ) -> String {
    nearestKey(to: word, among: known).map { "did you mean '\(prefix)\($0)'?" } ?? otherwise
  }

  private func error(_ message: String) -> UsageError { UsageError(spec.name, message) }
}
