// Builds Fixtures/probe.c into plugin folders of their own, with faults switched on by macros.

import Glibc
import Testing

@testable import PluginHost

/// A temporary folder that goes away with its last reference.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("\(Self.root)/evalhost-plugins-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.run(["rm", "-rf", path]) }

  /// Writes a file and the folders above it; returns its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let parts = name.split(separator: "/").dropLast()
    for count in parts.indices {
      mkdir("\(path)/\(parts[...count].joined(separator: "/"))", 0o755)
    }
    let file = try #require(fopen("\(path)/\(name)", "w"))
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    return "\(path)/\(name)"
  }

  private static var root: String { getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir }

  /// Runs a program and returns its exit code.
  @discardableResult
  static func run(_ words: [String]) -> Int32 {
    var arguments = words.map { strdup($0) }
    defer { arguments.forEach { free($0) } }
    arguments.append(nil)
    var child: pid_t = 0
    guard posix_spawnp(&child, words[0], nil, nil, arguments, environ) == 0 else { return -1 }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status >> 8 & 0xff
  }
}

/// A built probe plugin.
struct Probe: Sendable {
  let folder: TemporaryFolder
  let entry: PluginEntry

  static let manifest = """
    id = "probe"
    version = "1.2.3"
    kind = ["evaluator", "metric", "dataset", "backend"]
    abi = 1
    library = "libprobe.so"
    """

  /// The probe without faults, built once and removed when the process ends.
  static let sound: Result<Probe, any Error> = Result {
    atexit {
      guard case .success(let probe) = Probe.sound else { return }
      TemporaryFolder.run(["rm", "-rf", probe.folder.path])
    }
    return try Probe(["-Wl,-z,nodelete"])
  }

  /// Builds the probe with compiler flags and the given plugin.toml.
  init(_ flags: [String] = [], manifest: String = Probe.manifest) throws {
    folder = try TemporaryFolder()
    try folder.write(manifest, to: "probe/plugin.toml")
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let fixture = here.joined(separator: "/") + "/Fixtures/probe.c"
    let headers = here.dropLast(3).joined(separator: "/") + "/Sources/PluginAPI/include"
    let code = TemporaryFolder.run(
      ["cc", "-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-I", headers] + flags
        + ["-o", "\(folder.path)/probe/libprobe.so", fixture])
    try #require(code == 0, "the C compiler failed")
    entry = try PluginCatalog.discover(folder: folder.path).find(id: "probe", kind: .evaluator)
  }

  /// Loads the library.
  func load(
    log: @escaping @Sendable (PluginLogLevel, String) -> Void = { _, _ in }
  ) throws(PluginError) -> PluginLibrary {
    try PluginLibrary(loading: entry, host: HostIdentity(version: "0.0.1"), log: log)
  }
}

/// The configuration that makes the probe do something.
func doing(_ word: String) -> [UInt8] { Array(#"{"do":"\#(word)"}"#.utf8) }

/// Lends the bytes of a text.
func bytes<Result>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
  Array(text.utf8).withUnsafeBufferPointer(body)
}
