// Reads the recorded responses and official verdicts that lie beside the repository, when they do.

import Foundation
import InstructionFollowingCore
import JSONFormat

/// Access to `../shared/data` next to the repository.
enum RecordedIFEval {
  /// The data folder, found by walking up from this file; nothing when the data is not here.
  static let folder: URL? = {
    var place = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    while place.path != "/" {
      place.deleteLastPathComponent()
      let candidate = place.appendingPathComponent("shared/data")
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
    }
    return nil
  }()

  /// True when the data is here; tests that need it are skipped otherwise.
  static let isPresent = folder != nil

  /// The rows of the demo's benchmark, which is part of the repository.
  static func demoRows() throws -> [JSONValue] {
    let here = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    let root = (0..<4).reduce(here) { place, _ in place.deletingLastPathComponent() }
    return try rows(at: root.appendingPathComponent("configs/demo/data/instructions/test.jsonl"))
  }

  /// The official totals of a model.
  static func summary(of model: String) throws -> JSONValue? {
    guard let folder else { return nil }
    let data = try Data(contentsOf: folder.appendingPathComponent("ifeval/summary.json"))
    return try JSONValue.parse(Array(data)).elements?.first { $0["model"]?.string == model }
  }

  /// The names of the files of responses.
  static var recordings: [String] {
    guard let folder else { return [] }
    let path = folder.appendingPathComponent("ifeval/responses").path
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// The rows that a file of responses answers, by their key.
  static func prompts(of recording: String) throws -> [Int64: JSONValue] {
    let isOld = recording.hasPrefix("deepseek-llm-repo") || recording.contains("text_bison")
    let name = isOld ? "input_data_v1.jsonl" : "input_data_2023.jsonl"
    var rows: [Int64: JSONValue] = [:]
    for row in try Self.rows("ifeval/\(name)") { rows[row["key"]?.integer ?? -1] = row }
    return rows
  }

  /// The rows of a JSON Lines file of the data folder, which may be packed with gzip.
  static func rows(_ path: String) throws -> [JSONValue] {
    guard let folder else { return [] }
    return try rows(at: folder.appendingPathComponent(path))
  }

  /// The rows of a JSON Lines file.
  static func rows(at file: URL) throws -> [JSONValue] {
    let data = try file.pathExtension == "gz" ? unpacked(file) : Data(contentsOf: file)
    return try data.split(separator: UInt8(ascii: "\n")).map {
      try JSONValue.parse(Array($0))
    }
  }

  private static func unpacked(_ file: URL) throws -> Data {
    let gzip = Process()
    let output = Pipe()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
    gzip.arguments = ["-dc", file.path]
    gzip.standardOutput = output
    try gzip.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    gzip.waitUntilExit()
    return data
  }
}

/// Makes instructions and judgements from JSON, for tables of cases.
enum Judging {
  static let resources = InstructionResources()

  /// The instruction of an id with arguments given as JSON.
  static func instruction(_ id: String, _ arguments: String = "{}") throws -> any Instruction {
    try InstructionRegistry.ifeval.instruction(
      id, arguments: JSONValue.parse(Array(arguments.utf8)), resources: resources)
  }

  /// What an instruction finds in a text.
  static func check(_ id: String, _ arguments: String, _ text: String) throws -> Finding {
    try instruction(id, arguments).check(ResponseText(text))
  }

  /// The judgements of a text by a row.
  static func judge(_ row: JSONValue, _ text: String) throws -> [InstructionJudgement] {
    let task = try InstructionTask(row: row, registry: .ifeval, resources: resources)
    return task.judge(ResponseText(text))
  }
}
