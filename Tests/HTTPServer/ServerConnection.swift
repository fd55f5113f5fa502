// What one connection's thread does: read a request, follow its script, again.

/// Serves one accepted socket until it ends.
struct ServerConnection {
  let stream: ServerStream
  let core: ServerCore
  /// Counts connections from 0.
  let number: Int
  private var waiting: [UInt8] = []

  init(_ stream: ServerStream, _ core: ServerCore, number: Int) {
    self.stream = stream
    self.core = core
    self.number = number
  }

  /// Returns when the connection is to be closed.
  mutating func serve() {
    if let greeting = core.greet(number), !follow(greeting) { return }
    var index = 0
    while let request = readRequest(index: index) {
      index += 1
      guard follow(core.answer(request)) else { return }
    }
  }

  /// False when the connection is over.
  private func follow(_ reply: ServerReply) -> Bool {
    for step in reply.steps {
      switch step {
      case .send(let bytes):
        guard stream.write(bytes) else { return false }
      case .drip(let bytes, let piece, let pause):
        for start in stride(from: 0, to: bytes.count, by: max(1, piece)) {
          let end = min(bytes.count, start + max(1, piece))
          guard stream.write(Array(bytes[start..<end])), core.pause(milliseconds: pause) else {
            return false
          }
        }
      case .pause(let milliseconds):
        guard core.pause(milliseconds: milliseconds) else { return false }
      case .halfClose: stream.endWriting()
      case .close:
        stream.sayGoodbye()
        return false
      case .cut: return false
      case .reset:
        stream.makeCloseAReset()
        return false
      case .hang:
        stream.waitForTheEnd()
        return false
      }
    }
    return true
  }

  /// The next request; nil when none comes any more or it is not one.
  private mutating func readRequest(index: Int) -> ReceivedRequest? {
    let ending = Array("\r\n\r\n".utf8)
    var searched = 0
    var headEnd: Int?
    while headEnd == nil {
      while searched + 4 <= waiting.count {
        if waiting[searched..<(searched + 4)].elementsEqual(ending) {
          headEnd = searched
          break
        }
        searched += 1
      }
      if headEnd == nil, !readMore() { return nil }
    }
    guard let headEnd else { return nil }
    let lines = String(decoding: waiting[..<headEnd], as: UTF8.self).split(separator: "\r\n")
    guard let first = lines.first?.split(separator: " "), first.count == 3 else { return nil }
    let headers = lines.dropFirst().map { line -> (name: String, value: String) in
      let name = line.prefix { $0 != ":" }
      return (String(name), String(line.dropFirst(name.count + 1).drop { $0 == " " }))
    }
    let length = headers.first { $0.name.lowercased() == "content-length" }
      .flatMap { Int($0.value) }
    let end = headEnd + 4 + (length ?? 0)
    while waiting.count < end { guard readMore() else { return nil } }
    let body = Array(waiting[(headEnd + 4)..<end])
    waiting.removeFirst(end)
    return core.record(
      ReceivedRequest(
        number: 0, connection: number, indexOnConnection: index, method: String(first[0]),
        target: String(first[1]), headers: headers, body: body))
  }

  private mutating func readMore() -> Bool {
    let more = stream.read()
    waiting += more
    return !more.isEmpty
  }
}
