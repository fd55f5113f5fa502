// What a configuration may say, and what is refused before anything is sent.
internal import JSONFormat
internal import OpenAICore
internal import PluginKit
internal import Testing

@Suite struct OptionTests {
  @Test(arguments: [
    (#"{"name":"m"}"#, "openai needs the option 'base_url'"),
    (
      #"{"name":"m","options":{"base_url":"ftp://h"}}"#, "option 'base_url': the URL cannot be used"
    ),
    (
      #"{"name":"m","options":{"base_url":"http://user:secret@h"}}"#,
      "holds a user name or password"
    ),
    (#"{"options":{"base_url":"http://h"}}"#, "openai needs the option 'model'"),
    (
      #"{"name":"m","options":{"base_url":"http://h","temprature":1}}"#,
      "unknown option 'temprature'"
    ),
    (
      #"{"name":"m","options":{"base_url":"http://h","body":{"prompt":"x"}}}"#,
      "may not set 'prompt'"
    ),
    (
      #"{"name":"m","options":{"base_url":"http://h","body":{"messages":[]}}}"#,
      "may not set 'messages'"
    ),
    (#"{"name":"m","options":{"base_url":"http://h","body":[1]}}"#, "'body' must be a table"),
    (
      #"{"name":"m","options":{"base_url":"http://h","omit":["model"]}}"#,
      "'omit' may not name 'model'"
    ),
    (
      #"{"name":"m","options":{"base_url":"http://h","headers":{"Authorization":"Bearer secret"}}}"#,
      "it would be stored with the run"
    ),
    (#"{"name":"m","options":{"base_url":"http://h","headers":{"X":"a\nb"}}}"#, "line break"),
    (#"{"name":"m","options":{"base_url":"http://h","headers":{"X":1}}}"#, "'X' must be a string"),
    (
      #"{"name":"m","options":{"base_url":"http://h","fields":["mirostat"]}}"#,
      "anything else goes into 'body'"
    ),
    (
      #"{"name":"m","options":{"base_url":"http://h","endpoint":"responses"}}"#,
      "one of auto, chat, completions"
    ),
    (#"{"name":"m","options":{"base_url":"http://h","timeout_s":0}}"#, "it must be 0.001 to"),
    (#"{"name":"m","options":{"base_url":"http://h","max_batch":0}}"#, "it must be 1 to 65536"),
    (#"{"name":"m","options":{"base_url":"http://h","top_logprobs":0}}"#, "it must be 1 to 1000"),
    (
      #"{"name":"m","options":{"base_url":"http://h","choose":"guess"}}"#,
      "one of auto, echo, prompt_logprobs"
    ),
    (#"{"name":"m","options":[]}"#, "must be an object"),
  ])
  func `a wrong option is refused with its reason`(table: String, message: String) throws {
    let value = try JSONValue.parse(Array(table.utf8))
    let error = try #require(throws: ConfigurationError.self) { try OpenAIOptions(model: value) }
    #expect(error.message.contains(message), "\(error.message)")
    #expect(!error.message.contains("secret"))
  }
}
