// A URL as far as fetching needs it: a server, and what to ask it for (RFC 3986).
internal import HTTPClient
internal import Posix

/// Where a file is.
struct WebAddress: Equatable {
  /// The server, without a path.
  let origin: Endpoint
  /// Path and query as they travel.
  let target: String

  /// Takes a URL apart; a fragment, which is for readers, is dropped.
  init(_ url: String) throws(EndpointError) {
    let whole = url.prefix { $0 != "#" }
    let parts = try Endpoint(String(whole))
    origin = try Endpoint("\(parts.scheme.rawValue)://\(parts.hostField)")
    let start = whole.firstRange(of: "://")?.upperBound ?? whole.startIndex
    let target = whole[start...].drop { $0 != "/" && $0 != "?" }
    self.target = target.hasPrefix("/") ? String(target) : "/" + target
  }

  /// The same for a URL that somebody wrote.
  init(checking url: String) throws(DownloadError) {
    do throws(EndpointError) { try self.init(url) } catch {
      // What stands before an @ may be a password.
      let shown = url.prefix { $0 != "?" }.split(separator: "@").last ?? "(an empty URL)"
      throw DownloadError(
        .unusable, at: String(shown), error.problem,
        advice: "write a URL like https://example.org/file.jsonl")
    }
  }

  /// The URL.
  var text: String { origin.description + target }

  /// The URL without its query, which may hold a key.
  var shown: String { origin.description + target.prefix { $0 != "?" } }

  /// Where a Location field leads from here.
  func following(_ location: String) throws(EndpointError) -> WebAddress {
    let place = Self.escaped(location.prefix { $0 != "#" })
    let scheme = place.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    if scheme.first?.isLetter == true, place.dropFirst(scheme.count).hasPrefix(":") {
      return try WebAddress(place)
    }
    if place.hasPrefix("//") { return try WebAddress("\(origin.scheme.rawValue):\(place)") }
    let path = target.prefix { $0 != "?" }
    if place.isEmpty { return self }
    if place.hasPrefix("?") { return try WebAddress(origin.description + path + place) }
    let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    return try WebAddress(
      origin.description + Self.withoutDots(place.hasPrefix("/") ? place : "\(folder)/\(place)"))
  }

  /// Without `.` and `..` in its path.
  private static func withoutDots(_ target: String) -> String {
    let path = target.prefix { $0 != "?" }
    var kept: [Substring] = []
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for segment in segments where segment != "." {
      if segment == ".." { _ = kept.popLast() } else { kept.append(segment) }
    }
    if segments.last == "." || segments.last == ".." { kept.append("") }
    return "/" + kept.joined(separator: "/") + target.dropFirst(path.count)
  }

  /// With what servers write although a URL may not hold it percent-encoded.
  private static func escaped(_ text: Substring) -> String {
    percentEncoded(text) { $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }
  }
}

/// A value as it may stand in a query.
func queryEncoded(_ text: String) -> String {
  percentEncoded(text[...]) { byte in
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-._~".utf8.contains(byte)
    }
  }
}

private func percentEncoded(_ text: Substring, unless isPlain: (UInt8) -> Bool) -> String {
  var bytes: [UInt8] = []
  let digits = Array("0123456789ABCDEF".utf8)
  for byte in text.utf8 {
    if isPlain(byte) {
      bytes.append(byte)
    } else {
      bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// Where the bytes in the cache came from, as it may be written down: without the values of a query.
struct Origin: Equatable {
  var url: String
  /// Tells two queries apart without keeping one; nil without a query.
  var queryDigest: String?

  init(url: String, queryDigest: String?) {
    self.url = url
    self.queryDigest = queryDigest
  }

  /// Of a URL whose query may hold a key.
  init(_ url: String) {
    let shown = url.prefix { $0 != "?" }
    self.url = String(shown)
    guard shown.count < url.count else { return }
    var digest = SHA256()
    digest.update(field: String(url.dropFirst(shown.count)))
    queryDigest = digest.finish().hex
  }
}
