// Asking a server over and over whether it is ready, without ever waiting for its answer.
internal import HTTPClient

/// The questions to one server.
struct HealthProbe {
  /// What servers commonly have: the first that is there says it.
  private static let usualPaths = ["/health", "/v1/models"]
  /// Longest time for one answer, in nanoseconds: a server that loads may be slow to give it.
  private static let patience: UInt64 = 10_000_000_000

  private let endpoint: Endpoint
  private let client: HTTPClient
  private var paths: [String]
  private var isAsked = false
  private var tries = 0
  /// What came of the last question, in words.
  private(set) var lastAnswer = "it was not asked"

  /// A probe of a port of this machine; an empty path means the usual ones.
  init(port: Int, path: String) throws {
    endpoint = try Endpoint("http://127.0.0.1:\(port)")
    paths = path.isEmpty ? Self.usualPaths : [path]
    var limits = HTTPLimits()
    limits.connections = 1
    limits.connectTimeout = 2_000_000_000
    limits.idleTimeout = Self.patience
    limits.totalTimeout = Self.patience
    limits.keepAlive = 0
    client = try HTTPClient(endpoint, limits: limits)
  }

  /// Milliseconds to do something else before the next call: short at first, while quick servers start.
  var pause: Int32 { isAsked ? 20 : tries < 50 ? 100 : 200 }

  /// Looks for an answer and asks when none is awaited; true once the server has said that it is ready.
  mutating func isAnswered() -> Bool {
    if !isAsked {
      isAsked = true
      tries += 1
      do throws(HTTPRequestError) {
        _ = client.start(try HTTPRequest(.get, endpoint.target(paths[0])))
      } catch {
        isAsked = false
        lastAnswer = "\(error)"
        return false
      }
    }
    for completion in client.poll(timeoutNanoseconds: 20_000_000) {
      isAsked = false
      switch completion.outcome {
      case .response(let response):
        lastAnswer = "GET \(paths[0]) answered \(response.status)"
        // A server that wants a key for this is up.
        if 200..<300 ~= response.status || [401, 403].contains(response.status) { return true }
        // It has no such path: what it has may be the next one.
        if [404, 405, 501].contains(response.status), paths.count > 1 { paths.removeFirst() }
      case .failure(let failure): lastAnswer = "GET \(paths[0]): \(failure)"
      }
    }
    return false
  }
}
