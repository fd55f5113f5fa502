// The program under test.

package import Foundation
internal import Glibc

/// The real evalhost binary.
package enum Evalhost {
  /// Where it is.
  package static let binary: URL = Repository.build.appendingPathComponent("evalhost")

  /// Whether it was built; tests of the whole program are skipped where it was not.
  package static let isBuilt = Repository.isFile(binary)

  /// Runs it to its end; killed after `timeout` seconds.
  package static func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:],
    timeout: Double = 60
  ) throws -> RunResult {
    try Program.run(
      binary.path, arguments, input: input, environment: environment, timeout: timeout)
  }

  /// Starts it and returns at once.
  package static func start(
    _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) throws -> StartedProgram {
    try Program.start(binary.path, arguments, input: input, environment: environment)
  }
}
