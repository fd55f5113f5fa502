// The one connection pool to the server, and how requests to it are made.
internal import Glibc
internal import HTTPClient
internal import JSONFormat
internal import PluginKit

/// The server as its HTTP client sees it; owned by one thread.
final class ServerLine {
  let client: HTTPClient
  let key: APIKey
  private let options: OpenAIOptions
  private let headers: HTTPHeaders

  /// Connects nothing yet; throws when TLS cannot be set up.
  init(_ options: OpenAIOptions, key: APIKey) throws(PluginFailure) {
    self.options = options
    self.key = key
    var limits = HTTPLimits()
    // Without the option the model bounds them, by what the server says of itself.
    limits.connections = options.connections ?? 4096
    limits.connectTimeout = options.connectTimeout
    // Nothing is streamed: a server is silent until its answer is whole.
    limits.idleTimeout = options.timeout
    limits.totalTimeout = options.timeout
    var tls = TLSOptions()
    if let file = options.caFile { tls.trust = .file(file) }
    if !options.verifyTLS { tls.trust = .anyone }
    do throws(HTTPFailure) {
      client = try HTTPClient(options.endpoint, limits: limits, tls: tls)
    } catch {
      throw PluginFailure(.badConfiguration, "\(options.endpoint): \(error)")
    }
    headers = try Self.headers(options, key)
  }

  private static func headers(
    _ options: OpenAIOptions, _ key: APIKey
  ) throws(PluginFailure) -> HTTPHeaders {
    do throws(HTTPRequestError) {
      var headers = try HTTPHeaders([
        (name: "Content-Type", value: "application/json"),
        (name: "Accept", value: "application/json"),
      ])
      if !key.isEmpty {
        try headers.add(options.apiKeyHeader, key.headerValue(for: options.apiKeyHeader))
      }
      for header in options.headers { try headers.add(header.name, header.value) }
      return headers
    } catch {
      throw PluginFailure(.badConfiguration, "option 'api_key_header' or 'headers': \(error)")
    }
  }

  /// A request to one of the two APIs.
  func request(_ api: API, _ body: [UInt8]) throws(PluginFailure) -> HTTPRequest {
    try request(.post, api.rawValue, body)
  }

  /// A request to any path below the base URL.
  func request(
    _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8] = []
  ) throws(PluginFailure) -> HTTPRequest {
    try request(method, target: options.endpoint.target(path), body)
  }

  /// A request for a path that servers have beside `/v1` and not below it.
  func request(beside path: String) throws(PluginFailure) -> HTTPRequest {
    let base = options.endpoint.path
    let target = options.endpoint.target(path)
    guard base.hasSuffix("/v1") else { return try request(.get, target: target, []) }
    return try request(
      .get, target: String(base.dropLast(3)) + String(target.dropFirst(base.count)), [])
  }

  private func request(
    _ method: HTTPRequest.Method, target: String, _ body: [UInt8]
  ) throws(PluginFailure) -> HTTPRequest {
    do throws(HTTPRequestError) {
      return try HTTPRequest(method, target, headers: headers, body: body)
    } catch {
      throw PluginFailure(.badConfiguration, "option 'base_url': \(error)")
    }
  }

  /// What a response means.
  func reply(_ response: HTTPResponse) -> ServerReply {
    ServerReply(response, key: key, keyName: options.apiKeyEnvironment, model: options.model)
  }

  /// What an answer without `choices` lets one guess; empty when nothing.
  ///
  /// llama.cpp has `/completions` with a format of its own beside the one below `/v1`.
  func advice(on answer: JSONValue) -> String {
    guard answer["choices"] ?? .null == .null, !options.endpoint.path.hasSuffix("/v1") else {
      return ""
    }
    return "; base_url usually ends in /v1"
  }

  /// One line about a failure, with where it was.
  func sentence(_ failure: HTTPFailure) -> String { "\(options.endpoint): \(failure)" }

  /// Sends a request and waits for its end.
  func send(_ request: HTTPRequest, call: CallContext) throws(PluginFailure) -> HTTPCompletion {
    let id = client.start(request)
    while true {
      for completion in client.poll(timeoutNanoseconds: patience) where completion.id == id {
        return completion
      }
      do throws(PluginFailure) {
        try check(call)
      } catch {
        client.cancel(id)
        throw error
      }
      guard client.unfinished > 0 else {
        throw PluginFailure(.internalError, "the HTTP client lost a request")
      }
    }
  }

  /// Waits, for a back-off while a model is loaded.
  func wait(_ span: UInt64, call: CallContext) throws(PluginFailure) {
    let end = later(now(), by: span)
    while true {
      let moment = now()
      guard moment < end else { return }
      pause(min(end - moment, patience))
      try check(call)
    }
  }

  /// Shows that the call is alive; throws when the host wants it to end.
  private func check(_ call: CallContext) throws(PluginFailure) {
    call.progress(0)
    guard !call.isCancelled else { throw PluginFailure(.cancelled, "loading was cancelled") }
    if let deadline = call.deadline, now() >= deadline {
      throw PluginFailure(
        .deadline,
        "\(options.endpoint): the server did not answer in the time that loading may take",
        isRetryable: true)
    }
  }
}

/// The longest time without a look at whether the host wants the call to end, in nanoseconds.
let patience: UInt64 = 50_000_000

/// Waits for a time in which there is nothing to wait for.
func pause(_ span: UInt64) {
  var time = timespec(tv_sec: Int(span / 1_000_000_000), tv_nsec: Int(span % 1_000_000_000))
  clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nil)
}

extension HTTPFailure {
  /// What a failure says of the server, and so what is done about it.
  enum Meaning {
    /// It may be gone.
    case lost
    /// It is there, and the same request may succeed later.
    case transient
    /// The same would happen again.
    case final
  }

  /// Whether nobody took the connection, as before a server is up.
  var isNobodyThere: Bool {
    switch reason {
    case .connectRefused, .connect, .connectTimeout: true
    default: false
    }
  }

  var meaning: Meaning {
    switch reason {
    case .resolve, .connectRefused, .connect, .connectTimeout, .handshakeTimeout, .reset,
      .closedBeforeResponse:
      .lost
    case .closedInBody, .malformed, .timeout, .system: .transient
    case .tls, .tooLarge, .cancelled: .final
    }
  }
}
