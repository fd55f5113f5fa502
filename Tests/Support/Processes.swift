// Looking at living processes through /proc: who descends from a program that a test started.

internal import Foundation
internal import Glibc

/// A living process.
package struct ProcessFacts: Equatable, Sendable, CustomStringConvertible {
  /// Its number.
  package let pid: Int32
  /// The process that it belongs to now; 1 or a reaper for an orphan.
  package let parent: Int32
  /// Program and arguments.
  package let arguments: [String]

  /// The role of an evalhost worker (`writer`, `generation`, ...); nil for any other process.
  package var role: String? {
    guard let verb = arguments.firstIndex(of: "__worker"), verb + 1 < arguments.count else {
      return nil
    }
    return arguments[verb + 1]
  }

  /// Number and arguments.
  package var description: String { "\(pid): \(arguments.joined(separator: " "))" }

  /// Sends a signal to it.
  package func signal(_ number: Int32) { kill(pid, number) }
}

/// Questions about all processes.
package enum Processes {
  /// The environment variable by which a started program and its descendants are known.
  ///
  /// Parenthood ends with the parent, and so cannot find orphans; an environment is inherited and stays.
  package static let markVariable = "EVALHOST_TEST_MARK"

  /// The living processes that carry the mark of a started program, itself included.
  ///
  /// Dead ones that nobody has collected yet do not count: they have no environment any more.
  package static func carrying(mark: String) -> [ProcessFacts] {
    let wanted = Data("\(markVariable)=\(mark)".utf8)
    return all().filter { pid in
      guard let environment = contents("/proc/\(pid)/environ") else { return false }
      return environment.split(separator: 0).contains { $0.elementsEqual(wanted) }
    }.compactMap(facts)
  }

  /// The living processes whose parent is `pid` now.
  package static func children(of pid: Int32) -> [ProcessFacts] {
    all().compactMap(facts).filter { $0.parent == pid }
  }

  /// What is known about a process; nil when it is not there.
  package static func facts(_ pid: Int32) -> ProcessFacts? {
    // The name in the second field may hold blanks and brackets: read on behind its last one.
    guard let stat = contents("/proc/\(pid)/stat"),
      let end = stat.lastIndex(of: UInt8(ascii: ")")),
      let line = contents("/proc/\(pid)/cmdline")
    else { return nil }
    let fields = stat[end...].split(separator: UInt8(ascii: " "))
    guard fields.count > 2, fields[1] != Data("Z".utf8),
      let parent = Int32(String(decoding: fields[2], as: UTF8.self))
    else { return nil }
    let arguments = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return ProcessFacts(pid: pid, parent: parent, arguments: arguments)
  }

  private static func all() -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }
  }

  /// A file of /proc has no size: read until nothing comes.
  private static func contents(_ path: String) -> Data? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var data = Data()
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count <= 0 { return data }
      data.append(contentsOf: chunk[..<count])
    }
  }
}
