// One connection and the request that it carries.

/// Moves bytes between a socket and one exchange at a time.
final class Connection {
  /// What became of the exchange.
  enum Step {
    case working
    /// The response is complete; `reusable` when the connection can take another request.
    case responded(HTTPResponse, reusable: Bool)
    case failed(HTTPFailure.Reason)
  }

  private enum Phase {
    /// The client has no addresses yet.
    case resolving
    case dialing(Dialer)
    case handshaking(Socket, TLSSession)
    case ready(Socket, TLSSession?)
    case closed
  }

  /// The request that is being carried; nil between two.
  private(set) var exchange: Exchange?
  /// Requests that were answered on this connection.
  private(set) var answered = 0
  /// Since when it carries nothing.
  private(set) var idleSince: UInt64 = 0
  /// The address that accepted.
  private(set) var address: SocketAddress?

  private var phase = Phase.resolving
  private let connectDeadline: UInt64
  private let hostField: String
  private let limits: HTTPLimits
  private let tls: TLSContext?

  private var unsent: [UInt8] = []
  private var sentCount = 0
  /// Encrypted bytes that the socket has not taken.
  private var encrypted: [UInt8] = []
  private var encryptedSent = 0
  /// TLS wants to hear from the server before it encrypts more (a renegotiation).
  private var encryptingWaits = false
  private var parser: ResponseParser
  /// The server takes nothing more; what it had sent before can still be read.
  private var sendFailure: SystemFailure?
  private var lastActivity: UInt64 = 0
  /// A byte of the server's side of the handshake has come.
  private var handshakeIsAnswered = false

  /// A connection that will carry `exchange` first.
  init(
    for exchange: Exchange, hostField: String, limits: HTTPLimits, tls: TLSContext?, now: UInt64
  ) {
    self.exchange = exchange
    self.hostField = hostField
    self.limits = limits
    self.tls = tls
    connectDeadline = after(now, limits.connectTimeout)
    parser = Self.parser(for: exchange, limits)
  }

  private static func parser(for exchange: Exchange, _ limits: HTTPLimits) -> ResponseParser {
    ResponseParser(
      headLimit: limits.headBytes, bodyLimit: limits.bodyBytes, receiver: exchange.receiver)
  }

  /// Says goodbye in TLS as far as that goes without waiting; the socket closes by itself.
  func close() {
    if case .ready(let socket, let session?) = phase, sendFailure == nil {
      session.close()
      session.takeOutput(into: &encrypted)
      if encryptedSent < encrypted.count { _ = socket.send(encrypted, from: encryptedSent) }
    }
    phase = .closed
  }

  // MARK: What the client asks

  /// Waits for addresses.
  var needsAddresses: Bool { if case .resolving = phase { true } else { false } }

  /// The descriptor to wait for and whether its writability matters; nil when there is none yet.
  var interest: (descriptor: Int32, write: Bool)? {
    switch phase {
    case .resolving, .closed: nil
    case .dialing(let dialer): dialer.socket.map { ($0.number, true) }
    case .handshaking(let socket, _): (socket.number, encryptedSent < encrypted.count)
    case .ready(let socket, _):
      (
        socket.number,
        sendFailure == nil
          && ((sentCount < unsent.count && !encryptingWaits) || encryptedSent < encrypted.count)
      )
    }
  }

  /// The next time at which `expire` has something to say.
  var deadline: UInt64 {
    let end = exchange?.deadline ?? .max
    switch phase {
    case .resolving, .handshaking: return min(end, connectDeadline)
    case .dialing(let dialer): return min(end, dialer.attemptDeadline)
    case .ready: return min(end, after(lastActivity, limits.idleTimeout))
    case .closed: return .max
    }
  }

  // MARK: What the client does

  /// Begins to connect.
  func dial(_ addresses: [SocketAddress], now: UInt64, buffer: inout [UInt8]) -> Step {
    var dialer = Dialer(addresses, deadline: connectDeadline)
    let step = dialer.next(now: now)
    phase = .dialing(dialer)
    return follow(step, now: now, buffer: &buffer)
  }

  /// Takes another request; only for a connection that carries none.
  func begin(_ next: Exchange, now: UInt64, buffer: inout [UInt8]) -> Step {
    exchange = next
    parser = Self.parser(for: next, limits)
    prepareToSend(now: now)
    return exchangeBytes(now: now, buffer: &buffer)
  }

