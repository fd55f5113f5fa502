// What is refused before anything starts, with which words and which exit status.

internal import Foundation
internal import TestSupport
internal import Testing

/// A change that spoils a good run.
struct Spoiled: CustomTestStringConvertible, Sendable {
  let name: String
  let exit: Int32
  let says: [String]
  var arguments: [String] = []
  var spoil: @Sendable (Workspace) throws -> Void = { _ in }

  var testDescription: String { name }

  private static let manifest = "free_response"

  static let configuration: [Spoiled] = [
    Spoiled(
      name: "an unknown key", exit: 2,
      says: ["unknown key 'sed' in [run]; did you mean 'seed'?"], arguments: ["--set", "run.sed=1"]),
    Spoiled(
      name: "an unknown key in the file", exit: 2,
      says: ["config.toml:", "unknown key 'sizes' in [batch]; did you mean 'size'?"],
      spoil: { $0.config.sections = ["[batch]", "sizes = 3"] }),
    Spoiled(
      name: "a file that is not TOML", exit: 2, says: ["config.toml:"],
      spoil: { $0.config.sections = ["[batch", "size = 3"] }),
    Spoiled(
      name: "an override without a value", exit: 2,
      says: ["--set run: expected key=value"], arguments: ["--set", "run"]),
    Spoiled(
      name: "an override into an array without index", exit: 2,
      says: ["--set models.x.name: 'models' is an array"],
      arguments: ["--set", "models.x.name=b"]),
    Spoiled(
      name: "an override out of range", exit: 2,
      says: ["--set eval.repeats: 'repeats' in [eval] must be from 1"],
      arguments: ["--set", "eval.repeats=0"]),
    Spoiled(
      name: "a stage that does not exist", exit: 2,
      says: ["'finl' is neither a stage nor a model; did you mean 'final'?"],
      arguments: ["--set", "sampling.finl.temperature=0.5"]),
    Spoiled(
      name: "a mode that does not exist", exit: 2,
      says: ["evaluator 'free_response' has no mode 'dirct'", "'direct'"],
      arguments: ["--set", "datasets.0.mode=dirct"]),
    Spoiled(
      name: "an option that the evaluator does not know", exit: 2,
      says: ["free_response", "answer_fromat"],
      spoil: { $0.config.datasets[0].options = ["answer_fromat = \"auto\""] }),
    Spoiled(
      name: "a dataset that is not there", exit: 2,
      says: ["dataset nope_test: open ", "data/nope/test.jsonl: No such file or directory"],
      arguments: ["--set", "datasets.0.slug=nope_test"]),
    Spoiled(
      name: "an unknown option of the command", exit: 2,
      says: ["unknown option '--bogus'; see `evalhost run --help`"], arguments: ["--bogus"]),
    Spoiled(
      name: "a run that is required to exist", exit: 2, says: ["test-run", "resume.policy"],
      arguments: ["--set", "resume.policy=require"]),
  ]

  static let plugins: [Spoiled] = [
    Spoiled(
      name: "an unknown evaluator", exit: 3,
      says: ["no evaluator plugin 'free_respons'; did you mean 'free_response'?"],
      arguments: ["--set", "datasets.0.evaluator=free_respons"]),
    Spoiled(
      name: "an unknown backend", exit: 3,
      says: ["no backend plugin 'repla'; did you mean 'replay'?"],
      arguments: ["--set", "models.0.backend=repla"]),
    Spoiled(
      name: "a manifest of another ABI", exit: 3, says: ["plugin.toml:4:7: abi is 2"],
      spoil: { space in
        let text = try space.plugins.manifest(of: manifest)
        try space.plugins.writeManifest(
          text.replacingOccurrences(of: "abi = 1", with: "abi = 2"), of: manifest)
      }),
    Spoiled(
      name: "a library that is not there", exit: 3,
      says: ["libfree_response.so: the plugin's library is not there"],
      spoil: { try FileManager.default.removeItem(at: $0.plugins.library(of: manifest)) }),
    Spoiled(
      name: "a library of another checksum", exit: 3,
      says: ["libfree_response.so: its sha256 is ", "plugin.toml says 0000"],
      spoil: { space in
        let digest = "sha256 = \"\(String(repeating: "0", count: 64))\"\n"
        try space.plugins.writeManifest(digest + space.plugins.manifest(of: manifest), of: manifest)
      }),
    Spoiled(
      name: "another plugin's library", exit: 3,
      says: ["the library says id 'replay', plugin.toml says 'free_response'"],
      spoil: { space in
        try FileManager.default.removeItem(at: space.plugins.library(of: manifest))
        try FileManager.default.copyItem(
          at: space.plugins.library(of: "replay"), to: space.plugins.library(of: manifest))
      }),
    Spoiled(
      name: "a file that is no library", exit: 3, says: ["libfree_response.so"],
      spoil: { space in
        try FileManager.default.removeItem(at: space.plugins.library(of: manifest))
        try Data("not ELF".utf8).write(to: space.plugins.library(of: manifest))
      }),
  ]

