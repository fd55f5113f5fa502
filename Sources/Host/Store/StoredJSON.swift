// The small JSON texts that the store makes itself: identities, plugin lists, refused envelopes.

import JSONFormat
import Model

/// Makes the store's own JSON texts.
enum StoredJSON {
  /// `[["field", "value"], ...]` in the order of the fields.
  static func identity(_ fields: [IdentityField]) -> String {
    var writer = JSONWriter()
    writer.beginArray()
    for field in fields {
      writer.beginArray()
      writer.string(field.name)
      writer.string(field.value)
      writer.endArray()
    }
    writer.endArray()
    return text(of: writer)
  }

  /// `[{"id": ..., "version": ..., "sha256": ...}, ...]` in the given order.
  ///
  /// One that `options`, a JSON object by id, says something of has `"options"` as well: with other options it
  /// judges otherwise.
  static func plugins(_ plugins: [PluginIdentity], options: String = "{}") -> String {
    let options = try? JSONValue.parse(Array(options.utf8))
    var writer = JSONWriter()
    writer.beginArray()
    for plugin in plugins { append(plugin, options?[plugin.id], to: &writer) }
    writer.endArray()
    return text(of: writer)
  }

  /// One plugin's object.
  static func append(
    _ plugin: PluginIdentity, _ options: JSONValue? = nil, to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.key("id")
    writer.string(plugin.id)
    writer.key("version")
    writer.string(plugin.version)
    writer.key("sha256")
    writer.string(plugin.sha256)
    if let options {
      writer.key("options")
      // What was parsed can be written.
      try? writer.value(options)
    }
    writer.endObject()
  }

  /// Appends `[[log-probability, tokens, is greedy], ...]`; one that is not finite is null.
  static func append(_ choices: [ChoiceScore], to bytes: inout [UInt8]) {
    var isFirst = true
    bytes.append(UInt8(ascii: "["))
    for choice in choices {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      let value = choice.logProbability
      bytes.append(UInt8(ascii: "["))
      bytes.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
      bytes.append(UInt8(ascii: ","))
      bytes.append(contentsOf: String(choice.tokenCount).utf8)
      bytes.append(contentsOf: (choice.isGreedy ? ",true]" : ",false]").utf8)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// What a writer has written, which is UTF-8.
  static func text(of writer: JSONWriter) -> String {
    String(decoding: writer.bytes, as: UTF8.self)
  }
}
