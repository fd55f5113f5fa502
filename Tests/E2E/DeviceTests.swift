// Devices and weights as a user meets them: tools that are small scripts on the PATH of the program, a C backend
// that claims devices, weights that are real files.

import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: Evalhost.isBuilt, "evalhost is not built")) struct `Devices and weights` {
  @Test func `auto takes idle allowed GPUs that the backend can use, and says why not others`()
    throws
  {
    let space = try GPUSpace(["cpu", "cuda"])
    try space.nvidia(["0, GPU-a, H200, 1000, 900, 97", "1, GPU-b, H200, 1000, 4, 0"])
    let plan = try space.plan()
    #expect(plan.exitCode == 0, "\(plan)")
    #expect(plan.stdout.contains("  devices     cuda:1\n"), "\(plan)")
    #expect(plan.stdout.contains("left out    cuda:0: not idle: 97 % busy, 900 of 1000 MiB used"))
    let allowed = try space.plan(["devices.allow=['GPU-a']"])
    #expect(allowed.stdout.contains("  devices     cpu\n"), "\(allowed)")
    #expect(allowed.stdout.contains("left out    cuda:1: not in 'allow'"))
    #expect(allowed.stderr.contains("the CPU is used: cuda:0 is not idle: 97 % busy"), "\(allowed)")
    let lenient = try space.plan(["devices.max_utilization=97", "devices.max_memory_used=900"])
    #expect(lenient.stdout.contains("  devices     cuda:0, cuda:1\n"), "\(lenient)")
    let slots = try space.plan(["devices.slots={'cuda:1'=2}"])
    #expect(slots.stdout.contains("  devices     cuda:1, cuda:1\n"), "\(slots)")
    let hidden = try space.plan(environment: ["CUDA_VISIBLE_DEVICES": "1"])
    #expect(hidden.stdout.contains("  devices     cuda:0\n"), "\(hidden)")
  }

  @Test func `a named GPU that is busy is used with a warning`() throws {
    let space = try GPUSpace(["cpu", "cuda"])
    try space.nvidia(["0, GPU-a, H200, 1000, 900, 97"])
    let plan = try space.plan(["devices.use=['cuda:0']"])
    #expect(plan.exitCode == 0 && plan.stdout.contains("  devices     cuda:0\n"), "\(plan)")
    #expect(
      plan.stderr.contains(
        "model 'm': cuda:0 is used as configured, although it is not idle: 97 % busy"), "\(plan)")
    // The worker's load gets that device, and CUDA is told to count as the tool does.
    let run = try space.run(["devices.use=['cuda:0']"])
    #expect(run.exitCode == 2 && run.stderr.contains("load on cuda:0 by PCI_BUS_ID"), "\(run)")
    let events = try space.events("device warning")
    #expect(events.count == 1, "\(events)")
  }

  @Test func `an allow-list that names nothing real is refused with what is there`() throws {
    let space = try GPUSpace(["cpu"])
    try space.nvidia(["0, GPU-a, H200, 1000, 0, 0"])
    let refused = try space.plan(["devices.allow=['cuda:7']"])
    #expect(refused.exitCode == 2, "\(refused)")
    #expect(
      refused.stderr.contains(
        "'allow' in [devices] names 'cuda:7', which is not here; here are: cuda:0 (GPU-a)"),
      "\(refused)")
    try space.tool("nvidia-smi", "echo 'the driver is gone'; exit 9")
    let broken = try space.plan(["devices.allow=['cuda:0']"])
    #expect(
      broken.exitCode == 2 && broken.stderr.contains("(exit code 9): the driver is gone"),
      "\(broken)")
  }

  @Test func `a backend is asked once, and a tool only where it matters`() throws {
    let space = try GPUSpace(["cpu"])
    try space.tool(
      "nvidia-smi", "echo asked >> \(space.folder.path)/smi; echo '0, GPU-a, H, 9, 0, 0'")
    for _ in 0..<3 {
      let plan = try space.plan()
      #expect(plan.stdout.contains("  devices     cpu\n"), "\(plan)")
    }
    #expect(try space.folder.read("devices-calls") == ".")
    #expect(!FileManager.default.fileExists(atPath: space.folder.file("smi").path))
    // Another library is asked anew.
    try space.addBackend(["cpu", "cuda:0"])
    for _ in 0..<2 {
      let plan = try space.plan()
      #expect(plan.stdout.contains("  devices     cuda:0\n"), "\(plan)")
    }
    #expect(try space.folder.read("devices-calls") == "..")
    #expect(try space.folder.read("smi") == "asked\nasked\n")
  }

  @Test func `a backend that cannot say its devices gets the CPU`() throws {
    let space = try GPUSpace(nil)
    try space.nvidia(["0, GPU-a, H200, 1000, 0, 0"])
    let plan = try space.plan()
    #expect(plan.exitCode == 0 && plan.stdout.contains("  devices     cpu\n"), "\(plan)")
    #expect(plan.stderr.contains("could not be asked for its devices; the CPU is used"), "\(plan)")
  }

  @Test func `doctor and inspect show devices and what backends can use`() throws {
    let space = try GPUSpace(["cpu", "cuda", "npu:0"])
    try space.nvidia(["0, GPU-a, H200, 1000, 900, 97", "1, GPU-b, H200, 1000, 4, 0"])
    try space.tool("rocm-smi", "sleep 0; echo broken; exit 3")
    let doctor = try space.evalhost(["doctor", "--plugins", space.plugins.path])
    #expect(doctor.exitCode == 0, "\(doctor)")
    for line in [
      "cuda:0", "H200, GPU-a, not idle: 97 % busy, 900 of 1000 MiB used",
      "H200, GPU-b, idle: 0 % busy, 4 of 1000 MiB used", "gave no list of devices (exit code 3)",
      "can use cpu, cuda:0, cuda:1; also offers npu:0", "can use cpu\n",
    ] { #expect(doctor.stdout.contains(line), "\(line) in \(doctor)") }
    let json = try space.evalhost(["doctor", "--plugins", space.plugins.path, "--json"])
    #expect(json.stdout.contains(#""name":"backend claims","state":"ok""#), "\(json)")
    let inspect = try space.evalhost([
      "plugins", "inspect", "--plugins", space.plugins.path, "claims",
    ])
    #expect(inspect.stdout.contains("devices: cpu, cuda, npu:0\n"), "\(inspect)")
  }

  @Test func `weights are hashed once, recorded, and given to the backend`() throws {
    let space = try GPUSpace(["cpu"])
    let signature = try space.makeWeights(6 << 20)
    let first = try space.run()
    #expect(
      first.exitCode == 2 && first.stderr.contains("\"signature\":\"\(signature)\""), "\(first)")
    #expect(try space.events("weights hashed").count == 1)
    #expect(
      try space.folder.read("results/runs/test-run/config.toml")
        .contains("signature = \"\(signature)\"  # computed from weights"))
    _ = try space.run()
    #expect(try space.events("weights hashed").count == 1)
    #expect(try space.events("weights remembered").count == 1)
    let plan = try space.plan()
    #expect(plan.stdout.contains("m.pth (\(signature))"), "\(plan)")
    // Other bytes of the same size.
    let other = try space.makeWeights(6 << 20, fill: 1)
    _ = try space.run()
    #expect(other != signature)
    #expect(try space.events("weights hashed").count == 2)
  }

  @Test func `a signature that does not fit is refused before anything starts`() throws {
    let space = try GPUSpace(["cpu"])
    let signature = try space.makeWeights(1000)
    let refused = try space.run(["models.0.signature='sha256:00'"])
    #expect(refused.exitCode == 2, "\(refused)")
    #expect(
      refused.stderr.contains("'signature' is sha256:00, but the weights"), "\(refused)")
    #expect(refused.stderr.contains("--set models.0.signature"), "\(refused)")
    #expect(!FileManager.default.fileExists(atPath: space.folder.file("results/runs").path))
    let right = try space.plan(["models.0.signature='\(signature)'"])
    #expect(right.exitCode == 0, "\(right)")
    // What only the backend can confirm is left to it: the file is not looked at.
    let own = try space.plan(["models.0.signature='own:1'", "models.0.weights='nowhere'"])
    #expect(own.exitCode == 0 && !own.stdout.contains("weights  "), "\(own)")
  }

  @Test func `weights that are no readable file are refused`() throws {
    let space = try GPUSpace(["cpu"])
    let path = space.folder.path
    #expect(mkfifo("\(path)/pipe", 0o600) == 0)
    for (weights, words) in [
      ("\(path)/none.pth", "are not there; a relative path starts at the folder"),
      (path, "are no regular file"), ("\(path)/pipe", "are no regular file"),
      ("/dev/zero", "are no regular file"), ("\(path)/config.toml/x", "are not there"),
    ] {
      let refused = try space.plan(["models.0.weights='\(weights)'"])
      #expect(refused.exitCode == 2 && refused.stderr.contains(words), "\(refused)")
      #expect(refused.stderr.contains("--set models.0.weights"), "\(refused)")
    }
  }

  @Test func `a backend may name weights in its own way, but not give sha256 another value`() throws
  {
    let space = try Workspace.sums(3)
    let recording = space.config.models[0].source
    space.config.models[0].options = []
    // The recording as the weights: its own signature is of another kind.
    let run = try space.run(["--set", "models.0.weights='\(recording)'"])
    #expect(run.exitCode == 0, "\(run)")
    let again = try space.run(["--set", "models.0.weights='\(recording)'", "--dry-run"])
    #expect(again.stdout.contains("0 tries are to be done"), "\(again)")
    let liar = try GPUSpace(["cpu"])
    _ = try liar.makeWeights(10)
    let refused = try liar.run(["models.0.options.describe='sha256:ff'"])
    #expect(refused.exitCode == 2, "\(refused)")
    #expect(refused.stderr.contains("the backend says that it loaded sha256:ff"), "\(refused)")
  }
}

