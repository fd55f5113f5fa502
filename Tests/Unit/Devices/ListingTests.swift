// What the vendors' tools print, as they document it and as it was recorded, and what is made of it.

import Devices
import Testing

@Suite struct `Device listings` {
  @Test func `nvidia-smi's lines become devices, its words for nothing become unknown`() {
    let devices = NvidiaListing.devices(
      in: """
        1, GPU-9b1f24c6-55d8-0b1e-9d7a-3f6f0a1f7d21, NVIDIA A100-SXM4-80GB, 81920, 79211, 98
        0, GPU-1f0a52ee-7f5e-3c4f-8e0b-0c9d9a3b2e10, NVIDIA H200, 143771, 4, 0
        2, GPU-77, NVIDIA A100-SXM4-40GB MIG 3g.20gb, 40960, 6120, [N/A]
          MIG 1g.5gb      Device  0: (UUID: MIG-3c1d0a9f-5c5e-5ae6-9f1d-2b7a6a4ad001)
        3, GPU-78, NVIDIA GB10, [N/A], [Not Supported], 3
        4, [Unknown Error], Tesla, K80, 11441 MiB, 0 MiB, 7 %
        5, GPU-79, Lost, [GPU requires reset], [Unknown Error], [Unknown Error]
        """)
    #expect(devices.map(\.name) == (0...5).map { "cuda:\($0)" })
    #expect(
      devices[0]
        == GPU(
          vendor: .nvidia, ordinal: 0, uuid: "GPU-1f0a52ee-7f5e-3c4f-8e0b-0c9d9a3b2e10",
          model: "NVIDIA H200", memoryTotal: 143_771, memoryUsed: 4, utilization: 0))
    #expect(devices[1].load == "98 % busy, 79211 of 81920 MiB used")
    #expect(devices[2].utilization == nil && devices[2].memoryUsed == 6120)
    #expect(devices[3].memoryTotal == nil && devices[3].memoryUsed == nil)
    #expect(devices[4].model == "Tesla, K80" && devices[4].uuid.isEmpty)
    #expect(devices[4].memoryTotal == 11_441 && devices[4].utilization == 7)
    #expect(devices[5].utilization == nil && devices[5].uuid == "GPU-79")
  }

  @Test(arguments: [
    "", "\n\n", "No devices were found\n",
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
    "0, GPU-1, short, 1, 2\n", "x, GPU-1, n, 1, 2, 3\n", "-1, GPU-1, n, 1, 2, 3\n",
    "99999999999999999999, GPU-1, n, 1, 2, 3\n", "\u{0},\u{FF},,,,,,,,,\n", ",,,,,\n",
  ])
  func `what lists no device gives none`(text: String) {
    #expect(NvidiaListing.devices(in: text) == [])
  }

  @Test func `a number that is none, or too large, is unknown and not a trap`() {
    let text = "0, GPU-1, n, 99999999999999999999999, -5, 1e3\n0, GPU-2, twice, 1, 1, 1\n"
    #expect(
      NvidiaListing.devices(in: text) == [
        GPU(vendor: .nvidia, ordinal: 0, uuid: "GPU-1", model: "n")
      ])
  }

  @Test func `rocm-smi's cards become devices in the order of their numbers`() {
    let devices = RocmListing.devices(
      in: """
        WARNING: AMD GPU device(s) is/are in a low-power state. Check power control/runtime_status

        {"card10": {"GPU use (%)": "100", "VRAM Total Memory (B)": "206141652992",
          "VRAM Total Used Memory (B)": "196083712000", "Card Series": "AMD Instinct MI300X",
          "Card Model": "0x74a1", "GUID": "28851"},
         "card2": {"GPU use (%)": "0", "VRAM Total Memory (B)": "68702699520",
          "VRAM Total Used Memory (B)": "10960896", "Card series": "Instinct MI210"},
         "card11": {"GPU use (%)": "N/A", "VRAM Total Memory (B)": 17163091968, "Card model": "0x66af"},
         "system": {"Driver version": "6.7.0"}, "cardx": {}, "card5": "none"}
        """)
    #expect(
      devices == [
        GPU(
          vendor: .amd, ordinal: 0, model: "Instinct MI210", memoryTotal: 65_520, memoryUsed: 10,
          utilization: 0),
        GPU(
          vendor: .amd, ordinal: 1, model: "AMD Instinct MI300X", memoryTotal: 196_592,
          memoryUsed: 187_000, utilization: 100),
        GPU(vendor: .amd, ordinal: 2, model: "0x66af", memoryTotal: 16_368),
      ])
    #expect(RocmListing.devices(in: "{}") == [])
    for garbage in ["", "no JSON", "}{", "{\"card0\": {\"GPU use (%)\"", "[1]"] {
      #expect(RocmListing.devices(in: garbage) == nil, "\(garbage)")
    }
  }

  @Test func `a list of visible devices hides and renumbers as CUDA does`() {
    let gpus = (0..<4).map {
      GPU(vendor: .nvidia, ordinal: $0, uuid: "GPU-\($0)a", model: "m\($0)")
    }
    let cases: [(String?, [String])] = [
      (nil, ["m0", "m1", "m2", "m3"]), ("2,0", ["m2", "m0"]), (" 3 , 1", ["m3", "m1"]), ("", []),
      ("-1", []), ("1,-1,2", ["m1"]), ("1,9,2", ["m1"]), ("GPU-2,GPU-0a", ["m2", "m0"]),
      ("1,1", ["m1"]), ("MIG-3c1d", []), ("NoDevFiles", []),
    ]
    for (list, models) in cases {
      let left = VisibleDevices.apply(list, to: gpus)
      #expect(left.map(\.model) == models, "\(list ?? "nil")")
      #expect(left.map(\.ordinal) == Array(models.indices))
    }
  }

  @Test func `a GPU is idle by utilisation and memory together`() {
    func gpu(_ utilization: Int?, _ used: Int?, of total: Int? = 80_000) -> GPU {
      GPU(
        vendor: .nvidia, ordinal: 0, memoryTotal: total, memoryUsed: used, utilization: utilization)
    }
    let standard = IdleRule()
    for idle in [gpu(0, 0), gpu(10, 8000)] { #expect(standard.objection(to: idle) == nil) }
    let busy = [
      gpu(11, 0), gpu(0, 8001), gpu(100, 80_000), gpu(nil, 0), gpu(0, nil), gpu(0, 0, of: nil),
      gpu(0, .max, of: 1), gpu(0, 0, of: 0),
    ]
    for gpu in busy { #expect(standard.objection(to: gpu) != nil, "\(gpu)") }
    let own = IdleRule(maxUtilization: 50, maxMemoryUsed: .mebibytes(2048))
    #expect(own.objection(to: gpu(50, 2048, of: nil)) == nil)
    #expect(own.objection(to: gpu(50, 2049)) == "not idle: 50 % busy, 2049 of 80000 MiB used")
    #expect(
      own.objection(to: gpu(nil, 1))
        == "not known to be idle: how busy is not known, 1 of 80000 MiB used")
  }

  @Test func `a backend's list of devices is read, anything else is none`() {
    #expect(
      OfferedDevice.list(Array(#"{"devices":[{"id":"cpu","slots":64},{"id":"cuda:0"}]}"#.utf8))
        == [OfferedDevice(id: "cpu", slots: 64), OfferedDevice(id: "cuda:0")])
    #expect(OfferedDevice.list(Array(#"{"devices":[]}"#.utf8)) == [])
    for text in ["", "{}", "[]", #"{"devices":[{"slots":1}]}"#, #"{"devices":["cpu"]}"#] {
      #expect(OfferedDevice.list(Array(text.utf8)) == nil, "\(text)")
    }
  }
}
