// What the processes of a run use, read from /proc: CPU and memory of every process under one, by role.
//
// A process that ends between two looks keeps the CPU time of the last look; what it used after that is
// in the whole tree's time alone, which the kernel counts and `wait4` returns.
internal import Glibc
internal import Posix

/// Watches a process and its descendants.
struct ProcessTree {
  /// Largest sum of proportional sets (`Pss`) at one look: memory that is shared counts once, bytes.
  private(set) var peakProportional = 0
  /// The proportional sets at that look, by role, bytes.
  private(set) var proportionalByRole: [String: Int] = [:]
  /// Largest sum of the peak resident sets (`VmHWM`) of the processes alive at one look, bytes:
  /// an upper bound, as it counts shared memory in each and peaks that were not at one time.
  private(set) var peakResident = 0

  private let root: Int32
  private var processes: [Int32: (role: String, ticks: Int)] = [:]

  /// Watches the tree under a process that was just started.
  init(root: Int32) { self.root = root }

  /// CPU seconds by role so far.
  var seconds: [String: Double] {
    let perSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
    return processes.values.reduce(into: [:]) {
      $0[$1.role, default: 0] += Double($1.ticks) / perSecond
    }
  }

  /// Looks at all processes once.
  mutating func look() {
    var waiting = [root]
    var byRole: [String: Int] = [:]
    var resident = 0
    while let pid = waiting.popLast() {
      // Workers and the controller are one thread each: only that one has children.
      waiting += ProcFile.numbers("/proc/\(pid)/task/\(pid)/children")
      guard let role = noteTime(of: pid) else { continue }
      let peak = ProcFile.kibibytes("VmHWM:", in: ProcFile.text("/proc/\(pid)/status"))
      resident += peak ?? 0
      let rollup = ProcFile.text("/proc/\(pid)/smaps_rollup")
      let proportional =
        ProcFile.kibibytes("Pss:", in: rollup) ?? ProcFile.kibibytes("Rss:", in: rollup)
        ?? ProcFile.kibibytes("VmRSS:", in: ProcFile.text("/proc/\(pid)/status")) ?? 0
      byRole[role, default: 0] += proportional * 1024
    }
    peakResident = max(peakResident, resident * 1024)
    let sum = byRole.values.reduce(0, +)
    if sum > peakProportional { (peakProportional, proportionalByRole) = (sum, byRole) }
  }

  /// Notes the root's CPU time once more; a process that has ended keeps it until it is reaped.
  mutating func noteEndOfRoot() { _ = noteTime(of: root) }

  /// Notes the CPU time of a process and returns its role, nil when it has gone.
  private mutating func noteTime(of pid: Int32) -> String? {
    guard let stat = ProcFile.text("/proc/\(pid)/stat"), let name = stat.lastIndex(of: ")") else {
      return nil
    }
    // See man 5 proc: behind the name come the state and, as 12th and 13th, user and system time.
    let fields = stat[name...].dropFirst().split(separator: " ")
    guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else {
      return nil
    }
    // A process that was just started has the words of its parent until it is the new program, and
    // one that has ended has none.
    let role = role(of: pid) ?? processes[pid]?.role ?? "other"
    processes[pid] = (role, user + system)
    return role
  }

  private func role(of pid: Int32) -> String? {
    if pid == root { return "controller" }
    let words = ProcFile.text("/proc/\(pid)/cmdline")?.split(separator: "\0") ?? []
    if words.count > 2, words[1] == "__worker" { return String(words[2]) }
    return words.first.map { String($0.split(separator: "/").last ?? "other") }
  }
}

/// Small files of /proc.
enum ProcFile {
  /// The first 4 KiB of a file, nil when it cannot be read.
  static func text(_ path: String) -> String? {
    guard let file = try? Descriptor.reading(path) else { return nil }
    var buffer = [UInt8](repeating: 0, count: 4096)
    // One read: the kernel makes the whole answer again for each further one.
    let count = Glibc.read(file.number, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }

  /// The numbers in a file of numbers.
  static func numbers(_ path: String) -> [Int32] {
    (text(path) ?? "").split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
  }

  /// The number behind a label at the start of a line.
  static func kibibytes(_ label: String, in text: String?) -> Int? {
    for line in (text ?? "").split(separator: "\n") where line.hasPrefix(label) {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
    return nil
  }
}
