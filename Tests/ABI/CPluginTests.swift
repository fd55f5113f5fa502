// The plugin in plain C, built from the header alone and driven over the ABI as a host drives it.
internal import Glibc
internal import PluginAPI
internal import Testing

/// Collects what a plugin sends to its sinks during one call.
private struct Collected {
  var stage = ""
  var prompt = ""
  var isFinal = false
  var outcome: Int32 = 0
  var answer = ""
  var values: [Double] = []
}

/// The text behind a view.
private func string(_ text: evh_str) -> String {
  guard let start = text.ptr else { return "" }
  return String(decoding: UnsafeRawBufferPointer(start: start, count: Int(text.len)), as: UTF8.self)
}

/// Lends `body` a view of `text` that is not followed by a NUL.
private func with<Result>(_ text: String, _ body: (evh_str) -> Result) -> Result {
  Array(text.utf8).withUnsafeBytes { bytes in
    body(
      evh_str(
        ptr: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), len: UInt64(bytes.count)))
  }
}

private func collected(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<Collected>? {
  context?.assumingMemoryBound(to: Collected.self)
}

/// Asks the plugin for the stage of a row without outputs.
private func next(
  _ table: UnsafePointer<evh_evaluator>, _ instance: OpaquePointer?, _ row: String
) -> (status: evh_status, got: Collected, message: String) {
  var got = Collected()
  var error = evh_error()
  error.struct_size = UInt32(MemoryLayout<evh_error>.size)
  let status = withUnsafeMutablePointer(to: &got) { got in
    with(row) { json in
      var record = evh_record(
        struct_size: UInt32(MemoryLayout<evh_record>.size), flags: 0, index: 0, json: json)
      var sink = evh_stage_sink(
        struct_size: UInt32(MemoryLayout<evh_stage_sink>.size), flags: 0, ctx: got,
        request: { sink, request in
          guard let got = collected(sink?.pointee.ctx), let request else { return 1 }
          got.pointee.stage = string(request.pointee.stage)
          got.pointee.prompt = string(request.pointee.prompt)
          got.pointee.isFinal = request.pointee.flags & UInt32(EVH_REQF_FINAL) != 0
          return 0
        })
      return table.pointee.next(instance, nil, &record, nil, 0, &sink, &error)
    }
  }
  return (status, got, message(error))
}

/// Has the plugin judge a completion.
private func score(
  _ table: UnsafePointer<evh_evaluator>, _ instance: OpaquePointer?, _ row: String, _ text: String
) -> (status: evh_status, got: Collected) {
  var got = Collected()
  let status = withUnsafeMutablePointer(to: &got) { got in
    with(row) { json in
      with(text) { text in
        var record = evh_record(
          struct_size: UInt32(MemoryLayout<evh_record>.size), flags: 0, index: 0, json: json)
        var output = evh_output()
        output.struct_size = UInt32(MemoryLayout<evh_output>.size)
        output.finish = Int32(EVH_FINISH_STOP)
        output.text = text
        var sink = evh_verdict_sink(
          struct_size: UInt32(MemoryLayout<evh_verdict_sink>.size), flags: 0, ctx: got,
          value: { sink, _, value in
            collected(sink?.pointee.ctx)?.pointee.values.append(value)
            return 0
          },
          verdict: { sink, verdict in
            guard let got = collected(sink?.pointee.ctx), let verdict else { return 1 }
            got.pointee.outcome = verdict.pointee.outcome
            got.pointee.answer = string(verdict.pointee.answer)
            return 0
          })
        return withUnsafePointer(to: &output) { output in
          var outputs: UnsafePointer<evh_output>? = output
          return table.pointee.score(instance, nil, &record, &outputs, 1, &sink, nil)
        }
      }
    }
  }
  return (status, got)
}

private func message(_ error: evh_error) -> String {
  withUnsafeBytes(of: error.message) {
    String(decoding: $0.prefix(Int(error.message_len)), as: UTF8.self)
  }
}

/// Builds a library and returns its descriptor; the library stays loaded, as the ABI demands.
private func descriptor(
  _ source: String, flags: String = "", in folder: String
) throws -> UnsafePointer<evh_plugin> {
  let library = "\(folder)/lib.so"
  let build = run(
    "gcc \(pluginFlags) \(flags) '\(repository)/Tests/ABI/CPlugin/\(source)' -o '\(library)'")
  try #require(build.succeeded, "\(build.output)")
  let loaded = try #require(dlopen(library, RTLD_NOW | RTLD_LOCAL))
  let symbol = try #require(dlsym(loaded, "evalhost_plugin_v1"))
  typealias Entry = @convention(c) (UInt32) -> UnsafePointer<evh_plugin>?
  // The header gives the symbol of this name this type.
  let entry = unsafeBitCast(symbol, to: Entry.self)
  let first = try #require(entry(EVH_ABI_MINOR))
  #expect(entry(UInt32.max) == first && entry(0) == first)
  return first
}

// gcc is what a plugin author in C has; without it there is nothing to build.
@Suite(.enabled(if: has("gcc"))) struct CPluginTests {
  /// NEWER_MINOR: the same plugin with longer structs serves a host that knows only their beginning.
  @Test(arguments: [("c_echo.c", ""), ("nasty.c", ""), ("nasty.c", "-DNEWER_MINOR")])
  func `a plugin in C asks, judges and refuses`(source: String, flags: String) throws {
    try withTemporaryFolder { folder in
      let plugin = try descriptor(source, flags: flags, in: folder)
      let component = try #require(plugin.pointee.components?[0])
      #expect(component.pointee.kind == Int32(EVH_KIND_EVALUATOR))
      let table = component.pointee.vtable.assumingMemoryBound(to: evh_evaluator.self)
      var instance: OpaquePointer?
      let opened = with(#"{"stage":"answer","ignore_case":true}"#) {
        table.pointee.open(nil, nil, $0, &instance, nil)
      }
      try #require(opened == 0)
      defer { table.pointee.close(instance) }

      let row = #"{"question": "2 + \"2\" \u00e9?\n", "answer": "Four"}"#
      let asked = next(table, instance, row)
      #expect(asked.status == 0)
      #expect(asked.got.prompt == "2 + \"2\" é?\n")
      #expect(asked.got.stage == "answer" && asked.got.isFinal)

      let right = score(table, instance, row, " four\n").got
      #expect(right.outcome == Int32(EVH_OUTCOME_PASS))
      #expect(right.answer == "four" && right.values == [4])
      #expect(score(table, instance, row, "five").got.outcome == Int32(EVH_OUTCOME_FAIL))
      #expect(score(table, instance, row, "").got.outcome == Int32(EVH_OUTCOME_UNPARSED))

      let broken = next(table, instance, #"{"question": 7}"#)
      #expect(broken.status == evh_status(EVH_E_BAD_RECORD))
      #expect(broken.message == "field 'question' is missing or no string")
    }
  }

  @Test func `a plugin in C exports one symbol`() {
    withTemporaryFolder { folder in
      let library = "\(folder)/lib.so"
      let source = "\(repository)/Tests/ABI/CPlugin/c_echo.c"
      let names = run(
        "gcc \(pluginFlags) '\(source)' -o '\(library)' && nm -D --defined-only '\(library)'")
      #expect(names.output.split(separator: "\n").count == 1, "\(names.output)")
      #expect(names.output.contains("T evalhost_plugin_v1"))
    }
  }
}
