// What goes over the wire, byte for byte.
internal import Glibc
internal import JSONFormat
internal import Testing
internal import TestHTTPServer

@Suite struct RequestTests {
  static let vllm = Reply.models(
    #"{"id":"m","owned_by":"vllm","root":"/models/m","max_model_len":4096,"created":99}"#)

  @Test func `bodies are what the API wants and nothing else`() throws {
    let server = try serve { request in
      request.target.contains("chat") ? Reply.chat("4") : Reply.completion("4")
    }
    let session = try Session(server.url + "/v1/", #""choose":"none""#)
    #expect(session.message.isEmpty, "\(session.message)")
    var ask = Ask(temperature: 0.25)
    #expect(try session.answer(ask).text == "4")
    ask.isMessages = true
    ask.prompt =
      #"[ {"role":"system","content":"\u00e9"},{"role":"user","content":[{"type":"text"}]} ]"#
    ask.topP = 0.5
    ask.topK = 40
    ask.presence = 0.5
    ask.frequency = -0.25
    ask.stops = ["\n\n", "", "Q:", "a", "b", "c"]
    #expect(try session.answer(ask).text == "4")
    let sent = server.requests
    #expect(sent.map(\.target) == ["/v1/models", "/v1/completions", "/v1/chat/completions"])
    #expect(sent[1].header("content-type") == "application/json")
    #expect(sent[1].header("authorization") == nil)
    let seed = try JSONValue.parse(sent[1].body)["seed"]?.integer
    let number = try #require(seed)
    #expect((0...Int64(Int32.max)).contains(number))
    #expect(
      sent[1].text
        == #"{"model":"m","prompt":"Q: 1+1?\nA:","max_tokens":16,"temperature":0.25,"seed":\#(number)}"#
    )
    // Neutral values and fields that OpenAI does not have stay away, and stop strings beyond four.
    #expect(
      sent[2].text
        == #"{"model":"m","messages":[{"role":"system","content":"é"},{"role":"user","content":"#
        + #"[{"type":"text"}]}],"max_tokens":16,"temperature":0.25,"top_p":0.5,"#
        + #""presence_penalty":0.5,"frequency_penalty":-0.25,"stop":["\n\n","Q:","a","b"],"#
        + #""seed":\#(number)}"#)
  }

  @Test func `options shape the body`() throws {
    let server = try serve(models: Self.vllm) { _ in Reply.chat("4") }
    let plain = try Session(server.url, #""choose":"none","endpoint":"chat","seed":false"#)
    _ = try plain.answer(Ask(stops: ["1", "2", "3", "4", "5"]))
    // vLLM would take what the model's maker recommends for what is left out.
    #expect(
      server.requests.last?.text
        == #"{"model":"m","messages":[{"role":"user","content":"Q: 1+1?\nA:"}],"max_tokens":16,"#
        + #""temperature":0.5,"top_p":1.0,"presence_penalty":0.0,"frequency_penalty":0.0,"top_k":-1,"#
        + #""min_p":0,"repetition_penalty":1,"stop":["1","2","3","4","5"]}"#)
    #expect(
      plain.description
        == #"{"signature":"remote:http://localhost model=m owned_by=vllm root=/models/m","#
        + #""build":"openai 1; chat; choose by nothing; server vllm; no seed","max_batch":256,"#
        + #""context_length":4096}"#)
    let other = try Session(
      server.url,
      #""choose":"none","endpoint":"chat","model":"big","seed":false,"omit":["temperature"],"#
        + #""max_tokens_field":"max_completion_tokens","fields":["top_k","stop_token_ids","pad_zero"],"#
        + #""body":{"top_p":0.9,"chat_template_kwargs":{"x":[1,null]}},"headers":{"X-Team":"a"}"#)
    _ = try other.answer(Ask(topK: 3))
    #expect(
      server.requests.last?.text
        == #"{"model":"big","messages":[{"role":"user","content":"Q: 1+1?\nA:"}],"#
        + #""max_completion_tokens":16,"top_p":0.9,"presence_penalty":0.0,"frequency_penalty":0.0,"#
        + #""top_k":3,"stop_token_ids":[0,261],"pad_zero":false,"chat_template_kwargs":{"x":[1,null]}}"#
    )
    #expect(server.requests.last?.header("x-team") == "a")
    // A server that says it has another model is a warning, not an error.
    #expect(other.logs.first?.contains("does not list the model 'big'; it has m") == true)
    #expect(other.description.contains("server vllm; no seed, options "))
    let third = try Session(
      server.url, #""choose":"none","max_batch":9"#, table: #""signature":"sha256:ab""#)
    #expect(
      third.description
        == #"{"signature":"sha256:ab","build":"openai 1; chat+completions; choose by nothing; "#
        + #"server vllm","max_batch":9,"context_length":4096}"#)
  }

  @Test func `llama-cpp-python is told not to penalise repetition`() throws {
    let models = Reply.models(#"{"id":"m","owned_by":"me"}"#)
    let server = try serve(models: models) { _ in Reply.completion("4") }
    let session = try Session(server.url, #""choose":"none","seed":false"#)
    #expect(session.description.contains("server llama-cpp-python"))
    _ = try session.answer(Ask())
    #expect(
      server.requests.last?.text
        == #"{"model":"m","prompt":"Q: 1+1?\nA:","max_tokens":16,"temperature":0.5,"top_p":1.0,"#
        + #""presence_penalty":0.0,"frequency_penalty":0.0,"top_k":0,"min_p":0,"repeat_penalty":1}"#
    )
  }

  @Test func `the seed decides what is sent, wherever its bits are`() throws {
    let server = try serve { _ in Reply.completion("4") }
    let session = try Session(server.url, #""choose":"none""#)
    var seen: Set<Int64> = []
    for seed: UInt64 in [0, 1, 1 << 32, 1 << 62, .max, 1] {
      _ = try session.answer(Ask(seed: seed))
      let value = try JSONValue.parse(try #require(server.requests.last).body)["seed"]?.integer
      seen.insert(try #require(value))
    }
    #expect(seen.count == 5)
  }

  @Test(arguments: [
    (Ask(prompt: "no JSON", isMessages: true), "the prompt is not JSON messages: JSON byte 1"),
    (Ask(prompt: "{}", isMessages: true), "the prompt is not a JSON array of messages"),
    (Ask(prompt: "[]", isMessages: true), "the prompt is not a JSON array of messages"),
    (Ask(temperature: .nan), "the request cannot be written"),
    (Ask(choices: ["a", "b"]), "the server gives no log-probabilities, so it cannot choose"),
  ])
  func `what cannot be sent is answered with its reason`(ask: Ask, message: String) throws {
    let server = try serve { _ in Reply.chat("4") }
    let session = try Session(server.url, #""choose":"none""#)
    let answer = try session.answer(ask)
    #expect(answer.finish == 4 && answer.text.contains(message), "\(answer.text)")
    #expect(server.requests.count == 1)
    let text = try Session(server.url, #""choose":"none","endpoint":"completions""#)
    let messages = try text.answer(Ask(prompt: #"[{"role":"user"}]"#, isMessages: true))
    #expect(messages.text.contains(#"the option endpoint is "completions""#))
  }

  @Test func `the key travels in its header and is in no text that comes out`() throws {
    // Any variable serves as a key here; this one every process has.
    let key = try #require(getenv("PATH").map { String(cString: $0) })
    try #require(key.utf8.count >= 16)
    let step = Counter()
    let server = try serve { request in
      let seen = request.header("authorization") ?? ""
      switch step.next() {
      case 0: return Reply.error(401, "bad key '\(seen)'")
      case 1: return .text("no: \(seen)", status: 403)
      case 2: return Reply.error(400, String(repeating: "x", count: 150) + seen)
      case 3: return Reply.completion(seen)
      case 4: return .json(#"{"error":{"message":"\#(seen)","code":400}}"#)
      default: return Reply.error(503, seen)
      }
    }
    let session = try Session(server.url, #""choose":"none","api_key_env":"PATH","retries":1"#)
    #expect(server.requests.first?.header("authorization") == "Bearer \(key)")
    var texts = [session.description] + session.logs
    let expected = [
      "the server answered 401: bad key 'Bearer [API key]' (check the key in PATH)",
      "the server answered 403: no: Bearer [API key] (check the key in PATH)",
      "the server answered 400: xxx", "the server's answer holds the API key; it was dropped",
      "the server's answer holds the API key; it was dropped",
      "the server answered 503: Bearer [API key] (tried 2 times)",
    ]
    for part in expected {
      let answer = try session.answer(Ask())
      #expect(answer.finish == 4 && answer.text.contains(part), "\(answer.text)")
      texts.append(answer.text)
    }
    #expect(!texts.contains { $0.contains(key.prefix(16)) })
    let own = try Session(
      server.url, #""choose":"none","api_key_env":"PATH","api_key_header":"api-key""#)
    #expect(own.message.isEmpty && server.requests.last?.header("api-key") == key)
  }
}
