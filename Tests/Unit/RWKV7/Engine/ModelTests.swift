// Loading: what does not fit together is refused before the first request.
import Foundation
import JSONFormat
import PluginKit
import Testing

@testable import RWKV7Core

@Suite struct ModelTests {
  /// The message with which a model is refused.
  private func refusal(weights: String, vocabulary: String) throws -> String {
    let options = try JSONValue.parse(
      Array(#"{"weights":"\#(weights)","options":{"vocabulary":"\#(vocabulary)"}}"#.utf8))
    let backend = try RWKV7Backend(configuration: .object([]), host: .none)
    do throws(PluginFailure) {
      _ = try backend.load(options, device: "cpu", call: .none)
      return "accepted"
    } catch {
      return error.message
    }
  }

  @Test func `a vocabulary that is not the model's is refused`() throws {
    let lines = try String(contentsOfFile: TinyModel.vocabularyFile, encoding: .utf8)
      .split(separator: "\n").map(String.init)
    var gap = lines
    gap.remove(at: 500)
    let longer = lines + ["752 'one more' 8"]
    for (name, content) in [("short", Array(lines.prefix(270))), ("gap", gap), ("long", longer)] {
      let file = FileManager.default.temporaryDirectory.appending(
        path: "evalhost-\(name)-\(UUID().uuidString).txt")
      try Data((content.joined(separator: "\n") + "\n").utf8).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      let message = try refusal(weights: TinyModel.weights, vocabulary: file.path)
      #expect(message.contains("do not belong together"), "\(name): \(message)")
    }
    #expect(
      try refusal(weights: TinyModel.weights, vocabulary: TinyModel.vocabularyFile) == "accepted")
    let folder = try refusal(weights: TinyModel.weights, vocabulary: "/")
    #expect(folder.hasPrefix("the vocabulary '/' is a folder"), "\(folder)")
  }

  @Test func `weights that give no numbers are found when they are loaded`() throws {
    var bytes = try Data(contentsOf: URL(filePath: TinyModel.weights))
    // The last tensor's numbers: bfloat16 NaNs.
    for index in bytes.count - 64..<bytes.count { bytes[index] = 0xFF }
    let file = FileManager.default.temporaryDirectory.appending(
      path: "evalhost-nan-\(UUID().uuidString).safetensors")
    try bytes.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let message = try refusal(weights: file.path, vocabulary: TinyModel.vocabularyFile)
    #expect(message.contains("no numbers"), "\(message)")
  }
}
