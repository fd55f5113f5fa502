// Loading: the rules a library can break before any of its components is opened.

import PluginAPI
import Testing

@testable import PluginHost

struct PluginLibraryTests {
  @Test func `a sound library is loaded once and described`() throws {
    let probe = try Probe.sound.get()
    let library = try probe.load()
    #expect(library.sha256.utf8.count == 64)
    #expect(library.buildID == "b7")
    #expect(library.components.map(\.kind) == [.evaluator, .metric, .dataset, .backend])
    #expect(library.components[0].capabilities.words == ["deterministic"])
    #expect(try library.component(.metric).title == "Probe")
    // The probe's init() fails when it is called twice.
    #expect(try probe.load().sha256 == library.sha256)
    #expect(throws: PluginError.self) { try library.component(.metric, named: "other") }
  }

  /// Macros, lines added to plugin.toml, the code, a part of the sentence.
  static let refusals: [([String], String, PluginError.Code, String)] = [
    (["-DPROBE_NULL"], "", .wrongABI, "it cannot serve a host of ABI 1.0"),
    (["-DPROBE_MAJOR=2"], "", .wrongABI, "says major 2, this evalhost speaks 1"),
    (["-DPROBE_MINOR=3"], "", .wrongABI, "says minor 3 though it was asked for 0 at most"),
    (["-DPROBE_SIZE=88"], "", .badDescriptor, "its evh_plugin says 88 bytes, version 1.0 has 96"),
    (["-DPROBE_COUNT=0"], "", .badDescriptor, "it offers no component"),
    (["-DPROBE_COUNT=999"], "", .badDescriptor, "it says it has 999 components"),
    (["-DPROBE_FIRST=0"], "", .badDescriptor, "its component 0 is a null pointer"),
    (
      ["-DPROBE_FIRST=&metric_component"], "", .badDescriptor,
      "it offers two metric components 'probe'"
    ),
    (["-DPROBE_KIND=9"], "", .badDescriptor, "has unknown kind 9"),
    (["-DPROBE_THREADS=5"], "", .badDescriptor, "has unknown thread model 5"),
    (["-DPROBE_TABLE=0"], "", .badDescriptor, "component 'probe' has no vtable"),
    (["-DPROBE_TABLE_SIZE=40"], "", .badDescriptor, "a vtable of 40 bytes, version 1.0 has 48"),
    (["-DPROBE_NEXT=0"], "", .badDescriptor, "component 'probe' has no next()"),
    (["-DPROBE_COUNT=1"], "", .mismatch, "the library says kind 'evaluator', plugin.toml says"),
    (["-DPROBE_ID=\"other\""], "", .mismatch, "says id 'other', plugin.toml says 'probe'"),
    (["-DPROBE_INIT=probe_bad_init"], "", .initFailed, "no licence file"),
    (["-DPROBE_ENTRY=evalhost_plugin_v2"], "", .wrongABI, "it speaks ABI major 2, this evalhost 1"),
    (["-DPROBE_ENTRY=other"], "", .wrongABI, "it is no evalhost plugin"),
    ([], "sha256 = '\(String(repeating: "0", count: 64))'", .wrongDigest, "its sha256 is "),
  ]

  @Test(arguments: refusals)
  func `a library that breaks a rule is refused`(
    flags: [String], lines: String, code: PluginError.Code, part: String
  ) throws {
    let probe = try Probe(flags, manifest: "\(Probe.manifest)\n\(lines)")
    let error = #expect(throws: PluginError.self) { try probe.load() }
    #expect(error?.code == code)
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    #expect(error?.description.contains("\n") == false)
    // A second try in the same process must not slip through.
    #expect(throws: PluginError.self) { try probe.load() }
  }

