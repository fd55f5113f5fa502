// When a GPU counts as idle: by utilisation and memory together. Either alone misleads: a server that waits
// for requests is at 0 % with its weights in memory, and a job that has just begun holds little.

/// The most that an idle GPU may be doing.
package struct IdleRule: Equatable, Sendable {
  /// The most memory that may be in use.
  package enum Memory: Equatable, Sendable {
    /// Percent of the device's memory.
    case percent(Int)
    case mebibytes(Int)
  }

  /// Percent of the time.
  package var maxUtilization: Int
  package var maxMemoryUsed: Memory

  /// A rule; 10 % of both unless said otherwise.
  package init(maxUtilization: Int = 10, maxMemoryUsed: Memory = .percent(10)) {
    self.maxUtilization = maxUtilization
    self.maxMemoryUsed = maxMemoryUsed
  }

  /// Why a device is not idle, nil when it is.
  ///
  /// What the tool does not say cannot be said to be little.
  package func objection(to gpu: GPU) -> String? {
    guard let utilization = gpu.utilization, let used = gpu.memoryUsed else {
      return "not known to be idle: \(gpu.load)"
    }
    let isIdle = utilization <= maxUtilization && isLittle(used, of: gpu.memoryTotal)
    return isIdle ? nil : "not idle: \(gpu.load)"
  }

  private func isLittle(_ used: Int, of total: Int?) -> Bool {
    switch maxMemoryUsed {
    case .mebibytes(let most): return used <= most
    case .percent(let most):
      guard let total, total > 0 else { return false }
      // As doubles: the tool's numbers may be anything.
      return Double(used) * 100 <= Double(total) * Double(most)
    }
  }
}
