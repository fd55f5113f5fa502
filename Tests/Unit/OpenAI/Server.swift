// A server with an OpenAI-compatible API, as far as a test wants one.
internal import OpenAICore
internal import Synchronization
internal import TestHTTPServer

/// Answers of the API in the shapes that servers give them.
enum Reply {
  static func completion(_ text: String, finish: String = "stop") -> ServerReply {
    .json(
      #"{"id":"c","choices":[{"index":0,"text":"\#(text)","finish_reason":"\#(finish)"}],"#
        + #""usage":{"prompt_tokens":5,"completion_tokens":2}}"#)
  }

  static func chat(_ text: String) -> ServerReply {
    .json(
      #"{"choices":[{"message":{"role":"assistant","content":"\#(text)"},"finish_reason":"stop"}],"#
        + #""usage":{"prompt_tokens":5,"completion_tokens":2}}"#)
  }

  static func error(_ status: Int, _ message: String) -> ServerReply {
    .json(#"{"error":{"message":"\#(message)","code":\#(status)}}"#, status: status)
  }

  static let noModels = error(404, "no such path")

  static func models(_ entry: String) -> ServerReply {
    .json(#"{"object":"list","data":[\#(entry)]}"#)
  }
}

/// Starts a server that lists no models and answers all else by `answer`.
func serve(
  models: ServerReply = Reply.noModels,
  _ answer: @escaping @Sendable (ReceivedRequest) -> ServerReply
) throws -> TestHTTPServer {
  try TestHTTPServer { request in
    request.target.hasSuffix("/models") ? models : answer(request)
  }
}

/// A number that the threads of a test server change.
final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func set(_ value: Int) { count.withLock { $0 = value } }
  /// Adds one and returns what it was before.
  @discardableResult
  func next() -> Int {
    count.withLock { count in
      count += 1
      return count - 1
    }
  }
}
