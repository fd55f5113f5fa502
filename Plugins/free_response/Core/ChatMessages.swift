// Chat messages as JSON text, written by hand: `[{"role":"user","content":"..."}]`.

/// Building of a JSON array of chat messages.
enum ChatMessages {
  /// Appends one message to a list that ``closed(_:)`` will close.
  ///
  /// - Parameters:
  ///   - role: A role that needs no escaping.
  ///   - content: Texts that together are the message.
  ///   - list: What was appended so far; empty at first.
  static func append(role: String, content: [String], to list: inout String) {
    list += list.isEmpty ? "[" : ","
    list += "{\"role\":\""
    list += role
    list += "\",\"content\":\""
    for part in content { appendEscaped(part, to: &list) }
    list += "\"}"
  }

  /// The finished array.
  static func closed(_ list: String) -> String { list.isEmpty ? "[]" : list + "]" }

  /// Appends text as the inside of a JSON string; only what JSON demands is escaped.
  private static func appendEscaped(_ text: String, to out: inout String) {
    let bytes = text.utf8
    guard bytes.contains(where: needsEscape) else {
      out += text
      return
    }
    var escaped: [UInt8] = []
    escaped.reserveCapacity(bytes.count + 16)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""): escaped.append(contentsOf: "\\\"".utf8)
      case UInt8(ascii: "\\"): escaped.append(contentsOf: "\\\\".utf8)
      case UInt8(ascii: "\n"): escaped.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): escaped.append(contentsOf: "\\r".utf8)
      case UInt8(ascii: "\t"): escaped.append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        escaped.append(contentsOf: "\\u00".utf8)
        escaped.append(hexDigit(byte >> 4))
        escaped.append(hexDigit(byte & 0x0F))
      default: escaped.append(byte)
      }
    }
    out += String(decoding: escaped, as: UTF8.self)
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
