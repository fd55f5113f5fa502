// The details of a verdict: everything known about one run of a program, as a JSON object.

internal import JSONFormat

/// What is known of one result.
struct VerdictDetails {
  let result: SandboxResult
  /// How the program was found.
  let extraction: String
  /// What kept it in.
  let sandbox: String
  /// The machine's load when it ran.
  let load: Double?
  /// Whether a second run alone confirmed that the wall clock ended it.
  let isConfirmed: Bool

  /// The JSON object; what is not known is left out.
  var json: [UInt8] {
    var writer = JSONWriter(capacity: 512)
    writer.beginObject()
    writer.key("outcome")
    writer.string(result.outcome.rawValue)
    if let test = result.test {
      writer.key("test")
      writer.integer(test)
    }
    if let tests = result.tests {
      writer.key("tests")
      writer.integer(tests)
    }
    for (key, text) in texts where !text.isEmpty {
      writer.key(text: key)
      writer.string(text)
    }
    if !result.groups.isEmpty {
      writer.key("groups")
      writer.beginObject()
      for group in result.groups {
        writer.key(text: group.name)
        writer.bool(group.passed)
      }
      writer.endObject()
    }
    if result.outcome == .time {
      writer.key("wall")
      writer.bool(result.isWallClock)
      writer.key("confirmed")
      writer.bool(isConfirmed)
    }
    if result.test == nil, result.outcome != .passed, result.outcome != .harnessError {
      writer.key("loading")
      writer.bool(true)
    }
    for (key, seconds) in [("cpu_ms", result.cpuSeconds), ("wall_ms", result.wallSeconds)] {
      guard let seconds else { continue }
      writer.key(text: key)
      writer.integer(Int64(min(seconds * 1000, 1e12).rounded()))
    }
    // Two decimals, as the system gives it.
    if let load, load.isFinite {
      writer.key("load")
      if (try? writer.double((load * 100).rounded() / 100)) == nil { writer.null() }
    }
    writer.endObject()
    return writer.bytes
  }

  private var texts: [(String, String)] {
    [
      ("group", result.group), ("input", result.input), ("expected", result.expected),
      ("got", result.got), ("type", result.type), ("message", result.message),
      ("frame", result.frame), ("violation", result.violation), ("stderr", result.stderr),
      ("taint", result.taint), ("extraction", extraction), ("sandbox", sandbox),
    ]
  }

  /// The details of a try whose program never ran.
  static func json(outcome: String, message: String, sandbox: String) -> [UInt8] {
    var writer = JSONWriter(capacity: 128)
    writer.beginObject()
    for (key, text) in [
      ("outcome", outcome), ("message", message), ("extraction", "none"), ("sandbox", sandbox),
    ] {
      writer.key(text: key)
      writer.string(text)
    }
    writer.endObject()
    return writer.bytes
  }
}
