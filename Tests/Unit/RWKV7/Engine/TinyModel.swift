// The tiny trained model, loaded for a test.
import Foundation
import PluginKit
@testable import RWKV7Core

/// Where the model's files are: `../shared` beside the repository has all of them.
enum TinyModel {
  private static let repository = (0..<5).reduce(
    URL(filePath: #filePath).resolvingSymlinksInPath()
  ) { place, _ in place.deletingLastPathComponent() }

  static let shared = repository.deletingLastPathComponent().appending(path: "shared/rwkv")
  static let isShared = FileManager.default.fileExists(
    atPath: shared.appending(path: "model/golden-bf16.json").path)

  /// The weights that ship with the repository.
  static let weights = repository.appending(
    path: "configs/demo/model/tiny-rwkv7-bf16.safetensors"
  ).path
  static let vocabularyFile = repository.appending(path: "configs/demo/model/tiny_vocab.txt").path

  static func vocabulary() throws -> Vocabulary {
    try Vocabulary(file: Array(Data(contentsOf: URL(filePath: vocabularyFile))))
  }

  /// How a model is loaded for a test.
  struct Setup: CustomStringConvertible {
    var weights = TinyModel.weights
    var type = WeightType.file
    var threads = 1
    var instructionSet: String?
    var rows = 64
    var capacity = 8
    var cachedStates = 8

    var description: String {
      "\(type), \(threads) threads, \(instructionSet ?? "best"), \(rows) rows, \(capacity) at a "
        + "time, \(cachedStates) cached"
    }
  }

  static func forward(_ setup: Setup) throws -> ForwardPass {
    let file = try WeightFile(path: setup.weights)
    let pool = try KernelPool(threads: setup.threads, instructionSet: setup.instructionSet)
    let weights = try ModelWeights(file, try RWKV7Layout(file), type: setup.type, pool: pool) {}
    return try ForwardPass(weights, pool: pool, mostRows: setup.rows, mostLogits: setup.rows)
  }

  static func engine(_ setup: Setup) throws -> BatchEngine {
    BatchEngine(
      try forward(setup), try vocabulary(), capacity: setup.capacity,
      cachedStates: setup.cachedStates)
  }
}

extension ForwardPass {
  /// Feeds tokens to a state and returns the logits after the last.
  func read(_ tokens: [UInt32], _ state: AlignedFloats) -> [Float] {
    run([StepSegment(state: state, tokens: tokens[...], logitCount: 1)])
    return Array(logits(0))
  }
}
