// What a response means before anybody looks for an answer in it: done, try again, or no.
internal import HTTPClient
internal import JSONFormat
internal import PluginKit

/// The meaning of one response.
enum ServerReply {
  /// An answer to read.
  case answer(JSONValue)
  /// The same request may succeed later: why not now, and the nanoseconds that the server asks for.
  case tryAgain(String, status: Int, after: UInt64?)
  /// It will not; `status` is 0 when the failure is not of HTTP.
  case refused(String, status: Int)
}

extension ServerReply {
  /// Reads a response; `model` and `keyName` are for the advice in messages.
  init(_ response: HTTPResponse, key: APIKey, keyName: String?, model: String) {
    guard response.status == 200 else {
      self = Self.failure(response, key: key, keyName: keyName, model: model)
      return
    }
    guard !key.isIn(response.body) else {
      self = .refused("the server's answer holds the API key; it was dropped", status: 200)
      return
    }
    let value: JSONValue
    do throws(JSONError) {
      // Of two tokens with one spelling, an object of log-probabilities has the same key twice.
      value = try JSONValue.parse(response.body, duplicateKeys: .lastWins)
    } catch {
      self = .refused("the server's answer is not valid JSON: \(error)", status: 200)
      return
    }
    // Routers report what their upstream said inside an answer.
    if let error = value["error"], error != .null {
      let text = "the server answered with an error: \(Self.words(of: value, response, key))"
      let code = Int(clamping: error["code"]?.integer ?? 0)
      self =
        Self.isTransient(code) && !Self.isQuota(value)
        ? .tryAgain(text, status: code, after: nil) : .refused(text, status: code)
      return
    }
    self = .answer(value)
  }

  /// Whether a status may be another one next time.
  static func isTransient(_ status: Int) -> Bool {
    switch status {
    case 408, 429: true
    // Not implemented, HTTP version: these do not change.
    case 501, 505: false
    default: (500...599).contains(status)
    }
  }

  private static func failure(
    _ response: HTTPResponse, key: APIKey, keyName: String?, model: String
  ) -> ServerReply {
    let value = try? JSONValue.parse(response.body, duplicateKeys: .lastWins)
    let status = response.status
    var text = "the server answered \(status): \(words(of: value, response, key))"
    if isTransient(status), !isQuota(value) {
      return .tryAgain(text, status: status, after: retryAfter(response))
    }
    switch status {
    case 401, 403:
      text +=
        keyName.map { " (check the key in \($0))" }
        ?? " (no key was sent: name an environment variable with api_key_env)"
    case 404:
      text += " (asked for the model '\(model)'; see also the options base_url and endpoint)"
    case 300...399: text += " (redirects are not followed: set base_url to where it leads)"
    default: break
    }
    return .refused(text, status: status)
  }

  /// An account without money does not get better by waiting.
  private static func isQuota(_ value: JSONValue?) -> Bool {
    let error = value?["error"]
    return error?["code"]?.string == "insufficient_quota"
      || error?["type"]?.string == "insufficient_quota"
  }

  /// The server's own words, in one short line and without the key.
  private static func words(of value: JSONValue?, _ response: HTTPResponse, _ key: APIKey) -> String
  {
    let error = value?["error"]
    let said =
      error?["message"]?.string ?? error?.string ?? value?["message"]?.string
      ?? value?["detail"]?.string ?? response.text
    let words = key.redacting(said).shortened(to: 200)
    return words.isEmpty ? "no message" : words
  }

  /// What the header fields ask for.
  private static func retryAfter(_ response: HTTPResponse) -> UInt64? {
    if let text = response.headers.first("retry-after-ms"), let milliseconds = Double(text.trimmed),
      milliseconds.isFinite, milliseconds >= 0
    {
      return nanoseconds(milliseconds / 1000)
    }
    guard let text = response.headers.first("retry-after") else { return nil }
    let clock = response.headers.first("date").flatMap(RetryAfter.date)
    return RetryAfter.parse(text, clock: clock ?? wallSeconds())
  }
}
