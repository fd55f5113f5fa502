// The client of one endpoint: which request travels on which connection, and when.
#if canImport(Glibc)
internal import Glibc
#endif

/// Sends many requests to one server over few connections, on the caller's thread.
///
/// Nothing happens between calls: `poll` does all sending and receiving. Owned by one thread (not
/// `Sendable`). Every started request ends in exactly one completion; what is unfinished when the client
/// goes is dropped, and all its connections are closed.
package final class HTTPClient {
  /// The server.
  package let endpoint: Endpoint
  /// The bounds.
  package let limits: HTTPLimits

  private let tls: TLSContext?
  private var lastID: UInt64 = 0
  /// All requests that have not ended.
  private var exchanges: [RequestID: Exchange] = [:]
  /// Those that wait for a connection, in order; cancelled ones stay in it until their turn.
  private var waiting = RequestQueue()
  private var finished: [HTTPCompletion] = []
  /// Connections that carry a request; each request knows its slot.
  private var active: [Connection] = []
  /// Connections that carry none; the one used last is at the end.
  private var idle: [Connection] = []
  private var addresses = Addresses.unknown
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)
  private var polled: [pollfd] = []

  private enum Addresses {
    case unknown
    case asked(NameLookup)
    case known([SocketAddress])
  }

  /// A client without connections yet.
  ///
  /// Throws `.tls` for https without OpenSSL or with a certificate file that cannot be read.
  package init(
    _ endpoint: Endpoint, limits: HTTPLimits = HTTPLimits(), tls: TLSOptions = TLSOptions()
  ) throws(HTTPFailure) {
    self.endpoint = endpoint
    self.limits = limits
    guard endpoint.scheme == .https else {
      self.tls = nil
      return
    }
    do throws(TLSFailure) {
      self.tls = try TLSContext(tls, host: endpoint.host, hostIsAddress: endpoint.hostIsAddress)
    } catch { throw HTTPFailure(.tls(error.words), mayHaveReachedServer: false) }
  }

  deinit {
    for connection in active + idle { connection.close() }
  }

  // MARK: The caller's side

  /// Requests whose completion `poll` has not returned yet.
  package var unfinished: Int { exchanges.count + finished.count }

  /// Queues a request; it is sent during `poll`.
  ///
  /// A receiver, if there is one, takes the response's body.
  package func start(
    _ request: HTTPRequest, receiver: HTTPBodyReceiver? = nil
  ) -> RequestID {
    lastID += 1
    let id = RequestID(number: lastID)
    exchanges[id] = Exchange(id, request, receiver, startedAt: monotonicNow())
    waiting.append(id)
    return id
  }

  /// Ends a request, whose completion then says `.cancelled`; false when it has ended before.
  @discardableResult
  package func cancel(_ id: RequestID) -> Bool {
    guard let exchange = exchanges[id] else { return false }
    if let slot = exchange.slot { remove(slot).close() }
    finish(exchange, .cancelled, at: monotonicNow())
    return true
  }

  /// Sends and receives until a request ends or the time is over; returns what has ended.
  ///
  /// 0 looks without waiting. Returns at once when nothing is unfinished.
  package func poll(timeoutNanoseconds: UInt64) -> [HTTPCompletion] {
    let end = after(monotonicNow(), timeoutNanoseconds)
    var now = monotonicNow()
    repeat {
      assignConnections(now: now)
      now = waitAndAdvance(until: finished.isEmpty ? end : now, now: now)
      expire(now: now)
      // What became free goes to work before the caller thinks about the answers.
      assignConnections(now: now)
    } while finished.isEmpty && !exchanges.isEmpty && now < end
    let ended = finished
    finished = []
    return ended
  }

  /// Closes the connections that no request uses.
  package func closeIdleConnections() {
    for connection in idle { connection.close() }
    idle = []
  }

  // MARK: Connections for requests

  private var connectionLimit: Int { max(1, limits.connections) }

  /// Gives waiting requests to idle connections, then to new ones, as far as the limit allows.
  private func assignConnections(now: UInt64) {
    closeExpired(now: now)
    while let exchange = nextWaiting() {
      if let connection = idleConnection() {
        waiting.removeFirst()
        assign(exchange, at: now)
        put(connection, exchange)
        follow(connection, connection.begin(exchange, now: now, buffer: &buffer), now: now)
      } else if active.count < connectionLimit {
        waiting.removeFirst()
        assign(exchange, at: now)
        open(for: exchange, now: now)
      } else {
        return
      }
    }
  }

  /// The first request that waits and has not been cancelled.
  private func nextWaiting() -> Exchange? {
    while let id = waiting.first {
      if let exchange = exchanges[id] { return exchange }
      waiting.removeFirst()
    }
    return nil
  }

  private func assign(_ exchange: Exchange, at now: UInt64) {
    exchange.assignedAt = now
    exchange.deadline = after(now, limits.totalTimeout)
  }

  /// The connection used last that is still good; those that the server has closed are dropped.
  private func idleConnection() -> Connection? {
    while let connection = idle.popLast() {
      if connection.isQuiet(buffer: &buffer) { return connection }
      connection.close()
    }
    return nil
  }

  /// How long an unused connection is kept as things are.
  private var keepAlive: UInt64 {
    active.contains(where: \.mayBeUnserved)
      ? min(limits.keepAlive, limits.contendedKeepAlive) : limits.keepAlive
  }

  private func closeExpired(now: UInt64) {
    guard !idle.isEmpty else { return }
    let span = keepAlive
    // The list is in the order of last use, so the expired ones are at its beginning.
    let expired = idle.prefix { after($0.idleSince, span) <= now }
    guard !expired.isEmpty else { return }
    for connection in expired { connection.close() }
    idle.removeFirst(expired.count)
  }

  private func open(for exchange: Exchange, now: UInt64) {
    let connection = Connection(
      for: exchange, hostField: endpoint.hostField, limits: limits, tls: tls, now: now)
    put(connection, exchange)
    switch addresses {
    case .known(let list):
      follow(connection, connection.dial(list, now: now, buffer: &buffer), now: now)
    case .asked: break
    case .unknown: lookUpHost(now: now)
    }
  }

  private func put(_ connection: Connection, _ exchange: Exchange) {
    exchange.slot = active.count
    active.append(connection)
  }

  /// Takes a connection out of the active ones; the last one moves into its slot.
  private func remove(_ slot: Int) -> Connection {
    let removed = active[slot]
    removed.exchange?.slot = nil
    let last = active.removeLast()
    if slot < active.count {
      active[slot] = last
      last.exchange?.slot = slot
    }
    return removed
  }

  // MARK: Addresses

  private func lookUpHost(now: UInt64) {
    if endpoint.hostIsAddress {
      answered(lookUp(host: endpoint.host, port: endpoint.port, isAddress: true), now: now)
      return
    }
    do throws(SystemFailure) {
      addresses = .asked(try NameLookup(host: endpoint.host, port: endpoint.port))
    } catch {
      failThoseWithoutAddress(.system(call: error.call, error.words), now: now)
    }
  }

  /// Goes on with the connections that wait for the resolver.
  private func answered(_ answer: LookupAnswer, now: UInt64) {
    switch answer {
    case .addresses(let list):
      addresses = .known(list)
      for connection in active.filter(\.needsAddresses) {
        follow(connection, connection.dial(list, now: now, buffer: &buffer), now: now)
      }
    case .failed(let words):
      addresses = .unknown
      failThoseWithoutAddress(.resolve(host: endpoint.host, words), now: now)
    }
  }

  private func failThoseWithoutAddress(_ reason: HTTPFailure.Reason, now: UInt64) {
    for connection in active.filter(\.needsAddresses) {
      follow(connection, .failed(reason), now: now)
    }
  }

  /// Remembers which address works, and asks again after none did.
  private func learn(from connection: Connection, _ reason: HTTPFailure.Reason?) {
    switch reason {
    case .connect, .connectRefused, .connectTimeout, .handshakeTimeout:
      if case .known = addresses { addresses = .unknown }
    default:
      guard let good = connection.address, case .known(let list) = addresses, list.first != good
      else { return }
      addresses = .known([good] + list.filter { $0 != good })
    }
  }

  // MARK: Time and descriptors

  /// Waits for the descriptors of all active connections and goes on with those that are ready.
  private func waitAndAdvance(until end: UInt64, now: UInt64) -> UInt64 {
    polled.removeAll(keepingCapacity: true)
    var watched: [Connection] = []
    watched.reserveCapacity(active.count)
    var wakeUp = exchanges.isEmpty ? now : end
    if let oldest = idle.first { wakeUp = min(wakeUp, after(oldest.idleSince, keepAlive)) }
    for connection in active {
      wakeUp = min(wakeUp, connection.deadline)
      guard let (descriptor, write) = connection.interest else { continue }
      let events = Int16(POLLIN) | (write ? Int16(POLLOUT) : 0)
      polled.append(pollfd(fd: descriptor, events: events, revents: 0))
      watched.append(connection)
    }
    var lookup: NameLookup?
    if case .asked(let asked) = addresses {
      lookup = asked
      polled.append(pollfd(fd: asked.descriptor, events: Int16(POLLIN), revents: 0))
    }
    guard wait(nanoseconds: wakeUp > now ? wakeUp - now : 0) else { return monotonicNow() }
    let woken = monotonicNow()
    for (slot, connection) in watched.enumerated() where polled[slot].revents != 0 {
      follow(connection, connection.advance(now: woken, buffer: &buffer), now: woken)
    }
    if let answer = lookup?.answer() { answered(answer, now: woken) }
    return woken
  }

  /// True when a descriptor is ready.
  private func wait(nanoseconds: UInt64) -> Bool {
    // Rounded up, so that a wait ends after its deadline and not just before it.
    let milliseconds = Int32(
      clamping: nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1))
    let count = nfds_t(polled.count)
    let ready = polled.withUnsafeMutableBufferPointer {
      Glibc.poll($0.baseAddress, count, milliseconds)
    }
    // Interrupted by a signal: the caller's loop looks at the time and waits again.
    return ready > 0
  }

  /// Ends what has taken too long.
  private func expire(now: UInt64) {
    for connection in active where connection.deadline <= now {
      follow(connection, connection.expire(now: now, buffer: &buffer), now: now)
    }
  }

  // MARK: Ends

  /// Acts on what became of a connection's exchange.
  private func follow(_ connection: Connection, _ step: Connection.Step, now: UInt64) {
    guard let exchange = connection.exchange, let slot = exchange.slot, active[slot] === connection
    else { return }
    switch step {
    case .working: return
    case .responded(let response, let reusable):
      learn(from: connection, nil)
      let connection = remove(slot)
      connection.release(now: now)
      if reusable { idle.append(connection) } else { connection.close() }
      exchanges[exchange.id] = nil
      finished.append(exchange.completed(.response(response), at: now))
    case .failed(let reason):
      learn(from: connection, reason)
      let connection = remove(slot)
      connection.close()
      if isStale(reason, on: connection), !exchange.wasRepeated {
        exchange.wasRepeated = true
        open(for: exchange, now: now)
      } else {
        finish(exchange, reason, at: now)
      }
    }
  }

  /// The server had closed the connection before it could see the request.
  private func isStale(_ reason: HTTPFailure.Reason, on connection: Connection) -> Bool {
    guard connection.wasStale else { return false }
    switch reason {
    case .reset, .closedBeforeResponse: return true
    default: return false
    }
  }

  private func finish(_ exchange: Exchange, _ reason: HTTPFailure.Reason, at now: UInt64) {
    exchanges[exchange.id] = nil
    let failure = HTTPFailure(reason, mayHaveReachedServer: exchange.mayHaveReachedServer)
    finished.append(exchange.completed(.failure(failure), at: now))
  }
}

/// Request numbers, first in, first out; each costs constant time on average.
private struct RequestQueue {
  private var ids: [RequestID] = []
  private var head = 0

  var first: RequestID? { head < ids.count ? ids[head] : nil }

  mutating func append(_ id: RequestID) { ids.append(id) }

  mutating func removeFirst() {
    head += 1
    // Half of the array is moved at most once per as many removals.
    if head >= 64, head * 2 >= ids.count {
      ids.removeFirst(head)
      head = 0
    }
  }
}
