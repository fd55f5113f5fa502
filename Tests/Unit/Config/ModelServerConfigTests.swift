// The table [models.server]: what it decodes to, what it is written as, and what is refused.

import Config
import TOMLFormat
import Testing

@Suite struct `Model server configuration` {
  @Test func `every key is read and written`() throws {
    let loaded = try load(
      """
      [models.server]
      command = ["vllm", "serve", "{weights}", "--port", "{port}", "x y"]
      environment = { A = "{device_index}", B_env = "HOME" }
      port = 8000
      health = "/ready"
      start_timeout_s = 30
      stop_timeout_s = 0
      sets = ""
      """)
    let server = try #require(loaded.config.models[0].server)
    #expect(
      server
        == ModelServerConfig(
          command: ["vllm", "serve", "{weights}", "--port", "{port}", "x y"],
          environment: ["A": "{device_index}", "B_env": "HOME"], port: 8000, health: "/ready",
          startTimeoutSeconds: 30, stopTimeoutSeconds: 0, sets: ""))
    let again = try LoadedConfig(
      parsing: Array(loaded.resolvedTOML().utf8), file: "resolved.toml", overrides: [])
    #expect(again.config == loaded.config)
  }

  @Test func `a short table has every default`() throws {
    let server = try load("server = { command = \"serve {port}\" }").config.models[0].server
    #expect(server == ModelServerConfig(command: ["serve", "{port}"]))
    #expect(server?.startTimeoutSeconds == 600 && server?.stopTimeoutSeconds == 10)
    #expect(server?.sets == "base_url" && server?.health == nil)
    #expect(try load("").config.models[0].server == nil)
  }

  @Test(
    arguments: [
      ("", []), ("  a\t b\n", ["a", "b"]), ("a 'b c' d", ["a", "b c", "d"]),
      ("'' \"\"", ["", ""]), (#"a\ b \"c\\"#, ["a b", #""c\"#]), (#""a \" 'b'""#, [#"a " 'b'"#]),
      (#"'a\b'"#, [#"a\b"#]), ("--x='{\"a\": 1}'", ["--x={\"a\": 1}"]),
      ("$HOME *|;", ["$HOME", "*|;"]),
      ("ä'ö'", ["äö"]), ("'a", nil), ("a\"", nil), ("a\\", nil),
    ] as [(String, [String]?)])
  func `a command line is split at blanks alone`(text: String, words: [String]?) {
    #expect(commandWords(text) == words)
  }

  @Test(arguments: [
    ("", "[models.server] needs the key 'command'"),
    ("command = \"\"", "'command' in [models.server] must name a program"),
    ("command = []", "'command' in [models.server] must name a program"),
    ("command = ['', '{port}']", "'command' in [models.server] must name a program"),
    ("command = 3", "must be a string or an array of strings, found an integer"),
    ("command = ['a', 1]", "must be a string or an array of strings, found an integer"),
    ("command = \"a 'b {port}\"", "has a quotation mark without its end"),
    ("command = \"a\\u0000 {port}\"", "must not hold a zero character"),
    ("command = 'serve'", "does not say where the server's port goes; put {port} into"),
    (
      "command = 'serve {prot}'",
      "unknown place '{prot}' in [models.server]; did you mean '{port}'?"
    ),
    (
      "command = 'serve {weights} {port}'", "'{weights}' in [models.server] needs the key 'weights'"
    ),
    (
      "command = 's {port}'\nport = 0", "'port' in [models.server] must be from 1 to 65535, found 0"
    ),
    ("command = 's {port}'\nhealth = 'up'", "'health' in [models.server] must be a path"),
    ("command = 's {port}'\nhealth = '/a b'", "'health' in [models.server] must be a path"),
    ("command = 's {port}'\nstart_timeout_s = 0", "must be from 1 to 604800, found 0"),
    (
      "command = 's {port}'\nports = 1",
      "unknown key 'ports' in [models.server]; did you mean 'port'?"
    ),
    ("command = 's {port}'\nenvironment = {a = 1}", "must be a string without zero characters"),
    (
      "command = 's {port}'\nenvironment = {'a=b' = ''}",
      "'a=b' in [models.server.environment] is no"
    ),
    ("command = 's {port}'\nsets = 'a b'", "'sets' in [models.server] must be up to 128 letters"),
    ("command = 's {port}'\n[devices]\nuse = ['cpu']\nslots = 2", "leave 'port' out"),
  ])
  func `a mistake is named`(lines: String, says: String) {
    // The last row is about a fixed port.
    let text =
      says == "leave 'port' out" ? lines.replacing("\n[dev", with: "\nport = 1\n[dev") : lines
    let found = sentences("[models.server]\n\(text)", [], base: modelLast)
    #expect(found.count == 1 && found.allSatisfy { $0.contains(says) }, "\(found)")
  }

  @Test(arguments: [
    "command = ['s', '{port}', '--api-key', 'sk-secret']",
    "command = 's {port} --hf-token=sk-secret'", "command = 'env HF_TOKEN=sk-secret s {port}'",
    "command = ['sh', '-c', 'API_KEY=sk-secret exec s {port}']",
    "command = 's {port}'\nenvironment = {VLLM_API_KEY = 'sk-secret'}",
  ])
  func `a secret is refused and not repeated`(lines: String) {
    let found = sentences("[models.server]\n\(lines)", [], base: modelLast)
    #expect(found.count == 1 && found.allSatisfy { $0.contains("looks like a secret") }, "\(found)")
    #expect(!found.joined().contains("sk-"))
  }

  @Test(arguments: [
    "command = '''s {port} --json '{\"a\": {\"b\": 1}}' {} { x} {A} {'''",
    "command = 's {port} --chat {messages_go_here}'", "command = 's {port} --api-key --x'",
    "command = 's'\nport = 1", "command = 's'\nenvironment = {PORT = '{port}'}",
  ])
  func `what is the server's own passes`(lines: String) {
    #expect(sentences("[models.server]\n\(lines)", [], base: modelLast) == [])
  }
}

private let modelLast = """
  paths = { data_root = "data", cache_root = "cache", artifact_root = "results" }
  [[datasets]]
  slug = "gsm8k_test"
  [[models]]
  name = "m"
  backend = "openai"

  """

private func load(_ lines: String) throws -> LoadedConfig {
  let model = modelLast + "weights = \"w\"\n" + lines
  return try LoadedConfig(parsing: Array(model.utf8), file: "run.toml", overrides: [])
}
