// File systems of a test's own: small ones and read-only ones, in a mount namespace that ends with the test.

internal import Foundation
internal import Glibc
internal import TestSupport

/// Running shell scripts that may mount.
///
/// The superuser needs no user namespace for it; everybody else gets one where the system permits that.
enum Mounts {
  private static let prefix = geteuid() == 0 ? ["unshare", "-m"] : ["unshare", "-Urm"]

  /// Whether a script may mount; tests that need it are skipped, with a line that says so, where not.
  static let arePermitted: Bool = {
    let tried = try? Program.run(
      "/usr/bin/env", prefix + ["sh", "-c", "mount -t tmpfs -o size=64k none /mnt"])
    if tried?.exitCode == 0 { return true }
    print("skipped: a mount namespace is not permitted here: \(tried?.stderr ?? "no unshare")")
    return false
  }()

  /// Runs a shell script.
  ///
  /// `more` are its arguments. It has the functions `run`, which runs the configuration and prints
  /// `exit` with its status, and `ask`, which puts a question to the store.
  static func run(_ script: String, _ space: Workspace, _ more: [String] = []) throws -> RunResult {
    let functions = """
      run() {
        "$evalhost" run --plugins "$plugins" --config "$config" --progress none
        echo "exit $?"
      }
      ask() { sqlite3 -readonly "$artifacts/evalhost.db" "$1"; }

      """
    try Data(space.config.text.utf8).write(to: space.configFile)
    try FileManager.default.createDirectory(
      atPath: space.artifacts, withIntermediateDirectories: true)
    return try Program.run(
      "/usr/bin/env", prefix + ["sh", "-c", functions + script, "sh"] + more,
      environment: [
        "evalhost": Evalhost.binary.path, "plugins": space.plugins.path,
        "config": space.configFile.path, "artifacts": space.artifacts,
      ])
  }
}
