// How to sample, as plain values and as the C struct a backend gets; built once for a stage.

import PluginAPI

/// The eleven parameters of a stage, by the names of the exports, and its stop strings.
package struct SamplingValues: Hashable, Sendable {
  /// Most tokens to generate.
  package var maxGenerateTokens: UInt32
  /// 0 = greedy.
  package var temperature: Double
  /// 0 = all tokens.
  package var topK: UInt32
  /// Nucleus: share of probability kept, 0 to 1.
  package var topP: Double
  /// Penalty for a token that has occurred.
  package var alphaPresence: Double
  /// Penalty for each time it has occurred.
  package var alphaFrequency: Double
  /// Decay of both penalties by each token.
  package var alphaDecay: Double
  /// Tokens that end the text.
  package var stopTokens: [Int32]
  /// Tokens that are never taken.
  package var banTokens: [Int32]
  /// Feed token 0 before the prompt.
  package var padZero: Bool
  /// Tokens without penalties.
  package var noPenaltyTokenIDs: [Int32]
  /// Stop strings of the configuration.
  package var stops: [String]

  /// Makes greedy sampling of at most `maxGenerateTokens` tokens; set what differs.
  package init(maxGenerateTokens: UInt32) {
    self.maxGenerateTokens = maxGenerateTokens
    temperature = 0
    topK = 0
    topP = 1
    alphaPresence = 0
    alphaFrequency = 0
    alphaDecay = 1
    stopTokens = []
    banTokens = []
    padZero = false
    noPenaltyTokenIDs = []
    stops = []
  }
}

/// An `evh_sampling` with everything it points to.
package final class SamplingBlock {
  /// The values it was made of.
  package let values: SamplingValues
  private let tokens: UnsafeMutablePointer<Int32>
  private let text: UnsafeMutableRawPointer
  private let stops = ViewTable()
  private let block: UnsafeMutablePointer<evh_sampling>

  /// The struct; valid while the object lives.
  var pointer: UnsafePointer<evh_sampling> { UnsafePointer(block) }

  /// Builds the struct; `additionalStops` are those of one stage request.
  package init(_ values: SamplingValues, additionalStops: ByteList = ByteList()) {
    self.values = values
    let ids = values.stopTokens + values.banTokens + values.noPenaltyTokenIDs
    tokens = .allocate(capacity: max(ids.count, 1))
    tokens.initialize(from: ids, count: ids.count)
    var list = ByteList(values.stops)
    for index in additionalStops.indices { list.append(additionalStops[index]) }
    text = .allocate(byteCount: max(list.bytes.count, 1), alignment: 1)
    text.copyMemory(from: list.bytes, byteCount: list.bytes.count)
    let bytes = UnsafeBufferPointer(
      start: UnsafePointer(text.bindMemory(to: UInt8.self, capacity: list.bytes.count)),
      count: list.bytes.count)
    stops.fill(list, bytes: bytes)
    block = .allocate(capacity: 1)
    block.initialize(to: Self.sampling(values))
    block.pointee.stop_tokens = Self.part(tokens, 0, values.stopTokens.count)
    block.pointee.ban_tokens = Self.part(tokens, values.stopTokens.count, values.banTokens.count)
    block.pointee.no_penalty_tokens = Self.part(
      tokens, ids.count - values.noPenaltyTokenIDs.count, values.noPenaltyTokenIDs.count)
    block.pointee.stop_count = UInt32(list.count)
    block.pointee.stops = list.isEmpty ? nil : UnsafePointer(stops.base)
  }

  deinit {
    tokens.deallocate()
    text.deallocate()
    block.deallocate()
  }

  private static func sampling(_ values: SamplingValues) -> evh_sampling {
    var sampling = evh_sampling()
    sampling.struct_size = structSize(evh_sampling.self)
    sampling.max_tokens = values.maxGenerateTokens
    sampling.temperature = values.temperature
    sampling.top_p = values.topP
    sampling.presence_penalty = values.alphaPresence
    sampling.frequency_penalty = values.alphaFrequency
    sampling.penalty_decay = values.alphaDecay
    sampling.top_k = values.topK
    sampling.pad_zero = values.padZero ? 1 : 0
    sampling.stop_token_count = UInt32(values.stopTokens.count)
    sampling.ban_token_count = UInt32(values.banTokens.count)
    sampling.no_penalty_token_count = UInt32(values.noPenaltyTokenIDs.count)
    return sampling
  }

  private static func part(
    _ tokens: UnsafeMutablePointer<Int32>, _ start: Int, _ count: Int
  ) -> UnsafePointer<Int32>? {
    count == 0 ? nil : UnsafePointer(tokens + start)
  }
}
