// The table `[models.server]`: a server that the host starts for a model's backend, one for each worker.

/// How a model's server is started, waited for and ended; times in seconds.
package struct ModelServerConfig: Equatable, Sendable {
  /// The program and its arguments, with places such as `{port}`; never empty.
  package var command: [String]
  /// Variables for the server, with places; under `NAME_env` the name of the variable that holds NAME's value.
  package var environment: [String: String]
  /// The port that it listens at; nil lets the host choose.
  package var port: Int?
  /// The path that answers once it is ready; nil tries the usual ones.
  package var health: String?
  /// Longest time until it is ready.
  package var startTimeoutSeconds: Int
  /// Time between the request to end and the end by force.
  package var stopTimeoutSeconds: Int
  /// The option of the backend that takes the server's address; empty for none.
  package var sets: String

  /// Makes the table with its defaults.
  package init(
    command: [String], environment: [String: String] = [:], port: Int? = nil, health: String? = nil,
    startTimeoutSeconds: Int = 600, stopTimeoutSeconds: Int = 10, sets: String = "base_url"
  ) {
    self.command = command
    self.environment = environment
    self.port = port
    self.health = health
    self.startTimeoutSeconds = startTimeoutSeconds
    self.stopTimeoutSeconds = stopTimeoutSeconds
    self.sets = sets
  }

  /// What may stand in braces in the command and in the values of the environment.
  package static let places = ["port", "device", "device_index", "weights", "name"]
}

/// The words of a command line written as one text; nil when a quotation mark is not closed.
///
/// Blanks separate words. `'...'` is taken as it is; in `"..."` and outside, a backslash takes the next
/// character as it is. Nothing else means anything: no variables, no patterns, no pipes.
package func commandWords(_ text: String) -> [String]? {
  var words: [String] = []
  var word: String?
  var quote: Character?
  var isEscaped = false
  for character in text {
    if isEscaped {
      word = (word ?? "") + String(character)
      isEscaped = false
    } else if character == "\\", quote != "'" {
      isEscaped = true
    } else if let open = quote {
      if character == open { quote = nil } else { word = (word ?? "") + String(character) }
    } else if character == "'" || character == "\"" {
      quote = character
      word = word ?? ""
    } else if character.isWhitespace {
      if let whole = word { words.append(whole) }
      word = nil
    } else {
      word = (word ?? "") + String(character)
    }
  }
  if let whole = word { words.append(whole) }
  return quote == nil && !isEscaped ? words : nil
}

/// The places of a text: what stands in braces and is made of small letters and `_`.
package func placesNamed(in text: String) -> [String] {
  text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
    guard let end = part.firstIndex(of: "}") else { return nil }
    let name = part[..<end]
    let isName = !name.isEmpty && name.allSatisfy { $0 == "_" || ("a"..."z").contains($0) }
    return isName ? String(name) : nil
  }
}
