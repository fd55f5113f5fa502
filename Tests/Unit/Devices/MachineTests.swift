// The parts that look at a machine, on machines made of files: tools that are small scripts, kernels that are
// folders.

import Devices
import Foundation
import Posix
import Testing

/// A folder of one test, gone when the test is.
private final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("evalhost-devices-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ text: String, to name: String, mode: Int = 0o644) throws {
    let place = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: place)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place.path)
  }

  /// A program of a shell's lines.
  func tool(_ name: String, _ lines: String, mode: Int = 0o755) throws {
    try write("#!/bin/sh\n\(lines)\n", to: "bin/\(name)", mode: mode)
  }

  var tools: DeviceTools { DeviceTools(path: "/nonexistent:\(url.path)/bin") }
}

@Suite struct `Device search` {
  @Test func `without tools there are no devices and no problems`() throws {
    let scratch = try Scratch()
    try scratch.tool("nvidia-smi", "echo 0, GPU-1, n, 1, 1, 1", mode: 0o644)
    #expect(!scratch.tools.mayFindDevices)
    #expect(DeviceInventory.read(scratch.tools) == DeviceInventory(answered: []))
    #expect(DeviceInventory.read(DeviceTools(path: "")) == DeviceInventory(answered: []))
  }

  @Test func `both tools are asked as documented, and variables hide devices`() throws {
    let scratch = try Scratch()
    // Each tool refuses other arguments than those that it is to get.
    try scratch.tool(
      "nvidia-smi",
      """
      [ "$*" = "\(NvidiaListing.arguments.joined(separator: " "))" ] || exit 2
      echo '0, GPU-a, H, 100, 1, 2'
      echo '1, GPU-b, H, 100, 3, 4'
      """)
    try scratch.tool(
      "rocm-smi",
      """
      [ "$*" = "\(RocmListing.arguments.joined(separator: " "))" ] || exit 2
      echo 'WARNING: low power' >&2
      echo '{"card0": {"GPU use (%)": "5", "Card Series": "MI"}}'
      """)
    let all = DeviceInventory.read(scratch.tools)
    #expect(all.names == "cuda:0, cuda:1, rocm:0" && all.problems == [])
    #expect(all.answered == [.nvidia, .amd])
    var tools = scratch.tools
    tools.visible = [.nvidia: ["GPU-b"], .amd: ["0", ""]]
    let some = DeviceInventory.read(tools)
    #expect(
      some.gpus == [
        GPU(
          vendor: .nvidia, ordinal: 0, uuid: "GPU-b", model: "H", memoryTotal: 100, memoryUsed: 3,
          utilization: 4)
      ])
    #expect(tools.summary != scratch.tools.summary && tools.summary == tools.summary)
  }

  @Test(arguments: [
    (
      "echo 'NVIDIA-SMI has failed'; exit 9",
      "gave no list of devices (exit code 9): NVIDIA-SMI has"
    ),
    ("kill -11 $$", "gave no list of devices (SIGSEGV (signal 11))"),
    ("sleep 600", "did not end within"),
    ("trap '' TERM; while :; do echo yes; done", "did not end within"),
  ])
  func `a tool that fails is a problem with a reason`(lines: String, reason: String) throws {
    let scratch = try Scratch()
    try scratch.tool("nvidia-smi", lines)
    var tools = scratch.tools
    tools.patience = 300
    let inventory = DeviceInventory.read(tools)
    #expect(inventory.gpus == [] && inventory.answered == [])
    #expect(
      inventory.problems.count == 1 && inventory.problems.first?.contains(reason) == true,
      "\(inventory.problems)")
  }

  @Test(arguments: [
    ("echo 'No devices were found'; exit 6", 0), ("echo '0, GPU-a, H, 1, 1, 1'; exit 14", 1),
    ("head -c 5000000 /dev/zero | tr '\\\\0' x; echo; echo '0, GPU-a, H, 1, 1, 1'", 0),
    ("echo '0, GPU-a, H, 1, 1, 1'; sleep 600 & exit 0", 1), ("exit 0", 0),
  ])
  func `what a tool lists counts, whatever else it does`(lines: String, count: Int) throws {
    let scratch = try Scratch()
    try scratch.tool("nvidia-smi", lines)
    let inventory = DeviceInventory.read(scratch.tools)
    #expect(inventory.gpus.count == count && inventory.problems == [], "\(inventory)")
  }

  @Test func `a program that is no program is an error with a reason`() throws {
    let scratch = try Scratch()
    try scratch.write("not a program", to: "bin/nvidia-smi", mode: 0o755)
    let problem = try #require(DeviceInventory.read(scratch.tools).problems.first)
    #expect(problem.contains("could not be started"), "\(problem)")
  }
}