/// A workspace with a C backend that claims devices, and with tools of its own.
private final class GPUSpace {
  let space: Workspace

  /// `devices` is what the backend says; nil lets it fail.
  init(_ devices: [String]?) throws {
    space = try Workspace.sums(3)
    space.config.models[0].name = "m"
    space.config.models[0].backend = "claims"
    try addBackend(devices)
  }

  var folder: TemporaryFolder { space.folder }
  var plugins: PluginFolder { space.plugins }

  /// Compiles the backend anew.
  func addBackend(_ devices: [String]?) throws {
    let place = plugins.url.appendingPathComponent("claims")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try folder.write(Self.manifest, to: "plugins/claims/plugin.toml")
    let source = try folder.write(Self.source, to: "claims.c")
    let list = (devices ?? []).map { "{\\\"id\\\":\\\"\($0)\\\"}" }.joined(separator: ",")
    let library = place.appendingPathComponent("libclaims.so")
    try? FileManager.default.removeItem(at: library)
    let result = try Program.run(
      "/usr/bin/env",
      [
        "gcc", "-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-I",
        Repository.root.appendingPathComponent("Sources/PluginAPI/include").path,
        "-DDEVICES=\"{\\\"devices\\\":[\(list)]}\"", "-DCALLS=\"\(folder.path)/devices-calls\"",
        devices == nil ? "-DFAILS" : "-DWORKS", source.path, "-o", library.path,
      ])
    try #require(result.exitCode == 0, "\(result)")
  }