  static let folders: [Spoiled] = [
    Spoiled(
      name: "a file in place of the artifact folder", exit: 5, says: ["Not a directory"],
      spoil: { $0.config.artifactRoot = try $0.folder.write("", to: "file").path }),
    Spoiled(
      name: "an artifact folder that cannot be made", exit: 5, says: ["/proc/evalhost-none"],
      spoil: { $0.config.artifactRoot = "/proc/evalhost-none" }),
  ]
}

@Suite(.enabled(if: Evalhost.isBuilt))
struct BadInputTests {
  @Test(arguments: Spoiled.configuration + Spoiled.plugins + Spoiled.folders)
  func `a run that cannot be is refused with its reason`(spoiled: Spoiled) throws {
    let space = try Workspace.sums(10)
    try spoiled.spoil(space)
    let program = try space.start(spoiled.arguments)
    let result = program.wait()
    #expect(result.exitCode == spoiled.exit, "\(result)")
    for text in spoiled.says { #expect(result.stderr.contains(text), "\(result)") }
    #expect(result.stdout.isEmpty)
    #expect(try space.count("SELECT count(*) FROM verdicts") == 0)
    #expect(program.leftovers() == [])
  }

  @Test func `a configuration that is not there is refused`() throws {
    let result = try Evalhost.run(["run", "--plugins", "/", "--config", "/nonexistent.toml"])
    #expect(result.exitCode == 2)
    #expect(
      result.stderr.contains(
        "open /nonexistent.toml: No such file or directory; give an existing file with --config"))
  }

  @Test func `rows that cannot be used are errors of their own, the others are judged`() throws {
    let space = try Workspace("rows")
    let rows = [
      #"{"question": "a", "answer": "0"}"#, #"{"question": "b", "answ"#, #"{"question": "c"}"#, "",
      #"{"answer": "8"}"#, "[1]", #"{"question": "g", "answer": "12"}"#,
    ]
    try space.addDataset("sums_test", rows: [])
    try space.writeSplit("sums_test", rows.joined(separator: "\n") + "\n")
    try space.addModel("adder", [("sums", Samples.answers(7))])
    let result = try space.run()
    #expect(result.exitCode == 1, "\(result)")
    #expect(
      result.stderr.contains("task sums_test/direct @ adder failed: its score is partial"),
      "\(result)")
    let errors = try space.exported("errors")
    let expected: [(Int, String)] = [
      (1, "the text ends inside a value"), (2, "the reference is missing"), (3, ""),
      (4, "the question is missing"), (5, "the row is not an object"),
    ]
    #expect(errors.map { $0["sample_index"] as? Int } == expected.map(\.0))
    for (error, (_, reason)) in zip(errors, expected) {
      #expect(error["where"] as? String == "dataset row")
      #expect((error["reason"] as? String ?? "").contains(reason) || reason.isEmpty, "\(error)")
    }
    #expect(try space.exported("eval").map { $0["sample_index"] as? Int } == [0, 6])
    let score = try #require(try space.exported("scores").first)
    #expect(coverage(score, "error") == 5)
    #expect(score["samples"] as? Int == 2)

    // Told that this is known, the same rows give a run that is done.
    space.config.run = "allowed"
    space.config.datasets[0].lines = ["allow_incomplete = true"]
    #expect(try space.run().exitCode == 0)
  }
}
