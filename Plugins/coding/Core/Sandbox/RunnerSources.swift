// The Python that runs in the sandbox, which lies in this library. It travels over the channel: no file of it is in
// the sandbox.
internal import CodingRunner
internal import JSONFormat

/// The runner's modules.
enum RunnerSources {
  /// What Python starts with: takes the modules from the channel and runs the one that is called `runner`.
  static var bootstrap: String { text { crn_bootstrap($0) } }

  /// The first frame: the modules by name, and what they must know of the place where they run.
  static func firstFrame(kind: SandboxKind) -> [UInt8] {
    var writer = JSONWriter(capacity: 1 << 17)
    writer.beginObject()
    writer.key("contained")
    writer.bool(kind == .bubblewrap)
    writer.key("modules")
    writer.beginObject()
    for index in 0..<crn_module_count() {
      writer.key(text: crn_module_name(index).map { String(cString: $0) } ?? "")
      writer.string(text { crn_module_source(index, $0) })
    }
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }

  private static func text(
    _ bytes: (UnsafeMutablePointer<Int>) -> UnsafePointer<UInt8>?
  ) -> String {
    var count = 0
    let start = bytes(&count)
    // The bytes are constant data of this library, so they outlive the string's making.
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
