// poll(2), signals and record locks.
internal import CPosix
internal import Glibc

/// One wait over many descriptors.
package struct Poller {
  private var items: [pollfd] = []

  /// A poller that waits for nothing.
  package init() {}

  /// Forgets what was asked for.
  package mutating func removeAll() { items.removeAll(keepingCapacity: true) }

  /// Waits for this descriptor too; returns the slot under which the answer will be found.
  package mutating func add(_ number: Int32, read: Bool, write: Bool) -> Int {
    let events = (read ? Int16(POLLIN) : 0) | (write ? Int16(POLLOUT) : 0)
    items.append(pollfd(fd: number, events: events, revents: 0))
    return items.count - 1
  }

  /// Waits until something is ready or the time is over; nil waits for ever.
  package mutating func wait(milliseconds: Int32?) throws(PosixError) {
    let count = nfds_t(items.count)
    let limit = milliseconds ?? -1
    let answer = items.withUnsafeMutableBufferPointer { poll($0.baseAddress, count, limit) }
    if answer < 0 {
      let code = errno
      // A signal is seen through its own descriptor; the caller just looks at everything.
      if code == EINTR {
        for index in items.indices { items[index].revents = 0 }
        return
      }
      throw PosixError(call: "poll", subject: "", code: code)
    }
  }

  /// Bytes, the end of the stream, or an error wait to be read.
  package func canRead(_ slot: Int) -> Bool {
    items[slot].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0
  }

  /// There is room to write.
  package func canWrite(_ slot: Int) -> Bool { items[slot].revents & Int16(POLLOUT) != 0 }
}

/// Signals as a descriptor to poll.
package final class SignalQueue {
  /// Readable when a signal waits.
  package let descriptor: Descriptor

  /// Blocks SIGINT, SIGTERM and, unless it is ignored (nohup), SIGHUP, and queues them here.
  ///
  /// With `children`, SIGCHLD as well: some child has ended.
  package init(children: Bool = false) throws(PosixError) {
    signal(SIGPIPE, SIG_IGN)
    var numbers = [SIGINT, SIGTERM]
    if children {
      // Ignored, as a parent may hand it on, it would never come, and children would not stay to be collected.
      signal(SIGCHLD, SIG_DFL)
      numbers.append(SIGCHLD)
    }
    if evh_is_ignored(SIGHUP) == 0 { numbers.append(SIGHUP) }
    let number = evh_signalfd(numbers, Int32(numbers.count))
    guard number >= 0 else { throw PosixError(call: "signalfd", subject: "", code: errno) }
    descriptor = Descriptor(owning: number)
  }

  /// Whether a signal is the end of a child.
  package static func isChildNotice(_ number: Int32) -> Bool { number == SIGCHLD }

  /// The next signal's number, nil when none waits.
  package func next() -> Int32? {
    let number = evh_next_signal(descriptor.number)
    return number == 0 ? nil : number
  }
}

/// Until a `SignalQueue` takes over, SIGINT and SIGTERM end the process at once with exit status 4 and a line.
///
/// For work that can be taken up again from what is on the disk.
package func endOnInterrupt() {
  for number in [SIGINT, SIGTERM] {
    signal(number) { _ in
      // Only what may be called in a signal handler.
      let line: StaticString =
        "evalhost: interrupted; the same command goes on where this one was\n"
      _ = write(2, line.utf8Start, line.utf8CodeUnitCount)
      _exit(4)
    }
  }
}

/// Writing to a socket whose reader has gone becomes an error instead of a signal.
package func ignoreBrokenPipes() {
  signal(SIGPIPE, SIG_IGN)
  // A file size limit then shows as a failed write, which has a message.
  signal(SIGXFSZ, SIG_IGN)
}

/// An exclusive lock that the kernel drops when its holder ends, however it ends.
package final class RecordLock {
  private let file: Descriptor

  private init(file: Descriptor) { self.file = file }

  /// The lock, or the pid of the process that has it.
  package enum Attempt {
    case taken(RecordLock)
    case held(by: Int32)
  }

  /// Tries to take the lock of a file, made when missing.
  package static func take(_ path: String) throws(PosixError) -> Attempt {
    let file = try Descriptor.readingAndWriting(path)
    let holder = try check("fcntl", path) { evh_lock_exclusive(file.number) }
    return holder == 0 ? .taken(RecordLock(file: file)) : .held(by: holder)
  }

  /// The pid of the living process that holds the lock, nil when nobody does.
  ///
  /// Not for the process that holds it: closing any descriptor of the file drops the lock (man 2 fcntl).
  package static func holder(_ path: String) -> Int32? {
    guard let file = try? Descriptor.reading(path) else { return nil }
    let holder = evh_lock_holder(file.number)
    return holder > 0 ? holder : nil
  }
}