  /// Puts a program on the PATH of the program under test.
  func tool(_ name: String, _ lines: String) throws {
    let place = try folder.write("#!/bin/sh\n\(lines)\n", to: "bin/\(name)")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.path)
  }

  /// An nvidia-smi that lists these devices.
  func nvidia(_ lines: [String]) throws {
    try tool("nvidia-smi", lines.map { "echo '\($0)'" }.joined(separator: "\n"))
  }

  /// A weights file of the model; returns its signature as the sha256sum program has it.
  func makeWeights(_ size: Int, fill: UInt8 = 0) throws -> String {
    let place = folder.file("m.pth")
    try Data(repeating: fill, count: size).write(to: place)
    weights = place.path
    let sum = try Program.run("/usr/bin/env", ["sha256sum", place.path])
    return "sha256:\(sum.stdout.prefix(64))"
  }

  private var weights: String?

  func evalhost(_ arguments: [String], environment: [String: String] = [:]) throws -> RunResult {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return try Evalhost.run(
      arguments, environment: ["PATH": "\(folder.path)/bin:\(path)"].merging(environment) { $1 })
  }

  func run(_ sets: [String] = [], _ more: [String] = [], environment: [String: String] = [:])
    throws -> RunResult
  {
    try Data(space.config.text.utf8).write(to: space.configFile)
    let model = weights.map { ["models.0.weights='\($0)'"] } ?? []
    return try evalhost(
      [
        "run", "--plugins", plugins.path, "--config", space.configFile.path, "--progress", "none",
      ] + (model + sets).flatMap { ["--set", $0] } + more, environment: environment)
  }

  func plan(_ sets: [String] = [], environment: [String: String] = [:]) throws -> RunResult {
    try run(sets, ["--dry-run"], environment: environment)
  }

  /// Lines of the run's log with an event.
  func events(_ name: String) throws -> [Substring] {
    try folder.read("results/runs/test-run/events.jsonl").split(separator: "\n")
      .filter { $0.contains("\"event\":\"\(name)\"") }
  }

  private static let manifest = """
    id = "claims"
    version = "1.0.0"
    abi = 1
    kind = ["backend"]
    library = "libclaims.so"
    license = "Apache-2.0"
    description = "Claims devices; tells what load() was given"
    """

  /// load() fails with what it was given, unless the model has the option `describe`: then that is its signature.
  private static let source = """
    #include "evalhost_plugin.h"
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    struct evh_instance { int x; };
    struct evh_model { char json[128]; };
    static evh_status open_it(const evh_host *h, const evh_call *c, evh_str j, evh_instance **out,
                              evh_error *e) {
      (void)h, (void)c, (void)j, (void)e;
      *out = calloc(1, sizeof **out);
      return EVH_OK;
    }
    static void close_it(evh_instance *i) { free(i); }
    static evh_status fail(evh_error *e, evh_status code, const char *text) {
      e->code = code;
      e->message_len = (uint32_t)strlen(text);
      memcpy(e->message, text, e->message_len);
      return code;
    }
    static evh_status devices(evh_instance *i, const evh_call *c, const evh_sink *s, evh_error *e) {
      (void)i, (void)c;
      FILE *calls = fopen(CALLS, "a");
      if (calls) fputc('.', calls), fclose(calls);
    #ifdef FAILS
      (void)s;
      return fail(e, EVH_E_IO, "the driver does not answer");
    #else
      (void)e;
      return s->write(s, (evh_str){DEVICES, sizeof DEVICES - 1});
    #endif
    }
    static evh_status load(evh_instance *i, const evh_call *c, evh_str json, evh_str device,
                           evh_model **out, evh_error *e) {
      (void)i, (void)c;
      char text[1024], *found;
      snprintf(text, sizeof text, "%.*s", (int)json.len, json.ptr);
      if ((found = strstr(text, "\\"describe\\":\\""))) {
        *out = calloc(1, sizeof **out);
        found += 12;
        found[strcspn(found, "\\"")] = 0;
        snprintf((*out)->json, sizeof (*out)->json, "{\\"signature\\":\\"%.60s\\"}", found);
        return EVH_OK;
      }
      const char *order = getenv("CUDA_DEVICE_ORDER");
      snprintf(text, 400, "load on %.*s by %s: %.*s", (int)device.len, device.ptr,
               order ? order : "nothing", (int)(json.len > 300 ? 300 : json.len), json.ptr);
      return fail(e, EVH_E_BAD_CONFIG, text);
    }
    static void unload(evh_instance *i, evh_model *m) { (void)i, free(m); }
    static evh_status describe(evh_model *m, const evh_call *c, const evh_sink *s, evh_error *e) {
      (void)c, (void)e;
      return s->write(s, (evh_str){m->json, strlen(m->json)});
    }
    static evh_status submit(evh_model *m, const evh_call *c, const evh_request *const *r, uint32_t n,
                             uint32_t *accepted, evh_error *e) {
      (void)m, (void)c, (void)r, (void)n;
      *accepted = 0;
      return fail(e, EVH_E_IO, "it answers nothing");
    }
    static evh_status pump(evh_model *m, const evh_call *c, uint64_t t, const evh_completion_sink *s,
                           evh_error *e) {
      (void)m, (void)c, (void)t, (void)s, (void)e;
      return EVH_OK;
    }
    static void cancel(evh_model *m, uint64_t id) { (void)m, (void)id; }
    static const evh_backend backend = {
        .struct_size = sizeof backend, .open = open_it, .close = close_it, .devices = devices,
        .load = load, .unload = unload, .describe = describe, .submit = submit, .pump = pump,
        .cancel = cancel};
    static const evh_component component = {
        .struct_size = sizeof component, .kind = EVH_KIND_BACKEND,
        .thread_model = EVH_THREADS_SERIAL, .id = {"claims", 6}, .version = {"1.0.0", 5},
        .title = {"Claims", 6}, .vtable = &backend};
    static const evh_component *const components[] = {&component};
    static const evh_plugin plugin = {
        .struct_size = sizeof plugin, .abi_major = 1, .id = {"claims", 6}, .version = {"1.0.0", 5},
        .build_id = {"b", 1}, .component_count = 1, .components = components};
    EVH_EXPORT const evh_plugin *evalhost_plugin_v1(uint32_t minor) EVH_NOEXCEPT;
    const evh_plugin *evalhost_plugin_v1(uint32_t minor) { (void)minor; return &plugin; }
    """
}