@Suite struct `CPU facts` {
  @Test func `processors, features and limits are those of this process`() throws {
    let scratch = try Scratch()
    try scratch.write(
      """
      processor\t: 0
      model name\t: Intel(R) Xeon(R) 6972P
      flags\t\t: fpu avx avx2 fma avx512f avx512_vnni avx512_bf16 amx_bf16 amx_tile amx_int8
      processor\t: 1
      model name\t: another
      flags\t\t: fpu
      """, to: "proc/cpuinfo")
    try scratch.write("Name:\tx\nCpus_allowed_list:\t0-3,8\n", to: "proc/self/status")
    try scratch.write("MemTotal:  16 kB\nMemAvailable:  8 kB\n", to: "proc/meminfo")
    try scratch.write("4:memory:/x\n0::/a.slice/b.scope\n", to: "proc/self/cgroup")
    try scratch.write("max\n", to: "cg/memory.max")
    try scratch.write("250000 100000\n", to: "cg/a.slice/cpu.max")
    try scratch.write("max 100000\n", to: "cg/a.slice/b.scope/cpu.max")
    try scratch.write("4096\n", to: "cg/a.slice/b.scope/memory.max")
    let facts = CPUFacts.read(
      proc: "\(scratch.url.path)/proc", cgroups: "\(scratch.url.path)/cg")
    #expect(facts.model == "Intel(R) Xeon(R) 6972P")
    #expect(
      facts.features == ["avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx"])
    #expect(facts.allowed == 5 && facts.quota == 2.5 && facts.usable == 3)
    #expect(facts.memory == 16_384 && facts.memoryAvailable == 8192 && facts.memoryLimit == 4096)
  }

  @Test func `an arm64 kernel says other words`() throws {
    let scratch = try Scratch()
    try scratch.write(
      """
      processor\t: 0
      Features\t: fp asimd evtstrm aes asimdhp asimddp sve i8mm bf16
      CPU implementer\t: 0x41
      CPU part\t: 0xd40
      """, to: "proc/cpuinfo")
    let facts = CPUFacts.read(proc: "\(scratch.url.path)/proc", cgroups: "/nonexistent")
    #expect(facts.features == ["neon", "dotprod", "i8mm", "bf16", "sve"])
    #expect(facts.model == "implementer 0x41, part 0xd40" && facts.usable == 1)
  }

  @Test(arguments: [
    ("cpuinfo", ":\n:::\nflags"), ("self/status", "Cpus_allowed_list:\t5-2,x,-1,0-99999999999\n"),
    ("meminfo", "MemTotal: 99999999999999999999 kB\nMemTotal"), ("self/cgroup", "0::/../..//x"),
    ("cpuinfo", ""),
  ])
  func `garbage leaves things unknown`(name: String, text: String) throws {
    let scratch = try Scratch()
    try scratch.write(text, to: "proc/\(name)")
    try scratch.write("-1 0\n", to: "cg/cpu.max")
    try scratch.write("nan inf\n", to: "cg/x/cpu.max")
    let facts = CPUFacts.read(
      proc: "\(scratch.url.path)/proc", cgroups: "\(scratch.url.path)/cg")
    #expect(facts == CPUFacts.read(proc: "/nonexistent", cgroups: "/nonexistent"))
    #expect(facts.model.isEmpty && facts.allowed == 0 && facts.memory == nil && facts.quota == nil)
  }

  @Test func `this machine has processors and memory`() {
    let facts = CPUFacts.read()
    #expect(facts.usable >= 1 && facts.allowed >= 1 && (facts.memory ?? 0) > 0)
  }
}