  /// Forgets the request after its response.
  func release(now: UInt64) {
    exchange = nil
    answered += 1
    idleSince = now
    unsent = []
    sentCount = 0
  }

  /// Goes on after poll reported on the descriptor.
  func advance(now: UInt64, buffer: inout [UInt8]) -> Step {
    switch phase {
    case .resolving, .closed: return .working
    case .dialing(var dialer):
      let step = dialer.attemptEnded(now: now)
      phase = .dialing(dialer)
      return follow(step, now: now, buffer: &buffer)
    case .handshaking(let socket, let session):
      return handshake(socket, session, now: now, buffer: &buffer)
    case .ready: return exchangeBytes(now: now, buffer: &buffer)
    }
  }

  /// Goes on after `deadline` has passed.
  func expire(now: UInt64, buffer: inout [UInt8]) -> Step {
    if let exchange, exchange.deadline <= now { return .failed(.timeout(.total)) }
    switch phase {
    case .resolving: return .failed(.connectTimeout)
    case .handshaking:
      return .failed(handshakeIsAnswered ? .connectTimeout : .handshakeTimeout)
    case .dialing(var dialer):
      let step = dialer.attemptTimedOut(now: now)
      phase = .dialing(dialer)
      return follow(step, now: now, buffer: &buffer)
    case .ready: return .failed(.timeout(.idle))
    case .closed: return .working
    }
  }

  /// The response that has ended the request met a connection that was closed before it was used.
  ///
  /// True when an earlier request was answered on this connection and no byte came for this one.
  var wasStale: Bool { answered > 0 && parser.received == 0 }

  /// It is connected, but nothing shows that the server has taken it up: no byte of its first response
  /// has come.
  var mayBeUnserved: Bool {
    switch phase {
    case .resolving, .dialing, .closed: false
    case .handshaking: !handshakeIsAnswered
    case .ready: answered == 0 && parser.received == 0
    }
  }

  /// Nothing has come since the last response, not even the end: the next request can use it.
  func isQuiet(buffer: inout [UInt8]) -> Bool {
    guard case .ready(let socket, let session) = phase else { return false }
    while true {
      switch socket.receive(into: &buffer) {
      case .blocked: return true
      case .end, .failed: return false
      case .bytes(let count):
        // TLS sends tickets and key updates between responses; only they may come.
        guard let session else { return false }
        do throws(TLSFailure) {
          try session.receive(buffer[..<count])
          guard try session.read(into: &buffer) == .needsInput else { return false }
        } catch { return false }
      }
    }
  }

  // MARK: Connecting

  private func follow(_ step: Dialer.Step, now: UInt64, buffer: inout [UInt8]) -> Step {
    switch step {
    case .wait: return .working
    case .failed(let reason): return .failed(reason)
    case .connected(let socket):
      if case .dialing(let dialer) = phase { address = dialer.current }
      guard let tls else {
        phase = .ready(socket, nil)
        prepareToSend(now: now)
        return exchangeBytes(now: now, buffer: &buffer)
      }
      do throws(TLSFailure) {
        let session = try TLSSession(tls)
        phase = .handshaking(socket, session)
        return handshake(socket, session, now: now, buffer: &buffer)
      } catch { return .failed(.tls(error.words)) }
    }
  }

  private func handshake(
    _ socket: Socket, _ session: TLSSession, now: UInt64, buffer: inout [UInt8]
  ) -> Step {
    do throws(TLSFailure) {
      while true {
        let isDone: Bool
        do throws(TLSFailure) { isDone = try session.handshake() } catch {
          // The server is told why, as far as that goes without waiting.
          _ = flush(socket, session)
          throw error
        }
        // A server that has gone may have said why before.
        if sendFailure == nil { sendFailure = flush(socket, session) }
        if isDone {
          phase = .ready(socket, session)
          prepareToSend(now: now)
          return exchangeBytes(now: now, buffer: &buffer)
        }
        switch socket.receive(into: &buffer) {
        case .bytes(let count):
          handshakeIsAnswered = true
          try session.receive(buffer[..<count])
        case .blocked: return .working
        case .end: return .failed(.tls("the server closed the connection during the handshake"))
        case .failed(let code):
          return .failed(reason(of: SystemFailure(call: "recv", code: code)))
        }
      }
    } catch { return .failed(.tls(error.words)) }
  }

  // MARK: Sending and receiving

