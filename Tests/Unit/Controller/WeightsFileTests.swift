// A weights file: hashed once, known again, and never taken for another one.

import Foundation
import Posix
import Testing

@testable import Controller

@Suite struct WeightsFileTests {
  private final class Scratch {
    let path: String

    init() throws {
      let url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        .appendingPathComponent("evalhost-weights-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ size: Int) throws -> String {
      try Data(repeating: 7, count: size).write(to: URL(fileURLWithPath: "\(path)/w.pth"))
      return "\(path)/w.pth"
    }

    func open() throws -> WeightsFile {
      try WeightsFile("\(path)/w.pth", origin: "run.toml:1:1", cacheRoot: "\(path)/cache")
    }
  }

  @Test(arguments: [0, 1, 4 << 20, (4 << 20) + 1, 9 << 20])
  func `the signature is the sha256 of the file, remembered when it is large`(size: Int) throws {
    let scratch = try Scratch()
    let path = try scratch.write(size)
    var weights = try scratch.open()
    var done = 0
    try weights.identify { done = $0 }
    let wanted = "sha256:\(try SHA256.ofFile(path).hex)"
    #expect(weights.signature == wanted && done == size && !weights.wasRemembered)
    var again = try scratch.open()
    #expect(again.wasRemembered == (size > 4 << 20))
    try again.identify { _ in }
    #expect(again.signature == wanted && again.isUnchanged)
    // The same bytes written anew are another file until they are hashed.
    _ = try scratch.write(size)
    #expect(!again.isUnchanged)
    #expect(try !scratch.open().wasRemembered)
    try FileManager.default.removeItem(atPath: path)
    #expect(!again.isUnchanged)
  }

  @Test func `a file that grows while it is hashed is refused`() throws {
    let scratch = try Scratch()
    let path = try scratch.write(6 << 20)
    var weights = try scratch.open()
    var appended = false
    #expect(throws: (any Error).self) {
      try weights.identify { _ in
        guard !appended else { return }
        appended = true
        try? Descriptor.writing(path, appending: true).write([1, 2, 3])
      }
    }
    #expect(weights.signature == nil && appended)
    #expect(try !scratch.open().wasRemembered)
  }

  @Test(arguments: [("sha256:ab", "sha256"), ("own", "own"), ("", ""), ("a:b:c", "a")])
  func `a signature's kind is what stands before the first colon`(text: String, scheme: String) {
    #expect(WeightsFile.scheme(of: text) == scheme)
  }
}
