// One GET with its redirects. Here alone requests leave, so here alone it is decided who sees the token.
internal import HTTPClient

/// The response at the end of the redirects.
struct Reply {
  var response: HTTPResponse
  /// Who sent it.
  var address: WebAddress
  /// The commit that a server on the way named; the hub names it before it redirects.
  var commit: String?
}

/// Keeps one connection to each server that it has spoken to.
final class Transport {
  private static let redirectLimit = 10

  private let policy: DownloadPolicy
  private var clients: [Endpoint: HTTPClient] = [:]

  /// Opens nothing yet.
  init(_ policy: DownloadPolicy) { self.policy = policy }

  /// Asks for a URL.
  ///
  /// `taker`, if there is one, decides about the last response alone; those that redirect are not shown to it.
  func get(
    _ asked: WebAddress, _ fields: [(name: String, value: String)] = [], taker: BodyTaker? = nil
  ) throws(Trouble) -> Reply {
    precondition(!policy.isOffline, "who is offline asks nobody")
    var address = asked
    var seen = [asked.text]
    var commit: String?
    var isTrusted = true
    while true {
      let response = try send(
        fields, to: address, withToken: isTrusted && policy.trusts(address.origin)
      ) { response in
        commit = commit ?? Self.commit(of: response)
        guard let taker, !Self.isRedirect(response) else { return .collect }
        return taker.head(Reply(response: response, address: address, commit: commit))
      } piece: { bytes in
        taker?.piece(bytes) ?? false
      }
      guard Self.isRedirect(response), let location = response.headers.first("Location") else {
        return Reply(response: response, address: address, commit: commit)
      }
      let next = try follow(location, from: address, seen: seen)
      // Once somebody else has said where to go, nobody sees the token any more, whoever comes next.
      isTrusted = isTrusted && next.origin == address.origin
      seen.append(next.text)
      address = next
    }
  }

  private func send(
    _ fields: [(name: String, value: String)], to address: WebAddress, withToken: Bool,
    head: @escaping (HTTPResponse) -> HTTPBodyReceiver.Decision,
    piece: @escaping (ArraySlice<UInt8>) -> Bool
  ) throws(Trouble) -> HTTPResponse {
    let request: HTTPRequest
    do throws(HTTPRequestError) {
      var headers = try HTTPHeaders(fields)
      if withToken, let token = policy.hubToken {
        try headers.add("Authorization", "Bearer \(token.value)")
      }
      request = try HTTPRequest(.get, address.target, headers: headers)
    } catch {
      throw Trouble(
        error: DownloadError(
          .unusable, at: address.shown, "\(error)", advice: "check the URL and HF_TOKEN"),
        retry: .never)
    }
    do throws(HTTPFailure) {
      let client = try client(of: address.origin)
      let id = client.start(request, receiver: HTTPBodyReceiver(head: head, piece: piece))
      while true {
        for completion in client.poll(timeoutNanoseconds: 1_000_000_000) where completion.id == id {
          switch completion.outcome {
          case .response(let response): return response
          case .failure(let failure): throw failure
          }
        }
      }
    } catch { throw Trouble(error, at: address) }
  }

  private func client(of origin: Endpoint) throws(HTTPFailure) -> HTTPClient {
    if let client = clients[origin] { return client }
    let client = try HTTPClient(origin, limits: policy.limits, tls: policy.tls)
    clients[origin] = client
    return client
  }

  // MARK: Redirects

  private static func isRedirect(_ response: HTTPResponse) -> Bool {
    [301, 302, 303, 307, 308].contains(response.status)
      && response.headers.first("Location") != nil
  }

  private func follow(
    _ location: String, from address: WebAddress, seen: [String]
  ) throws(Trouble) -> WebAddress {
    let next: WebAddress
    do throws(EndpointError) { next = try address.following(location) } catch {
      throw refused(address, "it redirects to a place that is no URL: \(error.problem)")
    }
    guard address.origin.scheme == .http || next.origin.scheme == .https else {
      throw refused(address, "it redirects from https to http, where anybody could change the file")
    }
    guard !seen.contains(next.text) else { throw refused(address, "it redirects in a circle") }
    guard seen.count <= Self.redirectLimit else {
      throw refused(address, "it redirects more than \(Self.redirectLimit) times")
    }
    return next
  }

  private func refused(_ address: WebAddress, _ problem: String) -> Trouble {
    Trouble(
      error: DownloadError(
        .server, at: address.shown, problem, advice: "use the URL that a browser ends up at"),
      retry: .never)
  }

  private static func commit(of response: HTTPResponse) -> String? {
    response.headers.first("X-Repo-Commit") ?? response.headers.first("X-Revision")
  }
}

/// Who decides about the response at the end of the redirects and takes its body.
struct BodyTaker {
  var head: (Reply) -> HTTPBodyReceiver.Decision
  var piece: (ArraySlice<UInt8>) -> Bool
}