  private func prepareToSend(now: UInt64) {
    lastActivity = now
    sentCount = 0
    guard let exchange else { return }
    unsent = exchange.request.head(host: hostField) + exchange.request.body
  }

  private func exchangeBytes(now: UInt64, buffer: inout [UInt8]) -> Step {
    guard case .ready(let socket, let session) = phase else { return .working }
    do throws(HTTPFailure.Reason) {
      try sendSome(socket, session, now: now)
      if try receiveSome(socket, session, now: now, buffer: &buffer) {
        let isSent =
          sentCount == unsent.count && encryptedSent == encrypted.count && sendFailure == nil
        return .responded(parser.take(), reusable: isSent && !parser.mustClose)
      }
      return .working
    } catch { return .failed(error) }
  }

  /// Sends until the socket is full; a broken connection is noted, because an answer may wait to be read.
  private func sendSome(
    _ socket: Socket, _ session: TLSSession?, now: UInt64
  ) throws(HTTPFailure.Reason) {
    guard let session else {
      while sentCount < unsent.count, sendFailure == nil {
        switch socket.send(unsent, from: sentCount) {
        case .bytes(let count):
          sentCount += count
          exchange?.mayHaveReachedServer = true
          lastActivity = now
        case .failed(let code): sendFailure = SystemFailure(call: "send", code: code)
        case .blocked, .end: return
        }
      }
      return
    }
    while sendFailure == nil {
      let before = encrypted.count - encryptedSent
      sendFailure = flush(socket, session)
      let left = encrypted.count - encryptedSent
      if left < before { lastActivity = now }
      // A full socket holds the rest back, so that a large body is not encrypted ahead of time.
      guard sendFailure == nil, left == 0, sentCount < unsent.count else { return }
      do throws(TLSFailure) {
        let taken = try session.write(unsent, from: sentCount)
        encryptingWaits = taken == 0
        guard taken > 0 else { return }
        sentCount += taken
      } catch { throw .tls(error.words) }
      exchange?.mayHaveReachedServer = true
      lastActivity = now
    }
  }

  /// Reads until the socket is empty or the response complete.
  private func receiveSome(
    _ socket: Socket, _ session: TLSSession?, now: UInt64, buffer: inout [UInt8]
  ) throws(HTTPFailure.Reason) -> Bool {
    // Other connections have their turn after this many reads.
    for _ in 0..<16 {
      switch socket.receive(into: &buffer) {
      case .blocked: return false
      case .bytes(let count):
        lastActivity = now
        if let session {
          do throws(TLSFailure) { try session.receive(buffer[..<count]) } catch {
            throw .tls(error.words)
          }
          if try decrypt(session, buffer: &buffer) { return true }
        } else {
          try parser.consume(buffer[..<count])
          if parser.isDone { return true }
        }
      case .end:
        if sendFailure?.isReset == true, parser.received == 0 { throw .reset }
        try parser.end(clean: session == nil)
        return parser.isDone
      case .failed(let code): throw reason(of: SystemFailure(call: "recv", code: code))
      }
    }
    return false
  }

  /// Feeds the parser with all that can be decrypted; true when the response is complete.
  private func decrypt(
    _ session: TLSSession, buffer: inout [UInt8]
  ) throws(HTTPFailure.Reason) -> Bool {
    while true {
      let reading: TLSSession.Reading
      do throws(TLSFailure) { reading = try session.read(into: &buffer) } catch {
        throw .tls(error.words)
      }
      switch reading {
      case .bytes(let count):
        try parser.consume(buffer[..<count])
      case .needsInput: return parser.isDone
      case .closed:
        try parser.end(clean: true)
        return parser.isDone
      }
    }
  }

  /// Gives the socket what is encrypted; a failure is returned.
  private func flush(_ socket: Socket, _ session: TLSSession) -> SystemFailure? {
    session.takeOutput(into: &encrypted)
    while encryptedSent < encrypted.count {
      switch socket.send(encrypted, from: encryptedSent) {
      case .bytes(let count): encryptedSent += count
      case .failed(let code): return SystemFailure(call: "send", code: code)
      case .blocked, .end: return nil
      }
    }
    encrypted.removeAll(keepingCapacity: true)
    encryptedSent = 0
    return nil
  }

  private func reason(of failure: SystemFailure) -> HTTPFailure.Reason {
    if failure.isReset { return .reset }
    return .system(call: failure.call, failure.words)
  }
}
