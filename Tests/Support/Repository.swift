// Where things are: the repository, the built program and libraries, and the recorded data beside them.

package import Foundation
internal import Glibc

/// Places that tests need, found from this file and from the running test bundle.
package enum Repository {
  /// The folder that holds Sources and Tests.
  ///
  /// Found by walking up from this file, as it was written down when the tests were compiled.
  package static let root: URL = {
    var place = URL(fileURLWithPath: #filePath)
    while place.path != "/" {
      place.deleteLastPathComponent()
      let header = place.appendingPathComponent("Sources/PluginAPI/include/evalhost_plugin.h")
      if isFile(header), isFile(place.appendingPathComponent("Package.swift")) { return place }
    }
    return URL(fileURLWithPath: "/")
  }()

  /// The folder with the built program and the plugins' libraries.
  ///
  /// `EVALHOST_BUILD` names another one, for example a release build; else it is the folder of the
  /// test bundle, if the program is there, else `.build/debug`.
  package static let build: URL = {
    if let chosen = ProcessInfo.processInfo.environment["EVALHOST_BUILD"] {
      return URL(fileURLWithPath: chosen)
    }
    var near = [URL(fileURLWithPath: CommandLine.arguments.first ?? "")]
    if let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      near.append(URL(fileURLWithPath: program))
    }
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
      near.append(URL(fileURLWithPath: argument))
    }
    // The sources may be linked into another folder: look beside the real ones too.
    let real = root.appendingPathComponent("Tests").resolvingSymlinksInPath()
    let roots = [root, real.deletingLastPathComponent()]
    let folders =
      near.map { $0.deletingLastPathComponent() }
      + roots.map { $0.appendingPathComponent(".build/debug") }
    return folders.first { isFile($0.appendingPathComponent("evalhost")) } ?? folders[0]
  }()

  /// Whether a regular file, or a link to one, is at the place.
  package static func isFile(_ place: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }
}

/// Access to `shared/data` beside the repository; tests that need it are skipped where it is absent.
package enum SharedData {
  /// The data folder; nil when the data is not here.
  package static let folder: URL? = {
    // The sources may be linked into another folder: look from the real place too.
    let tests = Repository.root.appendingPathComponent("Tests")
    for start in [tests, tests.resolvingSymlinksInPath()] {
      var place = start
      while place.path != "/" {
        place.deleteLastPathComponent()
        let candidate = place.appendingPathComponent("shared/data")
        if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
      }
    }
    return nil
  }()

  /// True when the data is here.
  package static let isPresent = folder != nil

  /// A file or folder of the data; nil when the data is not here.
  package static func file(_ path: String) -> URL? { folder?.appendingPathComponent(path) }

  /// The bytes of a file, unpacked where its name ends in `.gz`; none when the data is not here.
  package static func contents(_ path: String) throws -> Data {
    guard let file = file(path) else { return Data() }
    guard path.hasSuffix(".gz") else { return try Data(contentsOf: file) }
    return try Program.run("/usr/bin/env", ["gzip", "-dc", file.path]).rawOutput
  }

  /// The rows of a JSON Lines file, which may be packed with gzip.
  package static func rows(_ path: String) throws -> [[String: Any]] {
    try contents(path).split(separator: UInt8(ascii: "\n")).compactMap {
      try JSONSerialization.jsonObject(with: $0) as? [String: Any]
    }
  }
}
