// Plugins that crash, hang or cannot be loaded: the run goes on without the one sample, or is refused.

internal import Foundation
internal import TestSupport
internal import Testing

/// A fault at sample 37, and how its error record names it.
struct SampleFault: CustomTestStringConvertible, Sendable {
  /// What the option line says is broken.
  let option: String
  let reason: String
  var isBackend = false
  /// Each step of the search for a sample that hangs takes a second: fewer samples, fewer steps.
  var samples = 300

  var testDescription: String { option }

  static let all = [
    SampleFault(option: "abort_in_next = 37", reason: "SIGABRT"),
    SampleFault(option: "crash_in_score = 37", reason: "SIGSEGV"),
    SampleFault(option: "exit_in_validate = 37", reason: "exit code 0"),
    SampleFault(option: "hang_in_score = 37", reason: "no sign of life for 1 s", samples: 60),
    SampleFault(option: "crash_on_sample = 37", reason: "SIGABRT", isBackend: true),
    SampleFault(
      option: "hang_on_sample = 37", reason: "no sign of life for 1 s", isBackend: true, samples: 60
    ),
  ]
}

/// A library that is broken as a whole.
struct LoadFault: CustomTestStringConvertible, Sendable {
  let define: String
  let says: String

  var testDescription: String { define }

  static let all = [
    LoadFault(define: "CRASH_IN_LOAD", says: "SIGSEGV"),
    LoadFault(define: "CRASH_IN_ENTRY", says: "SIGSEGV"),
    LoadFault(define: "HANG_IN_ENTRY", says: "c_nasty"),
    LoadFault(define: "FAIL_IN_INIT", says: "init"),
    LoadFault(define: "WRONG_MAJOR", says: "it speaks ABI major 2, this evalhost 1"),
    LoadFault(define: "NULL_DESCRIPTOR", says: "it cannot serve a host of ABI 1.0"),
    LoadFault(define: "VERSION_MISMATCH", says: "plugin.toml says '1.0.0'"),
  ]
}

@Suite(.enabled(if: Evalhost.isBuilt))
struct FaultyPluginTests {
  /// A run over `count` samples with the C evaluator, all of them right.
  static func space(_ count: Int, switches: [String] = []) throws -> Workspace {
    let space = try Workspace("faults", plugins: ["replay"])
    try space.plugins.addC("nasty", switches: switches)
    let manifest = try space.plugins.manifest(of: "c_nasty")
    if !manifest.contains("[[modes]]") {
      let modes = "\n[[modes]]\nname = \"direct\"\nstages = [\"final\"]\n"
      try space.plugins.writeManifest(manifest + modes, of: "c_nasty")
    }
    try space.addDataset(
      "sums_test", rows: Samples.arithmetic(count), evaluator: "c_nasty")
    let tries = (0..<count).map { RecordedTry($0, [RecordedStage("\($0 + $0 % 7)")]) }
    try space.addModel("adder", [("sums", tries)])
    return space
  }

  /// The processes that a run started in a role, by its log.
  static func starts(_ space: Workspace, of role: String) throws -> Int {
    let log = try space.folder.read("results/runs/\(space.config.run)/events.jsonl")
    return log.split(separator: "\n").count {
      $0.contains("\"process\":\"\(role) ") && $0.contains("\"event\":\"started\"")
    }
  }

  @Test(arguments: SampleFault.all)
  func `the one sample that ends its worker is an error, all others are judged`(
    fault: SampleFault
  ) throws {
    let space = try Self.space(fault.samples)
    if fault.isBackend {
      space.config.models[0].options = [fault.option]
    } else {
      space.config.datasets[0].options = [fault.option]
    }
    if fault.option.hasPrefix("hang") {
      // Not for the others: under load a sound worker may be silent for a second.
      space.config.sections = ["[workers]", "heartbeat_timeout_s = 1"]
    }
    let program = try space.start()
    let result = program.wait()
    #expect(result.exitCode == 1, "\(result)")
    #expect(program.leftovers() == [])
    let errors = try space.exported("errors")
    #expect(errors.map { $0["sample_index"] as? Int } == [37], "\(errors)")
    let reason = errors.first?["reason"] as? String ?? ""
    #expect(reason.contains(fault.reason), "\(reason)")
    #expect(reason.contains(fault.isBackend ? "replay 1.0.0" : "c_nasty 1.0.0"), "\(reason)")
    #expect(try space.exported("eval").count == fault.samples - 1)
    let score = try #require(try space.exported("scores").first)
    #expect(coverage(score, "error") == 1)
    #expect(coverage(score, "whole") == 0)
    #expect(result.stderr.contains("its score is partial"), "\(result)")
    if !fault.isBackend {
      #expect(try Self.starts(space, of: "generation worker") == 1, "the model is loaded once")
    }
  }

  @Test(arguments: LoadFault.all)
  func `a plugin that cannot be loaded ends the run with one clear line`(
    fault: LoadFault
  ) throws {
    let space = try Self.space(20, switches: [fault.define])
    if fault.define == "HANG_IN_ENTRY" {
      space.config.sections = ["[workers]", "heartbeat_timeout_s = 1", "load_timeout_s = 1"]
    }
    let program = try space.start()
    let result = program.wait()
    #expect(result.exitCode == 3, "\(result)")
    #expect(result.stderr.contains(fault.says), "\(result)")
    #expect(result.stderr.contains("c_nasty"), "\(result)")
    #expect(result.stderr.split(separator: "\n").count == 1, "\(result)")
    #expect(program.leftovers() == [])

    let inspected = try Evalhost.run([
      "plugins", "verify", "--plugins", space.plugins.path, "c_nasty",
    ])
    #expect(inspected.exitCode == 3, "\(inspected)")
  }

  @Test func `a plugin built for a later minor is accepted`() throws {
    let space = try Self.space(20, switches: ["NEWER_MINOR"])
    let result = try space.run()
    #expect(result.exitCode == 0, "\(result)")
    #expect(try metrics(space)["accuracy"] == 1)
  }
}
