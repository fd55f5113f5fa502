// swift-tools-version: 6.2
// evalhost: the targets below are listed in the order the data travels.
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]
let strictHost: [SwiftSetting] =
  strict + [
    // Overlapping access is found by the debug builds that all tests run with; each check costs time on the
    // way of every sample.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
  ]
let strictC: [CSetting] = [
  .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
]

/// A host room that never touches raw memory: unmarked unsafe code does not compile in it.
func pure(_ name: String, _ uses: Target.Dependency..., at path: String? = nil) -> Target {
  .target(
    name: name, dependencies: uses, path: "Sources/Host/\(path ?? name)",
    swiftSettings: strictHost + [.strictMemorySafety()])
}

/// A host room at the edge: the kernel, SQLite, a plugin, or frames in raw memory.
func edge(_ name: String, _ uses: Target.Dependency..., at path: String? = nil) -> Target {
  .target(
    name: name, dependencies: uses, path: "Sources/Host/\(path ?? name)", swiftSettings: strictHost)
}

/// A plugin: `Core` holds the logic and is what tests link; `Entry` is the one exported C symbol.
///
/// Two targets because linker settings travel to whoever links the target: a test that linked two
/// entries would define the entry symbol twice. The library carries its own copy of the Swift runtime, so
/// that neither the host's toolchain nor another plugin can change what it does.
func plugin(
  _ folder: String, _ name: String, coreUses: [Target.Dependency] = [],
  coreSettings: [SwiftSetting] = []
) -> [Target] {
  let exports = "\(Context.packageDirectory)/Plugins/exports.map"
  let flags = [
    "-static-stdlib", "-Xlinker", "--version-script=\(exports)", "-Xlinker", "--gc-sections",
    "-Xlinker", "-z", "-Xlinker", "nodelete", "-Xlinker", "-z", "-Xlinker", "defs",
    "-Xlinker", "--strip-all",
  ]
  return [
    .target(
      name: "\(name)Core", dependencies: ["PluginKit", "JSONFormat"] + coreUses,
      path: "Plugins/\(folder)/Core", swiftSettings: strict + coreSettings),
    .target(
      name: name, dependencies: ["PluginAPI", "PluginKit", .target(name: "\(name)Core")],
      path: "Plugins/\(folder)/Entry", swiftSettings: strict,
      linkerSettings: [.unsafeFlags(flags)]),
  ]
}

/// The tests of one room or plugin core.
func unitTests(
  _ name: String, _ uses: Target.Dependency..., exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: uses, path: "Tests/Unit/\(name)", exclude: exclude,
    swiftSettings: strict)
}

