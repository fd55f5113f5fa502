// The one secret: read once from the environment, given to the HTTP client, and cut out of every text
// that leaves this backend.
internal import Glibc
package import PluginKit

/// An API key that no description or reflection shows.
package struct APIKey: Sendable {
  private let secret: String

  /// A key, or none when empty.
  package init(_ secret: String) { self.secret = secret }

  /// The key in the environment variable `name`; none when no variable is named.
  ///
  /// Errors name the variable and never show what it holds.
  package init(environment name: String?) throws(ConfigurationError) {
    guard let name else {
      secret = ""
      return
    }
    guard Self.isName(name) else {
      // Whoever wrote the key itself here must not find it in the message.
      throw ConfigurationError(
        "option 'api_key_env' must be the name of an environment variable, such as OPENAI_API_KEY")
    }
    guard let value = getenv(name) else {
      throw ConfigurationError(
        "the environment variable \(name), named by 'api_key_env', is not set: export it, or remove "
          + "the option when the server needs no key")
    }
    let text = String(cString: value).trimmed
    guard !text.isEmpty else {
      throw ConfigurationError("the environment variable \(name), named by 'api_key_env', is empty")
    }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw ConfigurationError(
        "the environment variable \(name), named by 'api_key_env', holds a space, a line break or a "
          + "character outside ASCII: no API key does")
    }
    secret = text
  }

  /// Whether there is no key.
  package var isEmpty: Bool { secret.isEmpty }

  /// The value of the header `name` that carries the key.
  func headerValue(for name: String) -> String {
    name.lowercased() == "authorization" ? "Bearer \(secret)" : secret
  }

  /// `text` with the key replaced wherever it stands.
  ///
  /// Keys of fewer than four bytes are words such as `x` that servers without keys are given.
  package func redacting(_ text: String) -> String {
    guard secret.utf8.count >= 4 else { return text }
    let needle = Array(secret.utf8)
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var start = 0
    while let at = bytes.firstPlace(of: needle, from: start) {
      result += bytes[start..<at]
      result += "[API key]".utf8
      start = at + needle.count
    }
    result += bytes[start...]
    return String(decoding: result, as: UTF8.self)
  }

  /// Whether the key stands in `bytes`; false for keys too short to be a secret.
  package func isIn(_ bytes: [UInt8]) -> Bool {
    guard secret.utf8.count >= 16 else { return false }
    return bytes.firstPlace(of: Array(secret.utf8)) != nil
  }

  /// Whether it can be a variable's name and does not look like a key: long, with small letters.
  private static func isName(_ name: String) -> Bool {
    guard !name.isEmpty, name.utf8.allSatisfy(isNameByte) else { return false }
    return name.utf8.count < 32 || !name.contains(where: \.isLowercase)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"): true
    default: false
    }
  }
}

extension APIKey: CustomStringConvertible, CustomReflectable {
  /// Whether there is a key, never the key.
  package var description: String { isEmpty ? "no API key" : "an API key" }
  /// Nothing.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
