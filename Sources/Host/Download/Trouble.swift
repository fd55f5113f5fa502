// One try that failed: what the user would be told, and whether another try makes sense.
internal import HTTPClient
internal import JSONFormat

/// A failed try.
struct Trouble: Error, Equatable {
  /// What another try is worth.
  enum Retry: Equatable {
    /// It would fail the same way.
    case never
    /// It may help.
    case soon
    /// The server has asked for so many nanoseconds of quiet.
    case after(UInt64)
  }

  /// What is said if this was the last try.
  var error: DownloadError
  var retry: Retry
}

// MARK: No response

extension Trouble {
  /// A request without a response.
  init(_ failure: HTTPFailure, at address: WebAddress) {
    var retry = Retry.soon
    var kind = DownloadError.Kind.network
    var advice = "check the network and run the same command again; what has come is kept"
    switch failure.reason {
    case .tls(let words) where words.contains("certificate") || words.contains("libssl"):
      // A certificate does not become better by waiting.
      retry = .never
      advice = "check the machine's clock, its certificates (ca-certificates) and libssl3"
    case .malformed, .tooLarge, .cancelled:
      retry = .never
      kind = .server
      advice = "check that the URL is right and not answered by a login page or a proxy"
    case .resolve, .connectRefused, .connect, .connectTimeout, .handshakeTimeout, .tls, .reset,
      .closedBeforeResponse, .closedInBody, .timeout, .system:
      break
    }
    self.init(
      error: DownloadError(kind, at: address.shown, "\(failure)", advice: advice), retry: retry)
  }
}

// MARK: A response without the file

extension Trouble {
  /// A response whose status is not that of a file.
  ///
  /// `asked` is the address before all redirects: what a refusal means depends on whom we asked.
  init(_ reply: Reply, asked: WebAddress, policy: DownloadPolicy) {
    let status = reply.response.status
    let said = Self.words(of: reply.response, hiding: policy.hubToken)
    let problem = "the server answers \(status)" + (said.map { " (\($0))" } ?? "")
    var kind = DownloadError.Kind.server
    var retry = Retry.never
    var advice = "check that the URL is right"
    switch status {
    case 401, 403:
      (kind, advice) = Self.refusal(asked, policy)
    case 404, 410:
      kind = .notFound
      advice = "the file is gone, or the name or the revision is wrong"
    case 408, 429,
      500...599 where status != 501 && status != 505:
      kind = .network
      retry = Self.requestedPause(reply.response.headers).map { .after($0) } ?? .soon
      advice =
        "the server is busy or broken: run the same command again later; what has come is kept"
    default: break
    }
    self.init(
      error: DownloadError(kind, at: reply.address.shown, problem, advice: advice), retry: retry)
  }

  /// What to do about a 401 or 403.
  private static func refusal(
    _ asked: WebAddress, _ policy: DownloadPolicy
  ) -> (DownloadError.Kind, String) {
    guard policy.isHub(asked.origin) else {
      return (
        .server, "the server lets only some in: fetch the file by hand, or use another source"
      )
    }
    let names = policy.hubToken == nil ? "set HF_TOKEN" : "use an HF_TOKEN that may read it"
    return (
      .gated,
      "the set is gated, or its name is wrong: accept its terms on \(page(of: asked)) and \(names)"
    )
  }

  /// Where a person sees the set.
  private static func page(of asked: WebAddress) -> String {
    if let query = asked.target.firstRange(of: "dataset=") {
      let name = asked.target[query.upperBound...].prefix { $0 != "&" }
      return
        "\(DownloadPolicy.publicHub)/datasets/\(name.split(separator: "%2F").joined(separator: "/"))"
    }
    let parts = asked.target.split(separator: "/").prefix { $0 != "resolve" && $0 != "raw" }
    return ([DownloadPolicy.publicHub[...]] + parts).joined(separator: "/")
  }

  /// What the server says about it: a field of the hub's, or `error` of a JSON body.
  private static func words(of response: HTTPResponse, hiding token: HubToken?) -> String? {
    var said = response.headers.first("X-Error-Message")
    if said == nil, response.body.count <= 1 << 16 {
      // Most bodies are pages for people; only JSON is worth showing.
      said = (try? JSONValue.parse(response.body))?["error"]?.string
    }
    guard let said, !said.isEmpty else { return nil }
    // A server may send back what it was sent.
    if let token, said.contains(token.value) { return nil }
    return said.count <= 200 ? said : said.prefix(200) + "..."
  }

  /// The quiet that the server asks for, in nanoseconds.
  private static func requestedPause(_ headers: HTTPHeaders) -> UInt64? {
    var seconds: Int?
    if let text = headers.first("Retry-After") {
      seconds = Int(text)
      if seconds == nil, let end = HTTPDate.seconds(text) {
        seconds = max(0, end - wallSeconds())
      }
    } else if let limit = headers.first("RateLimit") {
      // The hub: `"resolvers";r=0;t=42`, where t is the number of seconds until the next ones are allowed.
      let part = limit.split(separator: ";").first { $0.hasPrefix("t=") }
      seconds = part.flatMap { Int($0.dropFirst(2)) }
    }
    guard let seconds, seconds >= 0 else { return nil }
    return UInt64(min(seconds, 1 << 32)) * 1_000_000_000
  }
}
