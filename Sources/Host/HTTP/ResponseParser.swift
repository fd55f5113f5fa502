// The bytes of a response become a response, in whatever pieces they come (RFC 9112).
//
// What the parser refuses, because another reader could see another message in it:
// - lines that end in a bare LF, a bare CR or a NUL inside a line (policy: only CRLF ends a line);
// - fields folded over two lines, blanks before the colon, names that are no tokens;
// - Content-Length beside Transfer-Encoding, two different lengths, lengths that are not just digits;
// - any transfer coding but `chunked`, once; chunk sizes that are not 1 to 16 hexadecimal digits.
// A body that the length does not cover is not part of the response: the rest makes the connection unusable.

/// Reads one response, interim responses before it included.
package struct ResponseParser {
  private enum Phase {
    case statusLine
    case fields
    case body(remaining: Int)
    case untilClose
    case chunkSize
    case chunkData(remaining: Int)
    case chunkEnd
    case trailers
    case done
  }

  private var phase = Phase.statusLine
  private var line: [UInt8] = []
  private var head = ResponseHead()
  private var trailers = HTTPHeaders()
  private var body: [UInt8] = []
  /// Bytes of the body so far, whoever has them.
  private var bodyCount = 0
  /// The receiver takes the body.
  private var isReceived = false
  private var headUsed = 0
  private let headLimit: Int
  private let receiver: HTTPBodyReceiver?
  private var bodyLimit: Int

  /// Bytes that came for this response, in all.
  package private(set) var received = 0
  /// The server will not take another request on this connection, or must not be given one.
  package private(set) var mustClose = false

  /// A parser that has seen nothing.
  package init(headLimit: Int, bodyLimit: Int, receiver: HTTPBodyReceiver? = nil) {
    self.headLimit = headLimit
    self.bodyLimit = bodyLimit
    self.receiver = receiver
  }

  /// The response is complete.
  package var isDone: Bool { if case .done = phase { true } else { false } }

  /// The response; meaningful when `isDone`.
  package mutating func take() -> HTTPResponse {
    let response = HTTPResponse(
      status: head.status, headers: head.fields, body: body, trailers: trailers)
    body = []
    return response
  }

  /// Reads the next bytes; those after the end of the response are not read and make `mustClose` true.
  package mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HTTPFailure.Reason) {
    received += bytes.count
    var rest = bytes
    while !rest.isEmpty {
      switch phase {
      case .body(let remaining):
        try take(&rest, upTo: remaining)
        phase = remaining == bytesTaken ? .done : .body(remaining: remaining - bytesTaken)
      case .untilClose:
        guard rest.count <= bodyLimit - bodyCount else { throw .tooLarge(.body, limit: bodyLimit) }
        try take(&rest, upTo: rest.count)
      case .chunkData(let remaining):
        try take(&rest, upTo: remaining)
        phase = remaining == bytesTaken ? .chunkEnd : .chunkData(remaining: remaining - bytesTaken)
      case .done:
        mustClose = true
        return
      case .statusLine, .fields, .chunkSize, .chunkEnd, .trailers:
        if try takeLine(&rest) { try endLine() }
      }
    }
  }

  /// Takes note that no more bytes come; `clean` is false when TLS did not end as it must.
  package mutating func end(clean: Bool) throws(HTTPFailure.Reason) {
    mustClose = true
    switch phase {
    case .done: return
    case .statusLine, .fields: throw .closedBeforeResponse(received: received)
    case .body(let remaining):
      throw .closedInBody(received: bodyCount, of: bodyCount + remaining)
    case .untilClose where clean: phase = .done
    case .untilClose, .chunkSize, .chunkData, .chunkEnd, .trailers:
      throw .closedInBody(received: bodyCount, of: nil)
    }
  }

  private var bytesTaken = 0

  /// Moves up to `count` bytes into the body or to the receiver; `bytesTaken` says how many.
  private mutating func take(
    _ rest: inout ArraySlice<UInt8>, upTo count: Int
  ) throws(HTTPFailure.Reason) {
    bytesTaken = min(count, rest.count)
    bodyCount += bytesTaken
    if isReceived {
      guard receiver?.piece(rest.prefix(bytesTaken)) == true else { throw .cancelled }
    } else {
      body.append(contentsOf: rest.prefix(bytesTaken))
    }
    rest = rest.dropFirst(bytesTaken)
  }

  // MARK: Lines

  /// Collects a line without its CRLF; false when its end has not come.
  private mutating func takeLine(_ rest: inout ArraySlice<UInt8>) throws(HTTPFailure.Reason) -> Bool
  {
    let newline = rest.firstIndex(of: 0x0A)
    let piece = rest[..<(newline ?? rest.endIndex)]
    let used = piece.count + (newline == nil ? 0 : 1)
    switch phase {
    case .chunkSize, .chunkEnd:
      guard line.count + used <= Self.chunkLineLimit else {
        throw .malformed("a chunk size line is longer than \(Self.chunkLineLimit) bytes")
      }
    default:
      headUsed += used
      guard headUsed <= headLimit else { throw .tooLarge(.head, limit: headLimit) }
    }
    if case .statusLine = phase, line.count < 5 { try checkStart(line + piece.prefix(5)) }
    line.append(contentsOf: piece)
    guard let newline else {
      rest = rest[rest.endIndex...]
      return false
    }
    rest = rest[(newline + 1)...]
    guard line.last == 0x0D else { throw .malformed("a line ends with a bare LF") }
    line.removeLast()
    guard !line.contains(where: { $0 == 0x0D || $0 == 0 }) else {
      throw .malformed("a line holds a bare CR or a NUL")
    }
    return true
  }

  private static let chunkLineLimit = 1024

  /// Refuses at once what cannot become a status line, so that a wrong protocol is not waited for.
  private func checkStart(_ start: [UInt8]) throws(HTTPFailure.Reason) {
    guard !zip(start, "HTTP/".utf8).contains(where: { $0 != $1 }) else {
      // The bytes themselves are not shown: a server may send back what it was sent.
      switch start.first {
      case 0x15, 0x16: throw .malformed("it is TLS; does the URL need https?")
      case 0x00: throw .malformed("it looks like HTTP/2")
      case UInt8(ascii: "S") where start.starts(with: "SSH-".utf8): throw .malformed("it is SSH")
      default: throw .malformed("it does not begin with HTTP/")
      }
    }
  }

  /// Acts on a complete line.
  private mutating func endLine() throws(HTTPFailure.Reason) {
    defer { line.removeAll(keepingCapacity: true) }
    switch phase {
    case .statusLine:
      head = try ResponseHead(statusLine: line)
      phase = .fields
    case .fields:
      if line.isEmpty { try endHead() } else { try readField(line, into: &head.fields) }
    case .chunkSize:
      let size = try chunkSize(line)
      guard size <= bodyLimit - bodyCount else { throw .tooLarge(.body, limit: bodyLimit) }
      phase = size == 0 ? .trailers : .chunkData(remaining: size)
    case .chunkEnd:
      guard line.isEmpty else { throw .malformed("a chunk is longer than its size says") }
      phase = .chunkSize
    case .trailers:
      if line.isEmpty { phase = .done } else { try readField(line, into: &trailers) }
    case .body, .untilClose, .chunkData, .done: break
    }
  }

  /// Decides how the body ends.
  private mutating func endHead() throws(HTTPFailure.Reason) {
    guard head.status != 101 else {
      throw .malformed("it switches protocols, which was not asked for")
    }
    if head.status < 200 {
      phase = .statusLine
      return
    }
    mustClose = head.saysClose
    let framing = try head.framing()
    try askReceiver()
    if head.status == 204 || head.status == 304 {
      // A body that must not be there is not waited for; whether one follows cannot be known.
      if head.status == 204, framing != .length(0), framing != .untilClose { mustClose = true }
      phase = .done
      return
    }
    switch framing {
    case .length(let count):
      guard count <= bodyLimit else { throw .tooLarge(.body, limit: bodyLimit) }
      // A server's word alone reserves no more than this.
      if !isReceived { body.reserveCapacity(min(count, 1 << 20)) }
      phase = count == 0 ? .done : .body(remaining: count)
    case .chunked: phase = .chunkSize
    case .untilClose:
      mustClose = true
      phase = .untilClose
    }
  }

  /// Lets the receiver decide who takes the body.
  private mutating func askReceiver() throws(HTTPFailure.Reason) {
    switch receiver?.head(HTTPResponse(status: head.status, headers: head.fields)) {
    case nil, .collect: return
    case .receive:
      isReceived = true
      // All but Int.max, which stands for a length that no Int can hold.
      bodyLimit = .max - 1
    case .refuse: throw .cancelled
    }
  }
}

