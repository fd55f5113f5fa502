// The work key: a hash of everything that decides a completion.
//
//   key(n) = first 16 bytes of BLAKE2b-256( identity of the task's generation, stage name, stage sampling,
//            seed, request kind and flags, key(n-1) and the completion it gave if the prompt goes on from
//            there else zeros, the new part of the prompt, choices, stop strings )
//
// The row is in it twice: by what the prompt makes of it, and by the dataset's checksum with the seed's
// sample index.
internal import Model
internal import Posix

/// Sixteen bytes that name a completion's inputs.
struct WorkKey: Equatable {
  var low: UInt64 = 0
  var high: UInt64 = 0

  init() {}

  init(_ digest: Digest256) {
    low = digest.words.0
    high = digest.words.1
  }

  init(_ bytes: UnsafeRawBufferPointer) {
    low = bytes.loadUnaligned(as: UInt64.self)
    high = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
  }

  /// The bytes in memory order.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: (low, high), body)
  }
}

/// Digests that are the same for every try of a task, one for each stage.
struct WorkKeySeeds {
  private let identity: [IdentityField]
  private let sampling: [StageSampling]
  private var stages: [(name: [UInt8], state: ContentHash)] = []

  init(_ spec: TaskSpec) {
    // A stage's sampling decides that stage and those after it, which have its key in theirs; another
    // stage's sampling decides nothing here.
    identity = spec.generationIdentity.filter { !$0.name.hasPrefix("sampling.") }
    sampling = spec.sampling
  }

  /// A digest that goes on from the task's and the stage's part.
  mutating func state(stage: [UInt8]) -> ContentHash {
    if let known = stages.first(where: { $0.name == stage }) { return known.state }
    var state = ContentHash()
    state.update(field: "evalhost work key 1")
    for field in identity {
      state.update(field: field.name)
      state.update(field: field.value)
    }
    let name = String(decoding: stage, as: UTF8.self)
    state.update(field: name)
    state.update(field: sampling.first { $0.stage == name }?.json ?? "")
    stages.append((stage, state))
    return state
  }
}
