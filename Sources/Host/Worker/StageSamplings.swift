// A task's sampling as the backend takes it: one block a stage, made once.
internal import JSONFormat
internal import Model
internal import PluginHost
internal import Posix
internal import Wire

/// The sampling blocks of one task.
final class StageSamplings {
  /// `<benchmark>_<split>/<mode>`, as backends name the work in logs.
  let label: [UInt8]
  let seed: Int64
  private var values: [(stage: [UInt8], values: SamplingValues)] = []
  private var blocks: [(stage: [UInt8], block: SamplingBlock)] = []
  private let fallback: SamplingValues

  init(_ spec: TaskSpec) throws(ContextError) {
    label = Array("\(spec.manifest.benchmark)_\(spec.manifest.split)/\(spec.mode)".utf8)
    seed = spec.seed
    fallback = SamplingValues(maxGenerateTokens: 4096)
    for stage in spec.sampling {
      values.append((Array(stage.stage.utf8), try SamplingValues(json: stage.json)))
    }
  }

  private static func names(_ name: [UInt8], _ stage: UnsafeRawBufferPointer) -> Bool {
    name.withUnsafeBytes { equalBytes($0, stage) }
  }

  /// The block of a stage; stop strings of the request make a block of its own.
  func block(
    stage: UnsafeRawBufferPointer, stops: [UnsafeRawBufferPointer]
  ) -> SamplingBlock {
    if stops.isEmpty, let known = blocks.first(where: { Self.names($0.stage, stage) }) {
      return known.block
    }
    let found = values.first { Self.names($0.stage, stage) }?.values ?? fallback
    guard stops.isEmpty else {
      var list = ByteList()
      for stop in stops { list.append(stop) }
      return SamplingBlock(found, additionalStops: list)
    }
    let block = SamplingBlock(found)
    blocks.append((Array(stage), block))
    return block
  }
}

extension SamplingValues {
  /// Reads the export's form of a stage's sampling; keys that are absent keep their defaults.
  init(json: String) throws(ContextError) {
    let value: JSONValue
    do { value = try JSONValue.parse(Array(json.utf8)) } catch {
      throw ContextError("sampling: \(error)")
    }
    self.init(maxGenerateTokens: UInt32(clamping: value["max_generate_tokens"]?.integer ?? 4096))
    func number(_ key: String, _ target: inout Double) {
      if let found = value[key]?.double { target = found }
    }
    func tokens(_ key: String) -> [Int32]? {
      if let one = value[key]?.integer { return [Int32(clamping: one)] }
      return value[key]?.elements?.compactMap { $0.integer.map { Int32(clamping: $0) } }
    }
    number("temperature", &temperature)
    number("top_p", &topP)
    number("alpha_presence", &alphaPresence)
    number("alpha_frequency", &alphaFrequency)
    number("alpha_decay", &alphaDecay)
    if let found = value["top_k"]?.integer { topK = UInt32(clamping: found) }
    if let found = value["pad_zero"]?.bool { padZero = found }
    stopTokens = tokens("stop_tokens") ?? stopTokens
    banTokens = tokens("ban_tokens") ?? banTokens
    noPenaltyTokenIDs = tokens("no_penalty_token_ids") ?? noPenaltyTokenIDs
    stops = value["stop"]?.elements?.compactMap(\.string) ?? stops
  }
}
