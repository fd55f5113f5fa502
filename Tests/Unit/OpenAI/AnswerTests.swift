// Reading answers: every shape that a server gives, and every way in which one can be wrong.
internal import JSONFormat
internal import OpenAICore
internal import PluginKit
internal import Testing

@Suite struct AnswerTests {
  /// What the answer is read as: finish, token counts and text, or the failure.
  private func read(
    _ json: String, _ api: API, stops: [String] = [], reasoning: Bool = false
  ) throws -> String {
    let value = try JSONValue.parse(Array(json.utf8))
    do throws(PluginFailure) {
      let answer = try GeneratedText(
        value, api, stops: stops, maxTokens: 4, includesReasoning: reasoning)
      return "\(answer.finish) \(answer.promptTokens) \(answer.completionTokens) \(answer.text)"
    } catch {
      return "! " + error.message
    }
  }

  @Test(arguments: [
    (#"{"choices":[{"text":" 2","finish_reason":"stop"}]}"#, "stop 0 0  2"),
    (#"{"choices":[{"text":"","finish_reason":"stop"}]}"#, "stop 0 0 "),
    (
      #"{"choices":[{"text":"x","finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#,
      "length 3 4 x"
    ),
    (#"{"choices":[{"text":"x","finish_reason":{"type":"length","length":4}}]}"#, "length 0 0 x"),
    (
      #"{"choices":[{"text":"x","finish_reason":null}],"usage":{"completion_tokens":4}}"#,
      "length 0 4 x"
    ),
    (#"{"choices":[{"text":"x"}],"usage":{"completion_tokens":3}}"#, "stop 0 3 x"),
    (#"{"choices":[{"text":"x","finish_reason":"eos_token"}],"usage":null}"#, "stop 0 0 x"),
    (#"{"choices":[{"text":"x","finish_reason":"content_filter"}]}"#, "stop 0 0 x"),
    (
      #"{"choices":[{"text":"x","finish_reason":"stop"}],"usage":{"prompt_tokens":-1,"completion_tokens":99999999999}}"#,
      "stop 0 4294967295 x"
    ),
    (
      #"{"choices":[{"text":"x","finish_reason":"abort"}]}"#,
      "! the server broke the request off ('finish_reason' is 'abort')"
    ),
    (#"{}"#, "! 'choices' of the server's answer is missing or null; it must be an array"),
    (#"[]"#, "! 'choices' of the server's answer is missing or null; it must be an array"),
    (#"{"choices":[]}"#, "! 'choices' of the server's answer is empty"),
    (#"{"choices":{}}"#, "! 'choices' of the server's answer is an object; it must be an array"),
    (
      #"{"choices":[null]}"#,
      "! 'choices[0].text' of the server's answer is missing or null; it must be a text"
    ),
    (
      #"{"choices":[{"text":7}]}"#,
      "! 'choices[0].text' of the server's answer is a number; it must be a text"
    ),
  ])
  func `completions are read, or the place that is wrong is named`(
    json: String, expected: String
  ) throws {
    #expect(try read(json, .completions) == expected)
  }

  @Test(arguments: [
    (#"{"content":"4","reasoning_content":"2+2"}"#, "stop 0 0 4", "stop 0 0 <think>2+2</think>4"),
    (#"{"content":"4","reasoning":"2+2"}"#, "stop 0 0 4", "stop 0 0 <think>2+2</think>4"),
    (#"{"content":null,"reasoning_content":"hm"}"#, "stop 0 0 ", "stop 0 0 <think>hm</think>"),
    (#"{"content":"4","reasoning_content":null}"#, "stop 0 0 4", "stop 0 0 4"),
    (
      #"{"content":[{"type":"text","text":"a"},{"type":"image"},{"type":"text","text":"b"}]}"#,
      "stop 0 0 ab", "stop 0 0 ab"
    ),
    (
      #"{"content":null}"#,
      "! 'choices[0].message.content' of the server's answer is missing or null; it must be a text",
      ""
    ),
    (
      #"{"content":{"a":1}}"#,
      "! 'choices[0].message.content' of the server's answer is an object; it must be a text", ""
    ),
    (
      #"{"content":[{"type":"text"}]}"#,
      "! 'choices[0].message.content[0].text' of the server's answer is missing or null; it must be a text",
      ""
    ),
    (
      #"null"#,
      "! 'choices[0].message.content' of the server's answer is missing or null; it must be a text",
      ""
    ),
  ])
  func `chat messages are read with or without their reasoning`(
    message: String, without: String, with: String
  ) throws {
    let json = #"{"choices":[{"message":\#(message),"finish_reason":"stop"}]}"#
    #expect(try read(json, .chat) == without)
    #expect(try read(json, .chat, reasoning: true) == (with.isEmpty ? without : with))
  }

  @Test(
    arguments: [
      ([], "one two three"), (["two"], "one "), (["three", "two"], "one "), ([""], "one two three"),
      (["one two three"], ""), (["two t", "o t"], "one "), (["threee", "four"], "one two three"),
    ] as [([String], String)])
  func `a text ends before the first stop string`(stops: [String], expected: String) throws {
    let json = #"{"choices":[{"text":"one two three","finish_reason":"length"}]}"#
    let finish = expected == "one two three" ? "length" : "stop"
    #expect(try read(json, .completions, stops: stops) == "\(finish) 0 0 \(expected)")
  }
}
