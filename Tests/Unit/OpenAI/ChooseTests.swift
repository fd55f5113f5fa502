// Scores of choices by each of the methods, against sums made by hand.
internal import JSONFormat
internal import Synchronization
internal import Testing
internal import TestHTTPServer

/// A server whose tokens are single characters, " 4", " 5" and their like one each.
///
/// The log-probability of a token is minus (its number from 0) / 8, of the token " 4" it is -0.5 and the
/// most probable one.
enum FakeTokens {
  static func split(_ text: String) -> [String] {
    var tokens: [String] = []
    for character in text {
      if let last = tokens.last, last == " ", character != " " {
        tokens[tokens.count - 1] = " \(character)"
      } else {
        tokens.append(String(character))
      }
    }
    return tokens
  }

  static func logprob(_ index: Int, _ token: String) -> String {
    if index == 0 { return "null" }
    return token == " 4" ? "-0.5" : "\(-Double(index) / 8)"
  }

  static func quoted(_ text: String) -> String {
    String(decoding: (try? JSONValue.string(text).serialized()) ?? [], as: UTF8.self)
  }

  /// The element of `choices` for one text, as `echo` gives it.
  static func echo(_ text: String, index: Int, generated: Bool, offsets: Bool = true) -> String {
    let tokens = split(text) + (generated ? ["!"] : [])
    var place = 0
    let places = tokens.map { token in
      defer { place += token.unicodeScalars.count }
      return offsets ? place : -1
    }
    let tops = tokens.enumerated().map { index, token in
      index == 0 ? "null" : "{\" 4\":-0.5,\(quoted(token)):\(logprob(index, token))}"
    }
    return #"{"index":\#(index),"text":"","logprobs":{"tokens":["#
      + tokens.map(quoted).joined(separator: ",") + #"],"token_logprobs":["#
      + tokens.enumerated().map(logprob).joined(separator: ",") + #"],"top_logprobs":["#
      + tops.joined(separator: ",") + #"],"text_offset":\#(places)}}"#
  }

  /// The same as vLLM's `prompt_logprobs` gives it.
  static func prompt(_ text: String, index: Int) -> String {
    let entries = split(text).enumerated().map { index, token in
      if index == 0 { return "null" }
      let rank = token == " 4" ? 1 : 7
      return #"{"\#(index + 100)":{"logprob":\#(logprob(index, token)),"rank":\#(rank),"#
        + #""decoded_token":\#(quoted(token))},"4":{"logprob":-0.5,"rank":1,"decoded_token":" 4"}}"#
    }
    return
      #"{"index":\#(index),"text":"!","logprobs":null,"prompt_logprobs":[\#(entries.joined(separator: ","))]}"#
  }
}

@Suite struct ChooseTests {
  /// The texts of a request's prompt.
  private static func texts(_ body: JSONValue) -> [String] {
    body["prompt"]?.string.map { [$0] } ?? body["prompt"]?.elements?.compactMap(\.string) ?? []
  }

  private static func answer(_ choices: [String]) -> ServerReply {
    .json(
      #"{"choices":[\#(choices.joined(separator: ","))],"usage":{"prompt_tokens":6,"completion_tokens":0}}"#
    )
  }

  /// What a server takes; the rest it refuses or, like many, ignores.
  struct Abilities: Sendable {
    var echo = false
    var promptLogprobs = false
    var zeroTokens = true
    var oneToken = true
    var batches = true
    var offsets = true
    var refusal = 400
  }

