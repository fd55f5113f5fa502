// plugin.toml: what is read, and the exact sentence for what is refused.

import Config
import Declarations
import Testing

@testable import PluginHost

struct PluginManifestTests {
  @Test func `a whole manifest is read`() throws {
    let text = """
      id = "levenshtein.c"
      version = "1.0.0-rc.1+b5"
      kind = ["backend", "metric"]
      abi = 1
      library = "lib/liblev.so"
      sha256 = "\(String(repeating: "AB", count: 32))"
      license = "MIT"
      description = "edit distance"

      [[metric]]
      name = "levenshtein"
      symbol = "lev_ratio"
      signature = "f64(str,str)"
      """
    let manifest = try PluginManifest(decoding: Array(text.utf8), file: "p")
    #expect(manifest.id == "levenshtein.c")
    #expect(manifest.kinds == [.metric, .backend])
    #expect(manifest.abi == 1)
    #expect(manifest.library == "lib/liblev.so")
    #expect(manifest.sha256 == String(repeating: "ab", count: 32))
    #expect(
      manifest.metricFunctions == [
        MetricFunction(name: "levenshtein", symbol: "lev_ratio", signature: "f64(str,str)")
      ])
    let dataset = #"""
      id = "gsm8k"
      version = "1.0.0"
      kind = ["dataset"]
      evaluator = "free_response"
      mode = "cot"
      [task]
      shots = 4
      [dataset]
      source = "openai/gsm8k"
      format = "jsonl"
      copy = ["question"]
      [[dataset.splits]]
      split = "test"
      file = "test.jsonl"
      """#
    let data = try PluginManifest(decoding: Array(dataset.utf8), file: "p")
    #expect(data.library == nil && data.defaults.evaluator == "free_response")
    #expect(data.defaults.mode == "cot" && data.defaults.shots == 4)
    #expect(data.dataset?.benchmark == "gsm8k" && data.dataset?.splits.map(\.split) == ["test"])
    let bare = #"""
      id = "gsm8k"
      version = "1.0.0"
      kind = ["dataset"]
      """#
    #expect(throws: PluginError.self) { try PluginManifest(decoding: Array(bare.utf8), file: "p") }
  }

  /// A line of plugin.toml that replaces the sound one of its key, and what is said of it.
  static let refusals: [(String, String)] = [
    ("id = 3", "p:1:6: 'id' is an integer; write a string"),
    ("id = 'A b'", "p:1:6: id 'A b' is not made of a-z, 0-9, '_', '.', '-'; rename it"),
    ("id", "p:1:1: 'id' is missing; add id = \"my_plugin\""),
    ("version = '1.0'", "p:2:11: version '1.0' is not semver; write e.g. \"1.0.0\""),
    ("version = '01.0.0'", "p:2:11: version '01.0.0' is not semver; write e.g. \"1.0.0\""),
    ("kind = []", "p:3:8: 'kind' is missing or empty; write e.g. kind = [\"evaluator\"]"),
    ("kind = ['metrik']", "p:3:8: unknown kind 'metrik'; did you mean 'metric'?"),
    ("kind = ['metric', 'metric']", "p:3:8: kind 'metric' is listed twice; remove one of the two"),
    (
      "abi = 2",
      "p:4:7: abi is 2, this evalhost speaks 1; build the plugin with the header of major 1, "
        + "or take the evalhost that speaks 2"
    ),
    ("abi", "p:1:1: 'abi' is missing; add abi = 1"),
    (
      "library = '../x.so'",
      "p:5:11: library '../x.so' leaves the plugin's folder; put the file beside plugin.toml"
    ),
    (
      "library = '/x.so'",
      "p:5:11: library '/x.so' leaves the plugin's folder; put the file beside plugin.toml"
    ),
    ("library", "p:1:1: 'library' is missing; only a dataset plugin may go without one"),
    (
      "sha256 = 'abc'",
      "p:6:10: sha256 is not 64 hex digits; paste the output of sha256sum"
    ),
    ("workers = 'all'", "p:6:11: workers is 'all'; write \"cores\", or leave it out"),
    ("licence = 'MIT'", "p:6:1: unknown key 'licence' in plugin.toml; did you mean 'license'?"),
    (
      "mode = 'cot'",
      "p:6:8: 'mode' is the default of a dataset plugin, and this is none; remove it"
    ),
    ("[[metric]]\nnam = 'x'", "p:7:1: unknown key 'nam' in [[metric]]; did you mean 'name'?"),
    (
      "[[metric]]\nname = 'x'\nsymbol = '1x'\nsignature = 'f64()'",
      "p:8:10: symbol '1x' is not a C identifier; write it as exported"
    ),
    (
      "[[metric]]\nname = 'x'\nsymbol = 'x'\nsignature = 'f64(,)'",
      "p:9:13: signature 'f64(,)' is not result(arguments); write e.g. f64(str,str)"
    ),
    ("= 1", "p:6:1: "),
  ]

  @Test(arguments: refusals)
  func `what is not allowed is refused in one line`(line: String, message: String) {
    var lines = [
      "id = 'x'", "version = '1.0.0'", "kind = ['evaluator']", "abi = 1", "library = 'x.so'",
    ]
    let key = line.prefix { $0 != " " }
    if let place = lines.firstIndex(where: { $0.hasPrefix("\(key) ") }) {
      if line == key { lines.remove(at: place) } else { lines[place] = line }
    } else {
      lines.append(line)
    }
    do throws(PluginError) {
      let text = Array(lines.joined(separator: "\n").utf8)
      let manifest = try PluginManifest(decoding: text, file: "p")
      Issue.record("accepted as \(manifest)")
    } catch {
      #expect(error.code == .badManifest)
      #expect(line == "= 1" ? error.description.hasPrefix(message) : error.description == message)
    }
  }
}
