// Where a server is: the parts of an http or https URL, each checked.
#if canImport(Glibc)
internal import Glibc
#endif

/// A server and the path under which its own paths lie.
package struct Endpoint: Hashable, Sendable {
  /// How the bytes travel.
  package enum Scheme: String, Sendable {
    case http
    case https
  }

  /// How the bytes travel.
  package let scheme: Scheme
  /// A name, an IPv4 address, or an IPv6 address without its brackets; lower case.
  package let host: String
  /// 1...65535; 80 or 443 when the URL names none.
  package let port: UInt16
  /// Begins with `/`, has no trailing `/` and may be empty: `http://h/v1/` has the path `/v1`.
  package let path: String
  /// What follows `?`, without it; nil when there is none.
  package let query: String?
  /// The host is an address, not a name.
  package let hostIsAddress: Bool

  /// Takes a URL such as `https://api.example.com/v1` or `http://[::1]:8000` apart.
  ///
  /// User names and passwords in the URL, fragments, spaces and bytes outside ASCII are refused.
  package init(_ url: String) throws(EndpointError) {
    let bytes = Array(url.utf8)
    guard bytes.count <= 4096 else { throw EndpointError("it is longer than 4096 bytes") }
    guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw EndpointError(
        "it holds a space, a control character or one outside ASCII; percent-encode it")
    }
    guard let colon = url.firstRange(of: "://") else {
      throw EndpointError("it does not begin with http:// or https://")
    }
    guard let scheme = Scheme(rawValue: url[..<colon.lowerBound].lowercased()) else {
      throw EndpointError("its scheme is neither http nor https")
    }
    let rest = url[colon.upperBound...]
    let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    let authority = rest[..<authorityEnd]
    guard !authority.contains("@") else {
      throw EndpointError("it holds a user name or password; give keys by another way")
    }
    let target = rest[authorityEnd...]
    guard !target.contains("#") else { throw EndpointError("it holds a fragment (#)") }
    let question = target.firstIndex(of: "?") ?? target.endIndex
    let path = target[..<question]
    guard isTarget(path) else {
      throw EndpointError("its path holds a character that a URL may not hold")
    }
    let query = question == target.endIndex ? nil : target[target.index(after: question)...]
    guard query.map(isTarget) ?? true else {
      throw EndpointError("its query holds a character that a URL may not hold")
    }
    let (host, port) = try Self.split(authority)
    self.scheme = scheme
    (self.host, self.hostIsAddress) = try Self.checked(host)
    self.port = try port.map(Self.number) ?? (scheme == .http ? 80 : 443)
    self.path = String(path.last == "/" ? path.dropLast() : path)
    self.query = query.map(String.init)
  }

  /// The path of a request below this endpoint, with the endpoint's query.
  ///
  /// `http://h/v1?k=1` and `/chat/completions` give `/v1/chat/completions?k=1`.
  package func target(_ below: String) -> String {
    let joined = path + (below.isEmpty || below.hasPrefix("/") ? below : "/" + below)
    return (joined.isEmpty ? "/" : joined) + (query.map { "?" + $0 } ?? "")
  }

  /// What the Host field says: the port is left out where it is the scheme's own.
  package var hostField: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (scheme == .http ? 80 : 443) ? name : "\(name):\(port)"
  }

  /// Splits `host`, `host:port`, `[v6]` and `[v6]:port`.
  private static func split(_ authority: Substring) throws(EndpointError) -> (Substring, Substring?)
  {
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { throw EndpointError("a ] is missing") }
      let host = authority[...end]
      let rest = authority[authority.index(after: end)...]
      if rest.isEmpty { return (host, nil) }
      guard rest.hasPrefix(":") else { throw EndpointError("something other than :port follows ]") }
      return (host, rest.dropFirst())
    }
    let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
    switch parts.count {
    case 1: return (parts[0], nil)
    case 2: return (parts[0], parts[1])
    default: throw EndpointError("its host holds more than one colon; write an IPv6 address in []")
    }
  }

  private static func number(_ text: Substring) throws(EndpointError) -> UInt16 {
    guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), text.utf8.count <= 5,
      let port = UInt16(text), port > 0
    else { throw EndpointError("its port is not a number from 1 to 65535") }
    return port
  }

  /// The host in lower case, and whether it is an address.
  private static func checked(_ host: Substring) throws(EndpointError) -> (String, Bool) {
    if host.hasPrefix("[") {
      let inner = String(host.dropFirst().dropLast())
      guard !inner.contains("%") else { throw EndpointError("an IPv6 zone (%) is not supported") }
      var address = in6_addr()
      guard inet_pton(AF_INET6, inner, &address) == 1 else {
        throw EndpointError("what stands in [] is not an IPv6 address")
      }
      return (inner.lowercased(), true)
    }
    guard !host.isEmpty else { throw EndpointError("it names no host") }
    guard host.utf8.count <= 253 else { throw EndpointError("its host is longer than 253 bytes") }
    let name = host.lowercased()
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    // A name may end in one dot, which says that it is complete.
    let filled = labels.last == "" ? labels.dropLast() : labels[...]
    for label in filled {
      guard !label.isEmpty, label.utf8.count <= 63 else {
        throw EndpointError("its host has an empty or too long label")
      }
      guard label.utf8.allSatisfy(isHostByte), label.first != "-", label.last != "-" else {
        throw EndpointError("its host holds a character that a host name may not hold")
      }
    }
    // getaddrinfo would read 127.1 or 0x7f.1 as an address of its own taste.
    if let last = filled.last, last.utf8.first.map(isDigit) == true,
      last.hasPrefix("0x") || last.utf8.allSatisfy(isDigit)
    {
      var address = in_addr()
      guard inet_pton(AF_INET, name, &address) == 1 else {
        throw EndpointError("its host looks like an IPv4 address but is none")
      }
      return (name, true)
    }
    return (name, false)
  }
}

extension Endpoint: CustomStringConvertible {
  /// The URL without its query, which may hold a key.
  package var description: String { "\(scheme.rawValue)://\(hostField)\(path)" }
}

/// A URL that is not an endpoint; it never quotes the URL, which may hold a key.
package struct EndpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, as the second half of a sentence about the URL.
  package let problem: String

  init(_ problem: String) { self.problem = problem }

  /// One line.
  package var description: String {
    "the URL cannot be used: \(problem). Write it like http://127.0.0.1:8000/v1"
  }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

private func isHostByte(_ byte: UInt8) -> Bool {
  isDigit(byte) || (byte >= 0x61 && byte <= 0x7A) || byte == UInt8(ascii: "-")
    || byte == UInt8(ascii: "_")
}

/// True for what RFC 3986 allows in a path or a query; `%` only before two hexadecimal digits.
func isTarget(_ text: Substring) -> Bool {
  let bytes = Array(text.utf8)
  for (index, byte) in bytes.enumerated() {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: continue
    case UInt8(ascii: "%"):
      guard index + 2 < bytes.count, isHexadecimal(bytes[index + 1]),
        isHexadecimal(bytes[index + 2])
      else { return false }
    default: guard "-._~!$&'()*+,;=:@/?".utf8.contains(byte) else { return false }
    }
  }
  return true
}

func isHexadecimal(_ byte: UInt8) -> Bool { hexadecimalValue(byte) != nil }

/// The value of one hexadecimal digit.
func hexadecimalValue(_ byte: UInt8) -> UInt64? {
  switch byte {
  case 0x30...0x39: UInt64(byte - 0x30)
  case 0x41...0x46: UInt64(byte - 0x41 + 10)
  case 0x61...0x66: UInt64(byte - 0x61 + 10)
  default: nil
  }
}
