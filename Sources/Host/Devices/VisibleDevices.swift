// CUDA_VISIBLE_DEVICES and its like. The vendors' libraries, and so every backend, see only the devices that
// the variable lists and count them anew in its order; the tools show all. Names here are the backends'. Pure.

/// Applies a list of visible devices.
package enum VisibleDevices {
  /// The devices that are left, with the ordinals that programs will give them.
  ///
  /// `list` is the variable's value, nil when it is not set. As in the vendors' libraries an entry is an index
  /// or the beginning of a UUID, and the first that means no device ends the list.
  package static func apply(_ list: String?, to gpus: [GPU]) -> [GPU] {
    guard let list else { return gpus }
    var left: [GPU] = []
    for entry in list.split(separator: ",", omittingEmptySubsequences: false).map(trimmed) {
      guard var gpu = gpus.first(where: { means(entry, $0) }),
        !left.contains(where: { $0.uuid == gpu.uuid && $0.model == gpu.model && !gpu.uuid.isEmpty })
      else { break }
      gpu.ordinal = left.count
      left.append(gpu)
    }
    return left
  }

  private static func means(_ entry: String, _ gpu: GPU) -> Bool {
    if let index = Int(entry) { return index == gpu.ordinal }
    return entry.hasPrefix("GPU-") && gpu.uuid.hasPrefix(entry)
  }
}
