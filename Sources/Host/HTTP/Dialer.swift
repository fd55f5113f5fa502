// Tries the addresses of a host one after the other until one accepts.

/// The way to a connected socket.
struct Dialer {
  /// What to do next.
  enum Step {
    case wait
    case connected(Socket)
    case failed(HTTPFailure.Reason)
  }

  /// The socket that is being connected.
  private(set) var socket: Socket?
  /// The address that is being tried, or that has accepted.
  private(set) var current: SocketAddress?
  /// When the current attempt is given up.
  private(set) var attemptDeadline = UInt64.max

  private var waiting: ArraySlice<SocketAddress>
  private let deadline: UInt64
  private var wasRefused = false
  private var timedOut = false
  private var lastFailure: SystemFailure?

  /// Will try these addresses in this order, all of them before `deadline`.
  init(_ addresses: [SocketAddress], deadline: UInt64) {
    waiting = addresses[...]
    self.deadline = deadline
  }

  /// Begins with the next address, until one does not fail at once.
  mutating func next(now: UInt64) -> Step {
    while let address = waiting.popFirst() {
      switch Socket.connecting(to: address) {
      case .success(let opened):
        socket = opened
        current = address
        // Each address gets an equal share of the time that is left.
        let left = deadline > now ? deadline - now : 0
        attemptDeadline = after(now, left / UInt64(waiting.count + 1))
        return .wait
      case .failure(let failure): note(failure)
      }
    }
    return .failed(reason)
  }

  /// Looks at the current attempt, which poll reported on.
  mutating func attemptEnded(now: UInt64) -> Step {
    guard let opened = socket else { return next(now: now) }
    let code = opened.connectError()
    if code == 0 { return .connected(opened) }
    socket = nil
    note(SystemFailure(call: "connect", code: code))
    return next(now: now)
  }

  /// Gives the current attempt up.
  mutating func attemptTimedOut(now: UInt64) -> Step {
    socket = nil
    timedOut = true
    return next(now: now)
  }

  private mutating func note(_ failure: SystemFailure) {
    if failure.isRefusal { wasRefused = true }
    if failure.isTimeout { timedOut = true }
    lastFailure = failure
  }

  /// The failure that tells most: a time limit may be too short, a refusal means that a host is there.
  private var reason: HTTPFailure.Reason {
    if timedOut { return .connectTimeout }
    if wasRefused { return .connectRefused }
    guard let lastFailure else { return .connect("the host has no address") }
    if lastFailure.call != "connect" {
      return .system(call: lastFailure.call, lastFailure.words)
    }
    return .connect(lastFailure.words)
  }
}
