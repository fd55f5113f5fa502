// From where files may come, and how patiently they are asked for.
package import HTTPClient

/// The rules of one downloader.
package struct DownloadPolicy: Sendable {
  /// Where the hub is unless HF_ENDPOINT says otherwise.
  package static let publicHub = "https://huggingface.co"
  /// Where the hub serves rows.
  package static let publicRows = "https://datasets-server.huggingface.co"

  /// No socket is opened and no name resolved; only what is cached can be had.
  package var isOffline = false
  /// Places that are asked first, in order: a URL that begins with `from` begins with `to` there.
  package var mirrors: [(from: String, to: String)] = []
  /// What stands for `https://huggingface.co` at the beginning of a URL (HF_ENDPOINT).
  package var hubEndpoint = Self.publicHub
  /// Who asks, for sets that are gated.
  package var hubToken: HubToken?
  /// Where rows are asked for.
  package var hubRowsEndpoint = Self.publicRows
  /// How servers prove who they are.
  package var tls = TLSOptions()
  /// How often a source is asked before it is given up; bytes that came since the last try begin the count anew.
  package var attempts = 5
  /// The longest pause before the second try; it doubles for each further one, up to a minute.
  package var firstPauseNanoseconds: UInt64 = 1_000_000_000
  /// The bounds of each connection.
  package var limits = Self.patientLimits

  /// The defaults above.
  package init() {}

  /// A large file may take days; a minute of silence is a broken line.
  private static var patientLimits: HTTPLimits {
    var limits = HTTPLimits()
    limits.connections = 1
    limits.connectTimeout = 20_000_000_000
    limits.idleTimeout = 60_000_000_000
    limits.totalTimeout = .max
    return limits
  }
}

/// An access token of the hub; nothing that prints or reflects shows it.
package struct HubToken: Equatable, Sendable {
  let value: String

  /// Takes the value of HF_TOKEN without the blanks around it; nil when nothing is left.
  package init?(_ text: String?) {
    let isBlank = { (character: Character) in character.isWhitespace }
    guard var rest = text?[...].drop(while: isBlank) else { return nil }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    if rest.isEmpty { return nil }
    value = String(rest)
  }
}

extension HubToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Never the token.
  package var description: String { "a token" }
  /// Never the token.
  package var debugDescription: String { description }
  /// Nothing.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

// MARK: Where a URL leads

/// One place where a file may be.
struct Source {
  var address: WebAddress
  /// Another place is asked after this one.
  var isMirror: Bool
}

extension DownloadPolicy {
  /// The places to ask for a URL: the mirrors in order, then itself.
  func sources(of url: String) throws(DownloadError) -> [Source] {
    var sources: [Source] = []
    for mirror in mirrors {
      guard let moved = moved(url, from: mirror.from, to: mirror.to) else { continue }
      sources.append(Source(address: try WebAddress(checking: onHub(moved)), isMirror: true))
    }
    return sources + [Source(address: try WebAddress(checking: onHub(url)), isMirror: false)]
  }

  /// Whether the token may be shown to this server, provided that no redirect led to it.
  func trusts(_ origin: Endpoint) -> Bool {
    // A private hub's token is not for the public one's servers.
    let rows = hubEndpoint == Self.publicHub ? [Self.publicRows] : []
    return ([hubEndpoint] + rows).contains { (try? WebAddress($0))?.origin == origin }
  }

  /// Whether this server speaks for the hub: its refusals mean what the hub's mean.
  func isHub(_ origin: Endpoint) -> Bool {
    [hubEndpoint, hubRowsEndpoint].contains { (try? WebAddress($0))?.origin == origin }
  }

  private func onHub(_ url: String) -> String {
    moved(url, from: Self.publicHub, to: hubEndpoint) ?? url
  }

  /// The URL with another beginning; nil when it does not begin so.
  private func moved(_ url: String, from: String, to: String) -> String? {
    guard !from.isEmpty, url.hasPrefix(from) else { return nil }
    let rest = url.dropFirst(from.count)
    // A beginning that ends with the host does not match a longer host; a scheme alone matches all hosts.
    let path = from.firstRange(of: "://").map { from[$0.upperBound...] } ?? from[...]
    if !path.isEmpty, !path.contains("/"), let next = rest.first, !"/?#".contains(next) {
      return nil
    }
    guard to.hasSuffix("/"), rest.hasPrefix("/") else { return to + rest }
    return to + rest.dropFirst()
  }
}
