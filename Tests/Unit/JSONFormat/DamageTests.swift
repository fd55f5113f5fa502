// Damaged texts: cut short and with single bits flipped at every place. Nothing may crash, the ways
// to read must agree, and what is accepted must be JSON to Foundation's reader too.

import Foundation
import JSONFormat
import Testing

private let documents = [
  #"{"task_id":"HumanEval/1","n":-12.50e+3,"ok":[true,null],"s":"a\n\u00e9\ud83d\ude00/é中😀"}"#,
  #"[{"a":{"b":[[],{}, 0 ,"" ]}},1e308,-0.0,123456789012345678901234567890,"\"\\\/\b\f\r\t"]"#,
  #" { "k0":0,"k1":1,"k2":2,"k3":3,"k4":4,"k5":5,"k6":6,"k7":7,"k8":8,"k9":9,"l0":0,"l1":1,"#
    + #""l2":2,"l3":3,"l4":4,"l5":5,"l6":6,"l7":7,"l8":8,"l9":9 } "#,
]

/// Whether all ways to read accept `bytes`; records an issue where they differ.
private func isAccepted(_ bytes: [UInt8]) -> Bool {
  let value = try? JSONValue.parse(bytes)
  let isValid = (try? JSON.validate(bytes)) != nil
  if isValid != (value != nil) { Issue.record("tree and skip differ: \(bytes)") }
  guard let value else { return false }
  if (try? JSONValue.parse(value.serialized())) != value {
    Issue.record("not the same when written and read again: \(bytes)")
  }
  if (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) == nil {
    Issue.record("accepted, but Foundation refuses: \(bytes)")
  }
  return true
}

@Suite struct DamageTests {
  @Test(arguments: documents)
  func `a text cut short or with a flipped bit never crashes a reader`(document: String) {
    let bytes = Array(document.utf8)
    #expect(isAccepted(bytes))
    let end = bytes.lastIndex { $0 != 0x20 } ?? 0
    let accepted = (0..<bytes.count).filter { isAccepted(Array(bytes[..<$0])) }
    #expect(accepted == Array(end + 1..<bytes.count))
    for offset in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[offset] ^= 1 << bit
        _ = isAccepted(damaged)
      }
    }
  }

  @Test func `random values read back as they were written`() throws {
    var generator = SplitMix64(state: 1)
    var writer = JSONWriter()
    var wrong = 0
    for _ in 0..<500 {
      let value = JSONValue.random(depth: 4, using: &generator)
      writer.removeAll()
      try writer.value(value)
      try JSON.validate(writer.bytes)
      if try JSONValue.parse(writer.bytes) != value { wrong += 1 }
    }
    #expect(wrong == 0)
  }
}
