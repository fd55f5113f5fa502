// What a model of this backend may be told, in `[models.options]`.
internal import JSONFormat
internal import PluginKit
internal import RWKV7Kernels

/// The options of one model.
struct RWKV7Options {
  /// The weights: `.pth` or `.safetensors`.
  var weights: String
  /// The vocabulary file in the World format.
  var vocabulary: String
  /// What the host says the weights' digest is; nil = it says nothing.
  var signature: String?
  var weightType: WeightType
  /// Threads that work on a step.
  var threads: Int
  /// Requests at a time.
  var maxBatch: Int
  /// Most tokens of prompts and texts in one step.
  var chunk: Int
  /// States of earlier prompts and texts that are kept.
  var cachedStates: Int
  /// Nil = the best of the machine.
  var instructionSet: String?

  /// Reads the `[[models]]` table.
  init(model: JSONValue) throws(ConfigurationError) {
    var options = try Options(model["options"] ?? .object([]))
    guard let weights = model["weights"]?.string, !weights.isEmpty else {
      throw ConfigurationError("rwkv7 needs 'weights': an RWKV-7 .pth or .safetensors file")
    }
    self.weights = weights
    vocabulary = try options.string("vocabulary") ?? Self.vocabularyBeside(weights)
    signature = model["signature"]?.string
    let types = WeightType.allCases.map(\.rawValue)
    weightType =
      WeightType(rawValue: try options.string("weight_type", default: "file", oneOf: types))
      ?? .file
    threads = try options.integer("threads", default: Int(rk_usable_cores()), in: 1...256)
    maxBatch = try options.integer("max_batch", default: 32, in: 1...4096)
    chunk = try options.integer("chunk", default: 64, in: 1...4096)
    cachedStates = try options.integer("cached_states", default: maxBatch, in: 0...65536)
    instructionSet = try options.string("instruction_set")
    try options.finish()
  }

  /// The vocabulary of the released models, where people keep it beside them.
  private static func vocabularyBeside(_ weights: String) -> String {
    let name = "rwkv_vocab_v20230424.txt"
    guard let slash = weights.lastIndex(of: "/") else { return name }
    return weights[...slash] + name
  }
}
