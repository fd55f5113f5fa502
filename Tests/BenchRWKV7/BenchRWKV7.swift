// How fast the plugin rwkv7 decodes and reads prompts, beside what the machine can do at most.
//
//   evalhost-bench-rwkv7 FOLDER [THREADS...]
//
// Random weights of the 0.1B shape are made in FOLDER if they are not there. It judges nothing.
internal import BenchProbes
internal import Glibc
internal import RWKV7Core

@main
enum BenchRWKV7 {
  static func main() {
    do {
      try measure(Array(CommandLine.arguments.dropFirst()))
    } catch {
      print("evalhost-bench-rwkv7: \(error)")
      exit(1)
    }
  }

  private static func measure(_ arguments: [String]) throws {
    guard let folder = arguments.first else {
      throw ProbeFailure("usage: evalhost-bench-rwkv7 FOLDER [THREADS...]")
    }
    let threads = arguments.dropFirst().compactMap { Int($0) }
    let weights = "\(folder)/random-0.1b.safetensors"
    if access(weights, R_OK) != 0 { try RandomModel().write(to: weights) }
    let limits = Limits()
    print(
      "one thread: \(one(limits.fma / 1e9)) GFLOP/s of fused multiply-adds, "
        + "reads \(one(limits.read / 1e9)) GB/s")
    for count in threads.isEmpty ? [1, 2] : threads {
      for type in WeightType.allCases { try measure(weights, type, threads: count, limits) }
    }
  }

  private static func measure(
    _ weights: String, _ type: WeightType, threads: Int, _ limits: Limits
  ) throws {
    let probe = try InferenceProbe(weights: weights, type: type, threads: threads, mostRows: 64)
    let name = "rwkv7 \(type == .file ? "bf16" : "int8") \(probe.instructionSet) threads \(threads)"
    for batch in [1, 8, 32] {
      var tokens = (0..<batch).map { UInt32($0 * 7 + 1) }
      let step = try best(of: batch > 8 ? 12 : 24) { tokens = try probe.decode(tokens) }
      var line = "\(name) batch \(batch): \(one(Double(batch) / step)) tokens/s"
      if batch == 1 {
        let rate = Double(probe.bytesPerToken) / step
        line += ", \(one(rate / 1e9)) GB/s of weights"
        if threads == 1 { line += " = \(percent(rate / limits.read)) of what a thread reads" }
      }
      if batch == 32 {
        let rate = 2 * Double(probe.weightsPerToken * batch) / step
        line += ", \(one(rate / 1e9)) GFLOP/s"
        if threads == 1 { line += " = \(percent(rate / limits.fma)) of the peak" }
      }
      print(line)
    }
    let prompt = (0..<512).map { UInt32(($0 * 131) % 60000 + 1) }
    let time = try best(of: 3) { try probe.read(prompt) }
    print("\(name) prompt of \(prompt.count): \(one(Double(prompt.count) / time)) tokens/s")
    fflush(nil)
  }

  /// The shortest time of a few rounds after one that warms up, in seconds.
  private static func best(of rounds: Int, _ work: () throws -> Void) rethrows -> Double {
    try work()
    var best = Double.infinity
    for _ in 0..<rounds {
      let start = ContinuousClock.now
      try work()
      let time = (ContinuousClock.now - start).components
      best = min(best, Double(time.seconds) + Double(time.attoseconds) / 1e18)
    }
    return best
  }
}

/// What one thread of this machine can do at most.
struct Limits {
  let fma = probe_fma(3)
  let read: Double

  init() {
    let count = 400 << 20
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 2 << 20)
    defer { memory.deallocate() }
    _ = madvise(memory, count, MADV_HUGEPAGE)
    memset(memory, 1, count)
    read = probe_read(memory, count, 8)
  }
}

private func one(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  return "\(tenths / 10).\(tenths % 10)"
}

private func percent(_ value: Double) -> String { "\(Int((value * 100).rounded())) %" }
