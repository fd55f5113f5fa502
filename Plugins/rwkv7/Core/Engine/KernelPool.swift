// The threads that the kernels run on.
internal import PluginKit
internal import RWKV7Kernels

/// Threads for one model; ended in deinit.
final class KernelPool {
  let pool: OpaquePointer
  let threads: Int
  /// Such as `avx512`.
  let instructionSet: String

  /// `instructionSet` nil = the machine's best.
  ///
  /// Throws for a name that the machine does not have.
  init(threads: Int, instructionSet: String? = nil) throws(PluginFailure) {
    let best = rk_best_isa()
    let names = (0...best).map { String(cString: rk_isa_name($0)) }
    var chosen = best
    if let instructionSet {
      guard let index = names.firstIndex(of: instructionSet) else {
        throw PluginFailure(
          .invalidArgument,
          "this machine has no '\(instructionSet)'; it has \(names.joined(separator: ", "))")
      }
      chosen = Int32(index)
    }
    guard let pool = rk_pool_create(UInt32(threads), chosen) else {
      throw PluginFailure(.exhausted, "\(threads) threads could not be started")
    }
    self.pool = pool
    self.threads = threads
    self.instructionSet = names[Int(chosen)]
  }

  deinit { rk_pool_destroy(pool) }
}
