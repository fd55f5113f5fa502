// All processes below this one, however many generations down. As the subreaper of what it started, this
// process gets every orphan among them as a child, so even a daemon that forked twice cannot leave; and when
// there is no child left, there is no descendant left.
internal import CPosix
internal import Glibc

/// The processes below this one.
package final class Descendants {
  /// Most processes that are waited for at a time; the rest is waited for once these have ended.
  private static let mostHeld = 256

  private var held: [Int32: RunningProcess] = [:]
  private var asked: Set<Int32> = []
  /// Processes of another user, which cannot be ended; nobody waits for them.
  package private(set) var untouchable: Set<Int32> = []

  /// Makes this process the one that gets the orphans among its descendants.
  package init() throws(PosixError) {
    try check("prctl", "PR_SET_CHILD_SUBREAPER") { evh_become_subreaper() }
  }

  /// Collects the children that have ended, and hands them out; false when no child is left.
  ///
  /// Not together with `ChildProcess.reap`, except for children that it has collected already.
  package func collect(_ took: (Int32, ProcessEnd) -> Void = { _, _ in }) -> Bool {
    while true {
      var pid: pid_t = 0
      var code: Int32 = 0
      var number: Int32 = 0
      switch evh_reap_any(&pid, &code, &number) {
      case 0: return true
      case 1: took(pid, number != 0 ? .signalled(number) : .exited(code))
      default: return false
      }
    }
  }

  /// Asks every living descendant to end, once, or ends them all.
  package func signal(kill: Bool) {
    let present = living()
    held = held.filter { present.contains($0.key) }
    asked.formIntersection(present)
    for pid in present {
      guard kill || !asked.contains(pid), let process = hold(pid, among: present) else { continue }
      switch try? process.send(kill ? SIGKILL : SIGTERM) {
      case .sent: asked.insert(pid)
      case .notAllowed: untouchable.insert(pid)
      // Its number may belong to another one already, which is then found by the next call.
      case .hasEnded, nil: held[pid] = nil
      }
    }
  }

  /// Waits, besides for what else the poller does, for the end of any process that was signalled.
  package func watch(_ poller: inout Poller) {
    for process in held.values {
      _ = poller.add(process.exitNotice.number, read: true, write: false)
    }
  }

  /// Whether all that is left are processes that cannot be ended.
  package var isBeyondReach: Bool { !untouchable.isEmpty && living().isEmpty }

  /// Takes hold of a process, so that a signal cannot reach another that got its number.
  private func hold(_ pid: Int32, among present: Set<Int32>) -> RunningProcess? {
    if let known = held[pid] { return known }
    guard let process = try? RunningProcess.open(pid),
      // Looked at again, now that it is held: it still belongs to one of ours.
      let parent = Self.facts(pid)?.parent, parent == getpid() || present.contains(parent)
    else { return nil }
    if held.count < Self.mostHeld { held[pid] = process }
    return process
  }

  /// The living descendants; dead ones that nobody has collected are not among them.
  private func living() -> Set<Int32> {
    let all = Self.allProcesses()
    var children: [Int32: [Int32]] = [:]
    for (pid, facts) in all { children[facts.parent, default: []].append(pid) }
    var found: Set<Int32> = []
    var next = [getpid()]
    while let pid = next.popLast() {
      for child in children[pid] ?? [] where !found.contains(child) {
        found.insert(child)
        next.append(child)
      }
    }
    return found.filter { all[$0]?.isAlive ?? false }.subtracting(untouchable)
  }

  private static func allProcesses() -> [Int32: (parent: Int32, isAlive: Bool)] {
    guard let folder = opendir("/proc") else { return [:] }
    defer { closedir(folder) }
    var all: [Int32: (parent: Int32, isAlive: Bool)] = [:]
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let pid = Int32(name) { all[pid] = facts(pid) }
    }
    return all
  }

  /// Parent and state out of `/proc/PID/stat`; nil once the process is gone.
  private static func facts(_ pid: Int32) -> (parent: Int32, isAlive: Bool)? {
    // The program's name in the second field may hold blanks and brackets: read on behind its last one.
    guard let stat = try? Files.read("/proc/\(pid)/stat"),
      let end = stat.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = stat[end...].split(separator: UInt8(ascii: " "))
    guard fields.count > 18, let state = fields[1].first,
      let parent = Int32(String(decoding: fields[2], as: UTF8.self))
    else { return nil }
    // A process whose first thread has ended looks dead while others of its threads live on.
    let isAlive = state != UInt8(ascii: "Z") && state != UInt8(ascii: "X")
    return (parent, isAlive || !fields[18].elementsEqual([UInt8(ascii: "1")]))
  }
}
