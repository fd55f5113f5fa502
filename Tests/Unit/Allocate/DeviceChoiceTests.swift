// Which devices a model gets: what was asked for, or what is idle, allowed and of use.

import Allocate
import Devices
import Testing

@Suite struct `Device choice` {
  /// An idle device, a busy one, an idle one of another maker.
  private let here = DeviceInventory(gpus: [
    GPU(
      vendor: .nvidia, ordinal: 0, uuid: "GPU-a", model: "H", memoryTotal: 1000, memoryUsed: 900,
      utilization: 97),
    GPU(
      vendor: .nvidia, ordinal: 1, uuid: "GPU-b", model: "H", memoryTotal: 1000, memoryUsed: 4,
      utilization: 0),
    GPU(
      vendor: .amd, ordinal: 0, model: "MI", memoryTotal: 1000, memoryUsed: 0, utilization: 0),
  ])

  @Test(
    arguments: [
      (["cpu", "cuda", "rocm"], nil, ["cuda:1", "rocm:0"]), (["cpu", "cuda:1"], nil, ["cuda:1"]),
      (["cpu", "cuda:0"], nil, ["cpu"]), (["cpu"], nil, ["cpu"]), (nil, nil, ["cpu"]),
      (["cuda", "cpu"], ["cuda:1"], ["cuda:1"]), (["cuda", "cpu"], ["GPU-b"], ["cuda:1"]),
      (["cuda", "cpu"], ["cuda:0"], ["cpu"]), (["cuda", "rocm"], ["rocm:0", "cpu"], ["rocm:0"]),
      (["cuda", "cpu"], [], ["cpu"]),
    ] as [([String]?, [String]?, [String])])
  func `the host takes idle allowed GPUs that the backend can use, else the CPU`(
    usable: [String]?, allow: [String]?, devices: [String]
  ) throws {
    let choice = try DeviceChoice.choose(
      DeviceRequest(allow: allow), usable: usable, among: here)
    #expect(choice.devices == devices)
    #expect(choice.leftOut.count == here.gpus.count - devices.count { $0 != "cpu" })
  }

  @Test func `what is passed over has its reason`() throws {
    let choice = try DeviceChoice.choose(
      DeviceRequest(allow: ["cuda:0"]), usable: ["cpu", "cuda"], among: here)
    #expect(
      choice.leftOut.map { "\($0.name): \($0.reason)" } == [
        "cuda:0: not idle: 97 % busy, 900 of 1000 MiB used", "cuda:1: not in 'allow'",
        "rocm:0: the backend does not use it",
      ])
    // The CPU instead of a GPU that is only busy is worth a word, one that is never used is not.
    #expect(
      choice.warnings == ["the CPU is used: cuda:0 is not idle: 97 % busy, 900 of 1000 MiB used"])
    for request in [DeviceRequest(allow: []), DeviceRequest(allow: ["cuda:1"])] {
      let quiet = try DeviceChoice.choose(request, usable: ["cpu", "cuda"], among: here)
      #expect(quiet.warnings == [])
    }
  }

  @Test func `a named device is used although it is busy, with a warning`() throws {
    let choice = try DeviceChoice.choose(
      DeviceRequest(use: ["cuda:0", "cuda:1", "cuda:7", "cpu", "npu:0"], allow: ["cuda:9"]),
      usable: nil, among: here)
    #expect(choice.devices == ["cuda:0", "cuda:1", "cuda:7", "cpu", "npu:0"])
    #expect(
      choice.warnings == [
        "cuda:0 is used as configured, although it is not idle: 97 % busy, 900 of 1000 MiB used",
        "cuda:7 is used as configured, although the device tools found cuda:0, cuda:1, rocm:0",
      ])
    // Without an answer nothing is known, and nothing is claimed.
    let blind = try DeviceChoice.choose(
      DeviceRequest(use: ["cuda:0"]), usable: nil, among: DeviceInventory(answered: []))
    #expect(blind.devices == ["cuda:0"] && blind.warnings == [])
  }

  @Test func `an allow-list that names what is not here is refused with what is`() {
    #expect(
      throws: DeviceError(
        "'allow' in [devices] names 'cuda:4', which is not here; here are: cuda:0 (GPU-a), "
          + "cuda:1 (GPU-b), rocm:0")
    ) {
      try DeviceChoice.choose(
        DeviceRequest(allow: ["cuda:1", "cuda:4"]), usable: ["cpu"], among: here)
    }
    #expect(
      throws: DeviceError(
        "'allow' in [devices] names 'GPU-z', which is not here; no GPU was found; it hangs")
    ) {
      try DeviceChoice.check(["GPU-z"], DeviceInventory(answered: [], problems: ["it hangs"]))
    }
  }

  @Test func `a backend that cannot use the CPU gets no other device behind its back`() {
    #expect(
      throws: DeviceError(
        "no device is left: the backend uses cuda:0 (cuda:0: not idle: 97 % busy, 900 of 1000 MiB "
          + "used; cuda:1: the backend does not use it; rocm:0: the backend does not use it); wait, "
          + "or name devices in 'use' in [devices]")
    ) { try DeviceChoice.choose(DeviceRequest(), usable: ["cuda:0"], among: here) }
  }
}
