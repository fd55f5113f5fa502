// What a keeper is told: how it travels, how its places are filled, which device the server sees; and the log.

import Foundation
import JSONFormat
import Launch
import Testing

@Suite struct ServerStartTests {
  private static let plain = ServerStart(
    command: ["serve", "{weights}", "--port={port}"], environment: [:],
    values: ["weights": "w", "name": "m", "device": "cpu"], device: "cpu", port: 0, health: "",
    startTimeout: 600, stopTimeout: 10, sets: "base_url", log: "l", lock: "k")

  @Test func `it reads back as it was written`() throws {
    var start = Self.plain
    start.environment = ["A": "{port}\u{1}\"", "B_env": "ä"]
    start.port = 65_535
    let bytes = try start.json.serialized()
    #expect(try ServerStart(JSONValue.parse(bytes)) == start)
    for key in start.json.members?.map(\.key) ?? [] {
      let members = start.json.members?.filter { $0.key != key } ?? []
      #expect(throws: (any Error).self, "\(key)") { try ServerStart(.object(members)) }
      let wrong = members + [JSONMember(key: key, value: .null)]
      #expect(throws: (any Error).self, "\(key)") { try ServerStart(.object(wrong)) }
    }
  }

  @Test(arguments: [
    ("{port}", "7"), ("a{weights}b{name}", "a{port}bm"), ("{", "{"), ("}{", "}{"), ("{}", "{}"),
    ("{{port}}", "{7}"), ("{port", "{port"), ("{a{port}", "{a7"), ("{other} {port}", "{other} 7"),
    ("{\"a\": {port}}", "{\"a\": 7}"), ("", ""),
  ])
  func `places are filled in one pass and the rest stays`(text: String, filled: String) {
    var start = Self.plain
    // A value that looks like a place is not filled again.
    start.values["weights"] = "{port}"
    start.command = [text]
    #expect(start.arguments(port: 7) == [filled])
  }

  @Test(
    arguments: [
      ("cpu", [:], [:]), ("cuda", [:], [:]), ("cuda:3", [:], ["CUDA_VISIBLE_DEVICES": "3"]),
      ("cuda:1", ["CUDA_VISIBLE_DEVICES": "4,GPU-x"], ["CUDA_VISIBLE_DEVICES": "GPU-x"]),
      ("rocm:2", ["CUDA_VISIBLE_DEVICES": "9"], ["HIP_VISIBLE_DEVICES": "2"]),
      ("cuda:2", ["CUDA_VISIBLE_DEVICES": "4,5"], nil),
      ("cuda:0", ["CUDA_VISIBLE_DEVICES": ""], nil),
    ] as [(String, [String: String], [String: String]?)])
  func `the server sees its device alone`(
    device: String, inherited: [String: String], expected: [String: String]?
  ) {
    var start = Self.plain
    start.device = device
    #expect((try? start.variables(port: 7) { inherited[$0] }) == expected)
    // What the user says goes before.
    start.environment = ["CUDA_VISIBLE_DEVICES": "u", "HIP_VISIBLE_DEVICES": "u"]
    if expected != nil {
      #expect((try? start.variables(port: 7) { inherited[$0] }) == start.environment)
    }
  }

  @Test func `a variable is copied from the one that is named`() throws {
    var start = Self.plain
    start.environment = ["KEY_env": "SOURCE", "_env": "x{port}"]
    let found = try start.variables(port: 7) { $0 == "SOURCE" ? "{port}" : nil }
    #expect(found == ["KEY": "{port}", "_env": "x7"])
    #expect(throws: (any Error).self) { try start.variables(port: 7) { _ in nil } }
  }

  @Test func `a log is bounded and knows its end`() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("evalhost-log-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("s.log").path
    func size(_ path: String) -> Int { FileManager.default.contents(atPath: path)?.count ?? -1 }
    let log = try ServerLog(path: path, limit: 1000)
    #expect(log.lastLines == "")
    for index in 0..<500 { log.append(Array("line \(index)\n".utf8)) }
    #expect(size(path) <= 1000 && size("\(path).1") <= 1000 && size("\(path).1") > 900)
    #expect(log.lastLines == (494..<500).map { "line \($0)" }.joined(separator: " | "))
    // More at a time than the file may have is written whole, and is the last for that file.
    log.append([UInt8](repeating: 0x1b, count: 5000) + [0xff, 0x0a])
    #expect(log.lastLines == "\u{fffd}")
    let size = size(path)
    let second = try ServerLog(path: path, limit: 10_000)
    second.note("again")
    #expect(FileManager.default.contents(atPath: path)?.count ?? 0 > size)
  }
}
