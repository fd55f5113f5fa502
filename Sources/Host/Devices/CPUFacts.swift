// The processors and the memory that this process may use, from /proc and cgroup v2.
internal import Posix

/// What is known of the CPU.
package struct CPUFacts: Equatable, Sendable {
  /// The model's name; empty when the kernel does not say.
  package var model = ""
  /// Logical processors on which this process may run.
  package var allowed = 0
  /// Processors' worth of time that the control group grants; nil without a limit.
  package var quota: Double?
  /// SIMD features that backends here have kernels for, in words such as `avx2`, `amx`, `neon`.
  package var features: [String] = []
  /// Bytes of memory in the machine and, of them, available; nil when the kernel does not say.
  package var memory: UInt64?
  package var memoryAvailable: UInt64?
  /// Bytes to which the control group limits this process; nil without a limit.
  package var memoryLimit: UInt64?

  /// Reads the files of the kernel; what is not there stays unknown.
  package static func read(proc: String = "/proc", cgroups: String = "/sys/fs/cgroup") -> CPUFacts {
    var facts = CPUFacts()
    if let text = contents("\(proc)/cpuinfo") { facts.take(cpuinfo: text) }
    facts.allowed = field("Cpus_allowed_list", of: contents("\(proc)/self/status")).map(count) ?? 0
    let meminfo = contents("\(proc)/meminfo")
    facts.memory = kibibytes("MemTotal", meminfo)
    facts.memoryAvailable = kibibytes("MemAvailable", meminfo)
    for group in groups(contents("\(proc)/self/cgroup"), under: cgroups) {
      if let text = contents("\(group)/cpu.max"), let quota = quota(text) {
        facts.quota = min(quota, facts.quota ?? quota)
      }
      if let text = contents("\(group)/memory.max"), let limit = UInt64(trimmedLine(text)) {
        facts.memoryLimit = min(limit, facts.memoryLimit ?? limit)
      }
    }
    return facts
  }

  /// Processors that are of use at once: at least 1.
  package var usable: Int {
    let most = max(1, allowed)
    guard let quota, quota < Double(most) else { return most }
    return max(1, Int(quota.rounded(.up)))
  }

  private mutating func take(cpuinfo text: String) {
    let flags = field("flags", of: text) ?? field("Features", of: text) ?? ""
    features = Self.features(Set(flags.split(separator: " ").map(String.init)))
    if let name = field("model name", of: text) ?? field("Model", of: text) {
      model = name
    } else if let maker = field("CPU implementer", of: text), let part = field("CPU part", of: text)
    {
      model = "implementer \(maker), part \(part)"
    }
  }

  /// The kernel's flags (x86) or features (arm64) that matter here, each in this program's word.
  private static func features(_ flags: Set<String>) -> [String] {
    let known = [
      ("avx2", "avx2"), ("fma", "fma"), ("avx_vnni", "avx_vnni"), ("avx512f", "avx512f"),
      ("avx512_vnni", "avx512_vnni"), ("avx512_bf16", "avx512_bf16"), ("amx_tile", "amx"),
      ("asimd", "neon"), ("asimddp", "dotprod"), ("i8mm", "i8mm"), ("bf16", "bf16"),
      ("sve", "sve"),
    ]
    return known.filter { flags.contains($0.0) }.map(\.1)
  }

  /// Processors in a list such as `0-3,8`.
  private static func count(_ list: String) -> Int {
    list.split(separator: ",").reduce(0) { sum, part in
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
      guard ends.count <= 2, let first = ends.first, let last = ends.last, 0 <= first,
        first <= last, last < 1 << 20
      else { return sum }
      return sum + last - first + 1
    }
  }

  /// `200000 100000` is 2 processors; `max 100000` is no limit.
  private static func quota(_ text: String) -> Double? {
    let words = trimmedLine(text).split(separator: " ").map { Double($0) }
    guard words.count == 2, let share = words[0], let period = words[1], share > 0, period > 0,
      share.isFinite
    else { return nil }
    return share / period
  }

  /// The control group of this process and those above it: each may limit.
  private static func groups(_ text: String?, under root: String) -> [String] {
    guard let line = text?.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else {
      return []
    }
    var groups = [root]
    for name in line.dropFirst(4).split(separator: "/") where name != ".." {
      groups.append("\(groups[groups.count - 1])/\(name)")
    }
    return groups
  }
}

private func contents(_ path: String) -> String? {
  // Files of /proc and /sys are there or not by kernel; absence is an answer.
  guard let bytes = try? Files.read(path) else { return nil }
  return String(decoding: bytes, as: UTF8.self)
}

private func trimmedLine(_ text: String) -> String {
  trimmed(text.split(separator: "\n").first ?? "")
}

/// The value of the first `Name : value` line.
private func field(_ name: String, of text: String?) -> String? {
  for line in text?.split(separator: "\n") ?? [] where line.hasPrefix(name) {
    guard let colon = line.firstIndex(of: ":"), trimmed(line[..<colon]) == name else { continue }
    return trimmed(line[line.index(after: colon)...])
  }
  return nil
}

private func kibibytes(_ name: String, _ text: String?) -> UInt64? {
  guard let number = field(name, of: text)?.split(separator: " ").first.flatMap({ UInt64($0) }),
    number < 1 << 53
  else { return nil }
  return number * 1024
}
