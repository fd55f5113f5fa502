// A metric, a dataset and a backend written with the kit, driven over the ABI.
internal import PluginAPI
internal import PluginKit
internal import Testing

@Suite struct OtherKindsTests {
  @Test func `a metric measures and decides`() {
    let metric = OpenComponent(.metric(Characters.self))
    defer { metric.close() }
    let table = metric.table.assumingMemoryBound(to: evh_metric.self)
    var got = Collected()
    let status = withUnsafeMutablePointer(to: &got) { got in
      with("four") { text in
        var record = evh_record(
          struct_size: UInt32(MemoryLayout<evh_record>.size), flags: 0, index: 3, json: text)
        var sink = evh_verdict_sink(
          struct_size: UInt32(MemoryLayout<evh_verdict_sink>.size), flags: 0, ctx: got,
          value: collectValue, verdict: collectVerdict)
        var reference = text
        return withUnsafePointer(to: &record) { record in
          withUnsafePointer(to: &reference) { reference in
            var judged = evh_judged()
            judged.struct_size = UInt32(MemoryLayout<evh_judged>.size)
            judged.record = record
            judged.prediction = text
            judged.references = reference
            judged.reference_count = 1
            return table.pointee.score(metric.instance, nil, &judged, &sink, nil)
          }
        }
      }
    }
    #expect(status == 0 && got.values == ["characters=4.0"] && got.outcome == 1)
  }

  @Test func `a dataset describes itself and fetches through the host`() {
    let dataset = OpenComponent(.dataset(OneFile.self))
    defer { dataset.close() }
    let table = dataset.table.assumingMemoryBound(to: evh_dataset.self)
    let described = collectBytes { table.pointee.describe(dataset.instance, nil, $0, nil) }
    #expect(String(decoding: described.got.bytes, as: UTF8.self) == #"{"splits":["test"]}"#)
    var fetch = evh_fetch(
      struct_size: UInt32(MemoryLayout<evh_fetch>.size), flags: 0, ctx: nil,
      get: { _, _, url, sha256, sink, _ in
        // In two chunks, as a sink may be used.
        guard let sink else { return 1 }
        _ = sink.pointee.write(sink, url)
        return sink.pointee.write(sink, sha256)
      })
    var error = freshError()
    let answer = with("test") { split in
      withUnsafePointer(to: &fetch) { fetch in
        collectBytes { sink in
          var request = evh_prepare()
          request.struct_size = UInt32(MemoryLayout<evh_prepare>.size)
          request.split = split
          request.fetch = fetch
          return table.pointee.prepare(dataset.instance, nil, &request, sink, &error)
        }
      }
    }
    #expect(
      String(decoding: answer.got.bytes, as: UTF8.self)
        == #"{"path":"https://example.org/testab"}"#)
    var offline = evh_prepare()
    offline.struct_size = UInt32(MemoryLayout<evh_prepare>.size)
    #expect(table.pointee.prepare(dataset.instance, nil, &offline, nil, &error) == 5)
    #expect(message(error) == "cannot fetch https://example.org/: the host is offline")
  }

  @Test func `a backend loads, takes what fits, delivers and cancels`() throws {
    let backend = OpenComponent(.backend(Mirror.self))
    defer { backend.close() }
    let table = backend.table.assumingMemoryBound(to: evh_backend.self)
    let devices = collectBytes { table.pointee.devices(backend.instance, nil, $0, nil) }
    #expect(
      String(decoding: devices.got.bytes, as: UTF8.self)
        == #"{"devices":[{"id":"cpu","slots":1},{"id":"cuda:0","slots":3}]}"#)
    var model: OpaquePointer?
    var error = freshError()
    let cpu = { (name: String) in
      with(name) { name in
        with("cpu") { table.pointee.load(backend.instance, nil, name, $0, &model, &error) }
      }
    }
    #expect(cpu(#"{"name":"other"}"#) == 5 && message(error) == "no such model" && model == nil)
    try #require(cpu(#"{"name":"m"}"#) == 0)
    defer { table.pointee.unload(backend.instance, model) }
    let described = collectBytes { table.pointee.describe(model, nil, $0, nil) }
    #expect(
      String(decoding: described.got.bytes, as: UTF8.self)
        == #"{"signature":"s","build":"b","max_batch":2,"context_length":99}"#)

    #expect(submit(table, model, ["a", "b", "c"]).status == evh_status(EVH_E_EXHAUSTED))
    let stopped = collectCompletions(sinkStatus: evh_status(EVH_E_STOP)) {
      table.pointee.pump(model, nil, 0, $0, nil)
    }
    #expect(stopped.status == 0 && stopped.got.done == ["0 2 a"])
    #expect(submit(table, model, ["", "x"]).accepted == 1)
    table.pointee.cancel(model, 1)
    table.pointee.cancel(model, 1000)
    let rest = collectCompletions { table.pointee.pump(model, nil, 0, $0, nil) }
    #expect(rest.got.done == ["1 5 ", "0 4 no prompt"])
  }

  /// Submits requests with these prompts and ids from 0.
  private func submit(
    _ table: UnsafePointer<evh_backend>, _ model: OpaquePointer?, _ prompts: [String]
  ) -> (status: evh_status, accepted: UInt32) {
    var pointers: [UnsafePointer<evh_request>?] = []
    var texts: [UnsafeMutableBufferPointer<UInt8>] = []
    defer {
      for pointer in pointers { pointer?.deallocate() }
      for text in texts { text.deallocate() }
    }
    for (index, prompt) in prompts.enumerated() {
      let request = UnsafeMutablePointer<evh_request>.allocate(capacity: 1)
      request.initialize(to: evh_request())
      request.pointee.struct_size = UInt32(MemoryLayout<evh_request>.size)
      request.pointee.request_id = UInt64(index)
      let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: prompt.utf8.count)
      _ = text.initialize(from: prompt.utf8)
      texts.append(text)
      request.pointee.prompt = evh_str(
        ptr: UnsafeRawPointer(text.baseAddress)?.assumingMemoryBound(to: CChar.self),
        len: UInt64(text.count))
      pointers.append(UnsafePointer(request))
    }
    var accepted: UInt32 = 99
    let status = table.pointee.submit(
      model, nil, pointers, UInt32(pointers.count), &accepted, nil)
    return (status, accepted)
  }
}
