// A process that is not our child: held by a pidfd, so that a signal cannot reach another one that
// took over its number, and its end can be waited for.
internal import CPosix
internal import Glibc

/// A process that runs, or ran when it was opened.
package final class RunningProcess {
  /// Its number; no other process has it as long as this object lives.
  package let pid: Int32
  /// Readable when the process has ended.
  package let exitNotice: Descriptor

  private init(pid: Int32, exitNotice: Descriptor) {
    self.pid = pid
    self.exitNotice = exitNotice
  }

  /// Takes hold of a process; nil when no process has that number.
  ///
  /// The caller then checks once more that this is the process it means: from here on the number
  /// cannot change hands. Throws when the kernel has no pidfds.
  package static func open(_ pid: Int32) throws(PosixError) -> RunningProcess? {
    do throws(PosixError) {
      let number = try check("pidfd_open", "process \(pid)") { evh_pidfd_open(pid) }
      return RunningProcess(pid: pid, exitNotice: Descriptor(owning: number))
    } catch {
      if error.code == ESRCH { return nil }
      throw error
    }
  }

  /// What became of a request.
  package enum Answer: Equatable, Sendable {
    /// The signal is on its way.
    case sent
    /// There is no such process any more.
    case hasEnded
    /// The process belongs to another user.
    case notAllowed
  }

  /// Sends SIGTERM, which a run takes as the request to drain.
  package func askToEnd() throws(PosixError) -> Answer { try send(SIGTERM) }

  /// Sends a signal.
  package func send(_ number: Int32) throws(PosixError) -> Answer {
    do throws(PosixError) {
      try check("pidfd_send_signal", "process \(pid)") {
        evh_pidfd_signal(exitNotice.number, number)
      }
      return .sent
    } catch {
      switch error.code {
      case ESRCH: return .hasEnded
      case EPERM: return .notAllowed
      default: throw error
      }
    }
  }

  /// Waits for the end of the process; false when the time is over before.
  package func waitForEnd(milliseconds: Int32) throws(PosixError) -> Bool {
    var poller = Poller()
    let slot = poller.add(exitNotice.number, read: true, write: false)
    try poller.wait(milliseconds: milliseconds)
    return poller.canRead(slot)
  }
}