let package = Package(
  name: "evalhost",
  products: [
    .executable(name: "evalhost", targets: ["evalhost"]),
    .library(name: "PluginKit", targets: ["PluginKit", "PluginAPI", "JSONFormat"]),
    .library(name: "free_response", type: .dynamic, targets: ["FreeResponse"]),
    .library(name: "multi_choice", type: .dynamic, targets: ["MultiChoice"]),
    .library(name: "token_f1", type: .dynamic, targets: ["TokenF1"]),
    .library(name: "math_equal", type: .dynamic, targets: ["MathEqual"]),
    .library(name: "replay", type: .dynamic, targets: ["Replay"]),
    .library(name: "instruction_following", type: .dynamic, targets: ["InstructionFollowing"]),
    .library(name: "coding", type: .dynamic, targets: ["Coding"]),
    .library(name: "rwkv7", type: .dynamic, targets: ["RWKV7"]),
    .library(name: "openai", type: .dynamic, targets: ["OpenAI"]),
    .library(name: "flores200", type: .dynamic, targets: ["Flores200"]),
    .library(name: "arena_hard", type: .dynamic, targets: ["ArenaHard"]),
  ],
  targets: [
    // MARK: C
    .target(
      name: "PluginAPI", path: "Sources/PluginAPI", exclude: ["layout-v1.0.txt", "CHANGELOG.md"],
      cSettings: strictC),
    // Optimised in debug builds as well: it hashes every plugin library before it is loaded.
    .target(
      name: "CPosix", path: "Sources/Host/C/CPosix",
      cSettings: strictC + [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
    .systemLibrary(
      name: "CSQLite", path: "Sources/Host/C/CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CFFI", path: "Sources/Host/C/CFFI", pkgConfig: "libffi",
      providers: [.apt(["libffi-dev"])]),

    // The arithmetic of the plugin rwkv7. Contraction would round differently on each machine; without errno
    // and traps of the floating-point unit square roots and divisions become single instructions.
    .target(
      name: "RWKV7Kernels", path: "Plugins/rwkv7/Kernels",
      cSettings: strictC + [
        .unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"])
      ]),

    // Tables of the plugin instruction_following, as bytes in its library.
    .target(
      name: "InstructionFollowingTables", path: "Plugins/instruction_following/Tables",
      exclude: ["languages.bin", "sentences.txt", "make_tables.py"], cSettings: strictC),

    // What the plugin coding runs in its sandbox, as bytes in its library.
    .target(
      name: "CodingRunner", path: "Plugins/coding/Runner",
      exclude: [
        "assertions.py", "bootstrap.py", "channel.py", "contests.py", "judge.py", "leftovers.py",
        "outcomes.py", "plus.py", "program.py", "remote.py", "runner.py",
        "seed.py", "shown.py", "syscalls.py", "wire.py",
      ],
      cSettings: strictC),

    // MARK: Nouns and formats
    pure("Model"),
    // Part of the plugin SDK as well: no unsafe flags, which SwiftPM refuses in a dependency.
    .target(name: "JSONFormat", path: "Sources/Host/Formats/JSON", swiftSettings: strict),
    pure("TOMLFormat", at: "Formats/TOML"),
    pure("TableFormats", "JSONFormat", at: "Formats/Tables"),
    edge("Posix", "CPosix"),
    edge("Unpack", "Posix"),
    // Linked by plugins as well, which have no exclusivity flags.
    .target(name: "HTTPClient", path: "Sources/Host/HTTP", swiftSettings: strict),
    .target(
      name: "PluginKit", dependencies: ["PluginAPI", "JSONFormat"], path: "Sources/PluginKit",
      swiftSettings: strict),

    // MARK: The way of the data
    pure("Config", "TOMLFormat"),
    edge("Download", "JSONFormat", "Posix", "HTTPClient"),
    pure("Declarations", "JSONFormat", "TOMLFormat"),
    edge("Datasets", "Model", "JSONFormat", "Posix"),
    edge(
      "Prepare", "Model", "JSONFormat", "TableFormats", "Posix", "Unpack", "Declarations",
      "Datasets"),
    pure("Plan", "Model", "JSONFormat", "TOMLFormat", "Config", "Declarations"),
    edge("Devices", "JSONFormat", "Posix"),
    pure("Allocate", "Model", "Devices"),
    edge("Wire", "Model", "JSONFormat", "Posix"),
    edge("Launch", "JSONFormat", "Posix", "Wire"),
    pure("Observe"),
    pure("Reconcile", "Model"),
    edge(
      "PluginHost", "Model", "JSONFormat", "TOMLFormat", "Config", "Declarations", "PluginAPI",
      "CPosix"),
    edge(
      "DatasetService", "Model", "JSONFormat", "Posix", "Unpack", "Config", "Declarations",
      "Datasets",
      "Download", "Prepare", "PluginHost"),
    edge("Worker", "Model", "JSONFormat", "Posix", "HTTPClient", "Launch", "PluginHost", "Wire"),
    edge("Store", "Model", "JSONFormat", "CSQLite"),
    edge("Writer", "Model", "JSONFormat", "Posix", "Store", "Wire"),
    pure("Metrics", "Model"),
    edge("Index", "Model", "JSONFormat", "Posix", "Store"),
    edge("Score", "Model", "JSONFormat", "Posix", "Wire", "Store", "Metrics", "Index"),
    edge(
      "Controller", "Model", "JSONFormat", "TOMLFormat", "CPosix", "Posix", "Config", "Datasets",
      "Declarations", "Prepare", "DatasetService", "Plan", "Allocate", "Devices", "Launch",
      "Observe", "Reconcile", "PluginHost", "Wire", "Store"
    ),
    .target(
      name: "Arguments", dependencies: ["Config"], path: "Sources/evalhost/Arguments",
      swiftSettings: strict),
    .executableTarget(
      name: "evalhost",
      dependencies: [
        "Model", "JSONFormat", "TOMLFormat", "CPosix", "Posix", "Config", "Download",
        "Declarations",
        "Datasets", "Prepare", "DatasetService", "Plan", "Devices", "Launch", "PluginHost", "Wire",
        "Worker", "Store", "Writer", "Score", "Index",
        "Controller", "Arguments",
      ],
      path: "Sources/evalhost", exclude: ["Arguments"], swiftSettings: strict),

    // MARK: Tests
    .target(
      name: "TestSupport", dependencies: [], path: "Tests/Support", swiftSettings: strict),
    unitTests("Model", "Model"),
    unitTests("JSONFormat", "JSONFormat"),
    unitTests("TOMLFormat", "TOMLFormat"),
    unitTests("Posix", "Posix"),
    unitTests("PluginKit", "PluginKit", "PluginAPI", "JSONFormat"),
    unitTests("Config", "Config", "TOMLFormat"),
    unitTests("Datasets", "Datasets", "Model", "Posix"),
    unitTests("TableFormats", "TableFormats", "JSONFormat"),
    unitTests("Unpack", "Unpack", "Posix"),
    unitTests("Declarations", "Declarations", "TOMLFormat"),
    unitTests(
      "Prepare", "Prepare", "Datasets", "Declarations", "JSONFormat", "Model", "PluginHost",
      "Posix", "TOMLFormat", "TestSupport", exclude: ["fixtures"]),
    unitTests("Plan", "Plan", "Model", "Config"),
    .target(name: "TestHTTPServer", path: "Tests/HTTPServer", swiftSettings: strict),
    unitTests("HTTPClient", "HTTPClient", "TestHTTPServer"),
    unitTests("Download", "Download", "HTTPClient", "Posix", "TestHTTPServer", "TestSupport"),
    unitTests("Devices", "Devices", "Posix"),
    unitTests("Allocate", "Allocate", "Model", "Devices"),
    unitTests("Wire", "Wire", "Model", "JSONFormat", "Posix", "CPosix"),
    unitTests("Launch", "Launch", "JSONFormat", "Posix", "Wire"),
    unitTests("Observe", "Observe"),
    unitTests("Reconcile", "Reconcile", "Model"),
    unitTests("Worker", "Worker", "Model", "Posix"),
    unitTests(
      "PluginHost", "PluginHost", "Config", "Declarations", "PluginAPI", "Model",
      exclude: ["Fixtures"]),
    unitTests("Store", "Store", "Model", "JSONFormat", "CSQLite"),
    unitTests("Metrics", "Metrics", "Model"),
    unitTests("Score", "Score", "Model", "JSONFormat", "Posix", "Wire", "Store"),
    unitTests("Index", "Index", "Model", "JSONFormat", "Posix", "Store"),
    unitTests("Controller", "Controller", "CPosix", "Model", "Posix", "Reconcile", "Wire"),
    unitTests("CommandLine", "Arguments"),
    unitTests("FreeResponse", "FreeResponseCore", "PluginKit", "JSONFormat"),
    unitTests("MultiChoice", "MultiChoiceCore", "PluginKit", "JSONFormat"),
    unitTests("TokenF1", "TokenF1Core", "PluginKit", "JSONFormat"),
    unitTests("MathEqual", "MathEqualCore", "PluginKit", "JSONFormat", "TestSupport"),
    unitTests("Replay", "ReplayCore", "PluginKit", "PluginAPI", "JSONFormat", "CSQLite", "Store"),
    unitTests("InstructionFollowing", "InstructionFollowingCore", "PluginKit", "JSONFormat"),
    unitTests(
      "Coding", "CodingCore", "PluginKit", "PluginAPI", "JSONFormat", "TestSupport",
      exclude: ["hostile.jsonl"]),
    unitTests("RWKV7", "RWKV7Core", "RWKV7Kernels", "PluginKit", "PluginAPI", "JSONFormat"),
    unitTests(
      "OpenAI", "OpenAICore", "PluginKit", "PluginAPI", "JSONFormat", "HTTPClient",
      "TestHTTPServer"),
    .testTarget(
      name: "ABITests", dependencies: ["PluginAPI"], path: "Tests/ABI", exclude: ["CPlugin"],
      swiftSettings: strict),
    .testTarget(
      name: "E2ETests", dependencies: ["TestSupport", "TestHTTPServer"], path: "Tests/E2E",
      swiftSettings: strict),
    .testTarget(
      name: "FaultTests", dependencies: ["TestSupport"], path: "Tests/Fault",
      swiftSettings: strict),
    .executableTarget(
      name: "evalhost-bench", dependencies: ["Posix", "CPosix", "CSQLite"], path: "Tests/Bench",
      swiftSettings: strict),
    .target(
      name: "BenchProbes", path: "Tests/BenchProbes", cSettings: strictC + [.unsafeFlags(["-O3"])]),
    .executableTarget(
      name: "evalhost-bench-instructions",
      dependencies: ["InstructionFollowingCore", "JSONFormat"], path: "Tests/BenchInstructions",
      swiftSettings: strict),
    .executableTarget(
      name: "evalhost-bench-math", dependencies: ["MathEqualCore", "JSONFormat"],
      path: "Tests/BenchMath", swiftSettings: strict),
    .executableTarget(
      name: "evalhost-bench-rwkv7", dependencies: ["RWKV7Core", "BenchProbes"],
      path: "Tests/BenchRWKV7", swiftSettings: strict),
  ]
    + plugin("free_response", "FreeResponse")
    + plugin("multi_choice", "MultiChoice")
    // Optimised in debug builds as well: the tests judge thousands of recorded responses.
    + plugin(
      "instruction_following", "InstructionFollowing", coreUses: ["InstructionFollowingTables"],
      coreSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))])
    + plugin("coding", "Coding", coreUses: ["CPosix", "CodingRunner"])
    + plugin("token_f1", "TokenF1")
    // Optimised in debug builds as well: the tests compare tens of thousands of answers.
    + plugin(
      "math_equal", "MathEqual", coreSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))])
    + plugin("replay", "Replay", coreUses: ["CPosix", "CSQLite"])
    + plugin("rwkv7", "RWKV7", coreUses: ["CPosix", "RWKV7Kernels"])
    + plugin("openai", "OpenAI", coreUses: ["HTTPClient"])
    + plugin("datasets/flores200", "Flores200")
    + plugin("datasets/arena_hard", "ArenaHard")
)
