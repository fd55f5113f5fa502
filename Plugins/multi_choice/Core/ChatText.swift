// Chat messages as a JSON array of `role` and `content`.

internal import JSONFormat

/// Building of a JSON array of chat messages, one message after the other.
enum ChatText {
  /// Appends one message to a list that ``closed(_:)`` will close; the list is empty at first.
  static func append(role: String, _ content: String, to list: inout String) {
    var writer = JSONWriter(capacity: content.utf8.count + 48)
    writer.beginObject()
    writer.key("role")
    writer.string(role)
    writer.key("content")
    writer.string(content)
    writer.endObject()
    list += list.isEmpty ? "[" : ","
    list += String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The finished array.
  static func closed(_ list: String) -> String { list.isEmpty ? "[]" : list + "]" }
}
