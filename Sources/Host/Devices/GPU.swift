// An accelerator as its vendor's tool describes it. Nothing here decides: see IdleRule and Allocate.

/// Whose accelerator it is, and so which tool describes it.
package enum GPUVendor: String, Sendable, CaseIterable {
  case nvidia
  case amd

  /// The kind in device names: `cuda` as in `cuda:0`, or `rocm`.
  package var kind: String { self == .nvidia ? "cuda" : "rocm" }

  /// The program that lists the vendor's devices.
  package var tool: String { self == .nvidia ? "nvidia-smi" : "rocm-smi" }
}

/// One accelerator, with what it was doing when the tool was asked.
package struct GPU: Equatable, Sendable {
  package var vendor: GPUVendor
  /// The ordinal in its name: what a backend counts, which is not always what the tool counts.
  package var ordinal: Int
  /// The maker's name for this very device, such as `GPU-5a1c...`; empty when the tool gives none.
  package var uuid: String
  /// The model, such as `NVIDIA H200`.
  package var model: String
  /// Memory in MiB; nil when the tool does not say.
  package var memoryTotal: Int?
  /// Memory in use in MiB, by whomever; nil when the tool does not say.
  package var memoryUsed: Int?
  /// Percent of the time in which it was busy lately; nil when the tool does not say.
  package var utilization: Int?

  /// Joins what is known of one device.
  package init(
    vendor: GPUVendor, ordinal: Int, uuid: String = "", model: String = "",
    memoryTotal: Int? = nil, memoryUsed: Int? = nil, utilization: Int? = nil
  ) {
    self.vendor = vendor
    self.ordinal = ordinal
    self.uuid = uuid
    self.model = model
    self.memoryTotal = memoryTotal
    self.memoryUsed = memoryUsed
    self.utilization = utilization
  }

  /// The name in configurations: `cuda:0`.
  package var name: String { "\(vendor.kind):\(ordinal)" }

  /// Whether a word of a configuration means this device: its name or its UUID.
  package func answers(to word: String) -> Bool {
    word == name || !uuid.isEmpty && word == uuid
  }

  /// What it is doing, for people: `97 % busy, 60000 of 81559 MiB used`.
  package var load: String {
    let busy = utilization.map { "\($0) % busy" } ?? "how busy is not known"
    let memory =
      switch (memoryUsed, memoryTotal) {
      case (let used?, let total?): "\(used) of \(total) MiB used"
      case (let used?, nil): "\(used) MiB used"
      case (nil, _): "memory in use is not known"
      }
    return "\(busy), \(memory)"
  }
}