  private static func server(_ can: Abilities) throws -> TestHTTPServer {
    try serve(models: RequestTests.vllm) { request in
      guard request.target.hasSuffix("/completions"), !request.target.contains("chat"),
        let body = try? JSONValue.parse(request.body)
      else { return Reply.noModels }
      let texts = Self.texts(body)
      let no = Reply.error(can.refusal, "not supported")
      if texts.count > 1, !can.batches { return no }
      if body["echo"]?.bool == true {
        let generated = body["max_tokens"]?.integer == 1
        guard can.echo, generated ? can.oneToken : can.zeroTokens else { return no }
        // In the wrong order, as a server may.
        return Self.answer(
          texts.enumerated().reversed().map {
            FakeTokens.echo($1, index: $0, generated: generated, offsets: can.offsets)
          })
      }
      if body["prompt_logprobs"] != nil, can.promptLogprobs {
        return Self.answer(texts.enumerated().map { FakeTokens.prompt($1, index: $0) })
      }
      return no
    }
  }

  /// Prompt "2+2 is" has six tokens; " 4" is the seventh.
  static let scores = ["-0.5 1 1", "-0.75 1 0", "-2.0 2 0"]

  @Test(arguments: [
    (Abilities(echo: true), "echo", 1),
    (Abilities(echo: true, zeroTokens: false), "echo", 1),
    (Abilities(echo: true, oneToken: false), "echo", 1),
    (Abilities(echo: true, oneToken: false, batches: false), "echo", 3),
    (Abilities(echo: true, batches: false), "echo", 3),
    (Abilities(echo: true, zeroTokens: false, batches: false, offsets: false), "echo", 3),
    (Abilities(promptLogprobs: true), "prompt_logprobs", 1),
    (Abilities(promptLogprobs: true, batches: false, refusal: 500), "prompt_logprobs", 3),
  ])
  func `whole choices are scored by the prompt's own log-probabilities`(
    can: Abilities, method: String, calls: Int
  ) throws {
    let server = try Self.server(can)
    let session = try Session(server.url)
    #expect(session.message.isEmpty, "\(session.message)")
    #expect(session.description.contains("choose by \(method); server vllm"))
    let before = server.requests.count
    // " 75" is " 7" and "5": (6 + 7) / 8 and not 12 / 8, as the second is one later: 0.75 + 0.875.
    let answer = try session.answer(Ask(prompt: "2+2 is", choices: [" 4", " 7", " 75"]))
    #expect(answer.finish == 3 && answer.text == " 4", "\(answer.text)")
    #expect(answer.scores == Self.expected("2+2 is", [" 4", " 7", " 75"]))
    #expect(server.requests.count == before + calls)
    #expect(answer.tokens == [UInt32(6 * calls), 0])
    // "... + " and "4": the token " 4" spans the border and counts to the choice.
    let spanning = try session.answer(Ask(prompt: "2 + 2 + 2 + ", choices: ["4", "5"]))
    #expect(spanning.scores == ["-0.5 1 1", "-0.75 1 0"] && spanning.text == "4")
    let demanded = try Session(server.url, #""choose":"\#(method)""#)
    #expect(demanded.message.isEmpty && demanded.description.contains("by \(method)"))
    let other = method == "echo" ? "prompt_logprobs" : "echo"
    let refused = try Session(server.url, #""choose":"\#(other)""#)
    #expect(refused.message.contains("cannot score choices by \(other): the server answered"))
    #expect(!refused.isRetryable)
    let empty = try session.answer(Ask(prompt: "", choices: ["4", "5"]))
    #expect(
      empty.finish == 4 && empty.text.contains("the prompt must not be empty"), "\(empty.text)")
  }

  /// The scores by hand: each token's own number, counted from the start of the text.
  private static func expected(_ prompt: String, _ choices: [String]) -> [String] {
    choices.map { choice in
      let tokens = FakeTokens.split(prompt + choice)
      let count = FakeTokens.split(choice).count
      var sum = 0.0
      for index in (tokens.count - count)..<tokens.count {
        sum += tokens[index] == " 4" ? -0.5 : -Double(index) / 8
      }
      return "\(sum) \(count) \(tokens.suffix(count).allSatisfy { $0 == " 4" } ? 1 : 0)"
    }
  }

  // MARK: By the next token

  private static let chatTop =
    #"{"choices":[{"message":{"content":"A"},"logprobs":{"content":[{"token":"A","logprob":-0.25,"#
    + #""top_logprobs":[{"token":"A","logprob":-0.25},{"token":" B","logprob":-1.5},"#
    + #"{"token":"B","logprob":-3.0},{"token":"Th","logprob":-4.0},{"token":" ","logprob":-0.125}]}]}}]}"#
  private static let plainTop =
    #"{"choices":[{"text":" A","logprobs":{"tokens":[" A"],"token_logprobs":[-0.25],"#
    + #""top_logprobs":[{" A":-0.25," B":-1.5,"B":-3.0," Th":-4.0," ":-5.0}]}}]}"#

  @Test(arguments: [
    (true, [" A", " B"], "3  A", ["-0.25 1 0", "-1.5 1 0"]),
    // " The" is known by its beginning alone, so it is not known to be greedy; " C" not at all.
    (true, ["A", "The", "C"], "3 A", ["-0.25 1 0", "-4.0 1 0", "-inf 0 0"]),
    (false, [" A", " B", " C"], "3  A", ["-0.25 1 1", "-1.5 1 0", "-inf 0 0"]),
    (false, ["B", " The"], "3 B", ["-3.0 1 0", "-4.0 1 0"]),
    // "Th" begins both, so it tells nothing; with none known there is no score at all.
    (false, [" The", " Then"], "4 ", []),
    (false, ["C", "D"], "4 ", []),
  ])
  func `choices are scored by their first token where that is all there is`(
    chat: Bool, choices: [String], text: String, scores: [String]
  ) throws {
    let server = try serve { request in
      guard request.target.contains("chat") == chat,
        let body = try? JSONValue.parse(request.body), body["echo"] == nil,
        body["prompt_logprobs"] == nil
      else { return Reply.noModels }
      // Hosted servers take fewer in the one API than in the other.
      if !chat, body["logprobs"]?.integer != 5 { return Reply.error(400, "at most 5") }
      return .json(chat ? Self.chatTop : Self.plainTop)
    }
    // The completions API answers 404 where only chat is there, so nothing more is tried on it.
    let session = try Session(server.url, chat ? "" : #""endpoint":"completions","top_logprobs":5"#)
    #expect(session.message.isEmpty, "\(session.message)")
    let name = chat ? "top_logprobs 20 (chat)" : "top_logprobs 5 (completions)"
    #expect(
      session.description.contains("choose by \(name); server other"), "\(session.description)")
    let answer = try session.answer(Ask(choices: choices))
    #expect("\(answer.finish) \(answer.text)".hasPrefix(text), "\(answer.text)")
    if scores.isEmpty {
      #expect(answer.text.contains("none of the 2 choices begins with one of the 5"))
    }
    #expect(answer.scores == scores)
  }

  @Test func `no server is asked for text without a limit`() throws {
    // llama-cpp-python's way: one prompt at a time, and 0 tokens are all that there is room for.
    let server = try serve { request in
      let body = (try? JSONValue.parse(request.body)) ?? .null
      let texts = Self.texts(body)
      guard body["echo"]?.bool == true, texts.count == 1 else { return Reply.error(500, "assert") }
      return Self.answer([FakeTokens.echo(texts[0], index: 0, generated: true)])
    }
    let session = try Session(server.url)
    #expect(session.description.contains("choose by echo"), "\(session.description)")
    #expect(!server.requests.contains { $0.text.contains(#""max_tokens":0"#) })
    #expect(session.logs == ["\(server.url): choices are scored by echo; server other"])
    // One that takes nothing but 0 and yet generates is not believed.
    let liar = try serve { request in
      let body = (try? JSONValue.parse(request.body)) ?? .null
      guard body["echo"]?.bool == true, body["max_tokens"]?.integer == 0 else {
        return Reply.error(400, "no")
      }
      let texts = Self.texts(body).enumerated().map {
        FakeTokens.echo($1, index: $0, generated: false)
      }
      return .json(
        #"{"choices":[\#(texts.joined(separator: ","))],"usage":{"completion_tokens":249}}"#)
    }
    let demanding = try Session(liar.url, #""choose":"echo""#)
    #expect(demanding.message.contains("generates text for max_tokens = 0"), "\(demanding.message)")
  }

  @Test(arguments: [("", 3), (#""connections":7"#, 7)])
  func `llama.cpp gets as many connections as it has slots`(options: String, most: Int) throws {
    let isLoaded = Counter()
    let server = try serve(models: Reply.models(#"{"id":"m","owned_by":"llamacpp"}"#)) { request in
      if request.target == "/props" { return .json(#"{"total_slots":3}"#) }
      if isLoaded.value == 1 { return ServerReply([.hang]) }
      guard request.target == "/v1/completions",
        (try? JSONValue.parse(request.body))?["echo"] == nil
      else { return Reply.error(500, "Unsupported param") }
      return .json(Self.plainTop)
    }
    let session = try Session(server.url + "/v1", options)
    #expect(session.message.isEmpty, "\(session.message)")
    #expect(session.description.contains("top_logprobs 100 (completions); server llama.cpp"))
    #expect(server.requests.contains { $0.target == "/props" } == options.isEmpty)
    #expect(session.logs.contains { $0.contains("has 3 slots; 3 connections") } == options.isEmpty)
    isLoaded.set(1)
    let before = server.requests.count
    for _ in 0..<12 { _ = session.submit(Ask()) }
    var pumps = 0
    while server.requests.count < before + most, pumps < 1500 {
      session.pump()
      pumps += 1
    }
    for _ in 0..<5 { session.pump() }
    #expect(server.requests.count == before + most)
  }

  @Test func `a server without log-probabilities still answers`() throws {
    // llama.cpp's way: 500 for a field that it does not have, answers without log-probabilities else.
    let server = try serve { request in
      request.text.contains("echo")
        ? Reply.error(500, "Unsupported param: echo") : Reply.completion("4")
    }
    let session = try Session(server.url)
    #expect(session.description.contains("choose by nothing; server other"))
    #expect(session.logs.last?.contains("it cannot choose") == true)
    #expect(try session.answer(Ask()).text == "4")
    #expect(try session.answer(Ask(choices: ["a"])).text.contains("so it cannot choose"))
  }

  @Test(arguments: [
    (429, "slow", true), (503, "loading model", true), (401, "bad key", false),
  ])
  func `a server that is not ready while loading decides nothing`(
    status: Int, words: String, again: Bool
  ) throws {
    let server = try serve { _ in Reply.error(status, words) }
    let session = try Session(server.url)
    #expect(session.message.contains("\(status): \(words)") && session.isRetryable == again)
    let count = Counter()
    let slow = try serve { request in
      count.next() < 2
        ? Reply.error(503, "loading")
        : Self.answer(
          Self.texts((try? JSONValue.parse(request.body)) ?? .null).enumerated().map {
            FakeTokens.echo($1, index: $0, generated: false)
          })
    }
    #expect(try Session(slow.url).description.contains("choose by echo"))
  }

  /// Tokens spelt as servers spell them, for the prompt "2" and one choice.
  @Test(arguments: [
    (" 4", #""tokens":["2","Ġ4"],"token_logprobs":[null,-1]"#, "-1.0 1 0"),
    (
      " 4\n", #""tokens":["2","▁4","Ċ"],"token_logprobs":[null,-1,-2],"top_logprobs":null"#,
      "-3.0 2 0"
    ),
    // A token that was not asked for stands behind, or is left out because it is the end.
    (" 4", #""tokens":["2"," 4","!"],"token_logprobs":[null,-1,-9]"#, "-1.0 1 0"),
    // The first of several tokens of one character has no text.
    ("é", #""tokens":["2","","é"],"token_logprobs":[null,-1,-2]"#, "-3.0 2 0"),
    // Parts of characters: only the offsets tell.
    (
      "é!",
      #""tokens":["2","\ufffd","\ufffd","!"],"token_logprobs":[null,-1,-2,-4],"text_offset":[0,1,1,2]"#,
      "-7.0 3 0"
    ),
    (
      "é", #""tokens":["2","\ufffd","\ufffd"],"token_logprobs":[null,-1,-2],"text_offset":[0,1,2]"#,
      ""
    ),
    (
      "é",
      #""tokens":["2","\ufffd","\ufffd"],"token_logprobs":[null,-1,-2],"text_offset":[-1,-1,-1]"#,
      ""
    ),
    // Greedy when each is the best of those given, however the best is spelt.
    (
      " 4",
      #""tokens":["2"," 4"],"token_logprobs":[null,-1],"top_logprobs":[null,{" 4":-1,"x":-2}]"#,
      "-1.0 1 1"
    ),
  ])
  func `tokens are matched to the choice as they are spelt`(
    choice: String, logprobs: String, score: String
  ) throws {
    let isLoaded = Counter()
    let server = try serve { request in
      if isLoaded.value == 1 { return Self.answer([#"{"index":0,"logprobs":{\#(logprobs)}}"#]) }
      let body = (try? JSONValue.parse(request.body)) ?? .null
      if body["max_tokens"]?.integer == 0 { return Reply.error(400, "at least one") }
      return Self.answer(
        Self.texts(body).enumerated().map { FakeTokens.echo($1, index: $0, generated: true) })
    }
    let session = try Session(server.url)
    isLoaded.set(1)
    let answer = try session.answer(Ask(prompt: "2", choices: [choice]))
    #expect(answer.scores == (score.isEmpty ? [] : [score]), "\(answer.text)")
  }

  /// Answers to the choices " 4" and " 5" that are wrong in one way each.
  @Test(arguments: [
    (#"{"choices":[{"index":0}]}"#, "has 1 elements for 2 texts"),
    (#"{"choices":[{"index":0},{"index":0}]}"#, "'choices[0].logprobs.tokens'"),
    (
      #"{"choices":[{"index":7},{"index":8}]}"#,
      "'choices[0].index' of the server's answer is a number"
    ),
    (
      #"{"choices":[{"logprobs":{"tokens":["4"],"token_logprobs":[]}},{}]}"#,
      "has 1 tokens and 0 values"
    ),
    (
      #"{"choices":[{"logprobs":{"tokens":["x"," 9"],"token_logprobs":[-1,-1]}},{}]}"#,
      "do not end with the text of the choice"
    ),
    (
      #"{"choices":[{"logprobs":{"tokens":["4","x"],"token_logprobs":[null,"a"]}},{}]}"#,
      "'choices[0].logprobs.token_logprobs[1]' of the server's answer is a text; it must be a number"
    ),
  ])
  func `scores out of a wrong answer are an error`(json: String, message: String) throws {
    let isLoaded = Counter()
    let server = try serve { request in
      if isLoaded.value == 1 { return .json(json) }
      return Self.answer(
        Self.texts((try? JSONValue.parse(request.body)) ?? .null).enumerated().map {
          FakeTokens.echo($1, index: $0, generated: false)
        })
    }
    let session = try Session(server.url)
    isLoaded.set(1)
    let answer = try session.answer(Ask(choices: [" 4", " 5"]))
    #expect(answer.finish == 4 && answer.text.contains(message), "\(answer.text)")
    let chat = Ask(prompt: #"[{"role":"user","content":"x"}]"#, isMessages: true, choices: ["a"])
    #expect(try session.answer(chat).text.contains("cannot be scored by echo, which takes text"))
  }
}
