// When requests are sent again: pure decisions, no clock.
internal import OpenAICore
internal import PluginKit
internal import Testing

@Suite struct PolicyTests {
  @Test(
    arguments: [
      ("0", 0), ("1.5", 1_500_000_000), (" 12 ", 12_000_000_000),
      // 100 s after the clock of the test, 100 s before it.
      ("Sun, 06 Nov 1994 08:51:17 GMT", 100_000_000_000), ("Sun, 06 Nov 1994 08:47:57 GMT", 0),
      ("Thu, 29 Feb 2024 00:00:00 GMT", (1_709_164_800 - 784_111_777) * 1_000_000_000),
      ("-1", nil), ("", nil), ("soon", nil), ("nan", nil), ("inf", nil),
      ("Sun, 06 Nov 1994 08:49:37", nil), ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
      ("Sun, 6 Nov 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 25:49:37 GMT", nil),
      ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
      ("Sun, 06 Nov 99999999999999999999 08:49:37 GMT", nil),
      ("1e308", 3_000_000_000_000_000_000),
    ] as [(String, UInt64?)])
  func `Retry-After is read as seconds or as a date`(value: String, expected: UInt64?) {
    #expect(RetryAfter.parse(value, clock: 784_111_777) == expected)
  }

  @Test func `delays grow, stay random below their ceiling and end`() throws {
    let policy = RetryPolicy(retries: 70, base: 100, longest: 5000, longestRetryAfter: 900)
    for (failures, ceiling) in [(1, 100), (2, 200), (3, 400), (6, 3200), (7, 5000), (70, 5000)] {
      let delays = try (0..<200).map { seed in
        try #require(policy.delay(failures: failures, seed: mix(UInt64(seed))))
      }
      #expect(delays.allSatisfy { $0 < ceiling })
      // Full jitter: from nothing to all of it.
      #expect(delays.contains { $0 < ceiling / 4 } && delays.contains { $0 > ceiling * 3 / 4 })
      #expect(delays[3] == policy.delay(failures: failures, seed: mix(3)))
    }
    #expect(policy.delay(failures: 71, seed: 1) == nil)
    let asked = try #require(policy.delay(failures: 1, seed: 1, retryAfter: 500))
    #expect(asked >= 500 && asked < 600)
    let bounded = try #require(policy.delay(failures: 1, seed: 1, retryAfter: .max))
    #expect(bounded >= 900 && bounded < 1000)
  }

  @Test func `a circuit opens after failures in a row and probes at growing intervals`() {
    var circuit = Circuit(threshold: 3, firstInterval: 10, longestInterval: 35)
    #expect(circuit.failed(isProbe: false, at: 1) == nil)
    #expect(circuit.succeeded(at: 2) == nil)
    #expect(circuit.failed(isProbe: false, at: 100) == nil)
    #expect(circuit.failed(isProbe: false, at: 101) == nil)
    #expect(circuit.permission(at: 102) == .all)
    #expect(circuit.failed(isProbe: false, at: 102) == .opened(since: 100))
    #expect(circuit.openSince == 100)
    // Requests that were under way change nothing.
    #expect(circuit.failed(isProbe: false, at: 103) == nil)
    var at: UInt64 = 112
    for interval: UInt64 in [20, 35, 35] {
      #expect(circuit.permission(at: at - 1) == .none(until: at))
      #expect(circuit.permission(at: at) == .probe)
      circuit.sentProbe()
      #expect(circuit.permission(at: at) == .none(until: .max))
      #expect(circuit.failed(isProbe: false, at: at) == nil)
      #expect(circuit.permission(at: at) == .none(until: .max))
      #expect(circuit.failed(isProbe: true, at: at) == nil)
      at += interval
    }
    circuit.sentProbe()
    circuit.abandonedProbe(at: at)
    #expect(circuit.permission(at: at) == .probe)
    circuit.sentProbe()
    #expect(circuit.succeeded(at: 300) == .closed(after: 200))
    #expect(circuit.permission(at: 300) == .all && circuit.openSince == nil)
    #expect(circuit.failed(isProbe: false, at: 301) == nil)
  }

  @Test func `a key is cut out of every text and shown by none`() throws {
    let key = APIKey("sk-0123456789abcdef")
    #expect(
      key.redacting("sk-0123456789abcdefsk-0123456789abcdef é sk-0123456789abcdef.")
        == "[API key][API key] é [API key].")
    #expect(key.redacting("sk-0123456789abcde") == "sk-0123456789abcde")
    #expect(APIKey("").redacting("text") == "text")
    #expect(APIKey("x").redacting("xx") == "xx")
    #expect(
      key.isIn(Array("..sk-0123456789abcdef".utf8)) && !APIKey("EMPTY").isIn(Array("EMPTY".utf8)))
    var shown = "\(key) \(String(reflecting: key))"
    dump(key, to: &shown)
    #expect(!shown.contains("0123"))
    for (name, message) in [
      (
        "EVALHOST_NO_SUCH_VARIABLE",
        "variable EVALHOST_NO_SUCH_VARIABLE, named by 'api_key_env', is not set"
      ),
      ("sk-secret", "must be the name of an environment variable"),
      ("gsk_abcdefghijklmnopqrstuvwxyz012345", "must be the name of an environment variable"),
      ("", "must be the name of an environment variable"),
    ] {
      let error = try #require(throws: ConfigurationError.self) { try APIKey(environment: name) }
      #expect(error.message.contains(message), "\(error.message)")
      #expect(!error.message.contains("sk-s") && !error.message.contains("gsk_"))
    }
  }
}