/// The size of a chunk; extensions after `;` are skipped.
private func chunkSize(_ line: [UInt8]) throws(HTTPFailure.Reason) -> Int {
  let digits = line.prefix { isHexadecimal($0) }
  let rest = line[digits.endIndex...].drop { $0 == 0x20 || $0 == 0x09 }
  guard (1...16).contains(digits.count), rest.isEmpty || rest.first == UInt8(ascii: ";") else {
    throw .malformed("a chunk size is not 1 to 16 hexadecimal digits")
  }
  var size: UInt64 = 0
  for digit in digits { size = size << 4 | (hexadecimalValue(digit) ?? 0) }
  guard let size = Int(exactly: size) else { throw .malformed("a chunk size is over 2^63") }
  return size
}

/// Reads one `name: value` line.
private func readField(
  _ line: [UInt8], into fields: inout HTTPHeaders
) throws(HTTPFailure.Reason) {
  guard line[0] != 0x20, line[0] != 0x09 else {
    throw .malformed("a header field is folded over two lines")
  }
  guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
    throw .malformed("a header line holds no colon")
  }
  guard colon > 0, line[..<colon].allSatisfy(isTokenByte) else {
    throw .malformed("a header name is empty or holds a character that it may not hold")
  }
  let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
  var value = line[(colon + 1)...].drop(while: isBlank)
  while let last = value.last, isBlank(last) { value.removeLast() }
  guard value.allSatisfy(isValueByte) else {
    throw .malformed("a header value holds a control character")
  }
  fields.append(
    received: String(decoding: line[..<colon], as: UTF8.self),
    String(decoding: value, as: UTF8.self))
}