  @Test func `a file that is missing or no library is refused`() throws {
    let folder = try TemporaryFolder()
    try folder.write(PluginCatalogTests.toml("x", "metric"), to: "x/plugin.toml")
    let entry = try PluginCatalog.discover(folder: folder.path).find(id: "x", kind: .metric)
    let host = HostIdentity(version: "0")
    let missing = #expect(throws: PluginError.self) {
      try PluginLibrary(loading: entry, host: host) { _, _ in }
    }
    #expect(missing?.code == .missingLibrary)
    try folder.write("no library", to: "x/x.so")
    let garbage = #expect(throws: PluginError.self) {
      try PluginLibrary(loading: entry, host: host) { _, _ in }
    }
    #expect(garbage?.code == .notLoadable)
  }

  @Test func `the frozen sizes and codes are the header's`() {
    let sizes: [(UInt32, Int)] = [
      (FirstRelease.plugin, MemoryLayout<evh_plugin>.size),
      (FirstRelease.component, MemoryLayout<evh_component>.size),
      (FirstRelease.evaluator, MemoryLayout<evh_evaluator>.size),
      (FirstRelease.metric, MemoryLayout<evh_metric>.size),
      (FirstRelease.dataset, MemoryLayout<evh_dataset>.size),
      (FirstRelease.backend, MemoryLayout<evh_backend>.size),
      (FirstRelease.stageRequest, MemoryLayout<evh_stage_request>.size),
      (FirstRelease.verdict, MemoryLayout<evh_verdict>.size),
      (FirstRelease.output, MemoryLayout<evh_output>.size),
    ]
    // A later minor may only grow a struct.
    for (first, current) in sizes { #expect(Int(first) <= current) }
    let codes = [
      EVH_OK, EVH_E_INVALID_ARG, EVH_E_UNSUPPORTED, EVH_E_CANCELLED, EVH_E_DEADLINE,
      EVH_E_NOT_FOUND, EVH_E_EXHAUSTED, EVH_E_IO, EVH_E_BAD_RECORD, EVH_E_BAD_CONFIG,
      EVH_E_INTERNAL, EVH_E_STOP,
    ]
    #expect(CallStatus.allCases.map { Int($0.rawValue) } == codes.map { Int($0) })
  }

  @Test func `inspection shows the library and warns of loose linking`() throws {
    let sound = try PluginInspection.inspect(
      Probe.sound.get().entry, host: HostIdentity(version: "0")
    ) { _, _ in }
    #expect(sound.exportedSymbols == ["evalhost_plugin_v1"])
    #expect(sound.warnings == [])
    #expect(sound.components.count == 4)
    let json = String(decoding: sound.json(), as: UTF8.self)
    #expect(json.hasPrefix(#"{"id":"probe","version":"1.2.3","abi":"1.0","build_id":"b7""#))
    let extra = try Probe(["-DPROBE_EXTRA"])
    let loose = try PluginInspection.inspect(extra.entry, host: HostIdentity(version: "0")) {
      _, _ in
    }
    #expect(loose.exportedSymbols == ["evalhost_plugin_v1", "probe_extra"])
    #expect(
      loose.warnings == [
        "it exports 1 symbols beside evalhost_plugin_v1, e.g. 'probe_extra'; "
          + "link with a version script",
        "it is not linked with -z nodelete; add the linker flag",
      ])
  }

  @Test func `a damaged library never breaks the reader`() throws {
    let library = try #require(Probe.sound.get().entry.libraryPath)
    let whole = try #require(try smallFile(library, limit: 1 << 20))
    #expect(ELFLibrary(whole)?.isNeverUnloaded == true)
    for length in stride(from: 0, to: whole.count, by: 61) {
      _ = ELFLibrary(Array(whole[..<length]))
    }
    // The file header and the section table: where wrong numbers lead far.
    for place in Array(0..<64) + Array(stride(from: whole.count - 2048, to: whole.count, by: 1)) {
      for value: UInt8 in [0x00, 0x7f, 0xff] {
        var damaged = whole
        damaged[place] = value
        _ = ELFLibrary(damaged)
      }
    }
  }
}
