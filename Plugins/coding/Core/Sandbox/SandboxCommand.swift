// The command line of a sandbox, and the programs that it needs.
internal import Glibc

/// How programs are kept in; the option `sandbox`.
package enum SandboxKind: String, CaseIterable, Sendable {
  /// Namespaces of their own by bubblewrap, a system-call filter and limits.
  case bubblewrap
  /// The system-call filter and limits alone, on the host's own file system: must be asked for by name.
  case rlimits
}

/// Makes the command that starts the runner.
package struct SandboxCommand {
  let kind: SandboxKind
  /// The interpreter, as a path inside the sandbox and outside.
  let python: String
  private let folders: [String]

  /// A command of a kind for an interpreter; the other programs are looked for in `folders`.
  package init(
    kind: SandboxKind, python: String, folders: [String] = ["/usr/bin", "/bin", "/usr/local/bin"]
  ) {
    self.kind = kind
    self.python = python
    self.folders = folders
  }

  /// The size of the sandbox's own /tmp.
  static let temporaryBytes = 128 << 20

  /// The commands to try, the better first.
  ///
  /// Root is left behind before the sandbox is entered, where that works: a process that is root outside may do
  /// more through a mistake of the kernel's than one that is nobody.
  package func candidates() throws(SandboxError) -> [[String]] {
    guard access(python, X_OK) == 0 else {
      throw SandboxError(
        "\(python) is missing: apt-get install python3, or name another interpreter under /usr with the "
          + "option python")
    }
    let inner = [python, "-I", "-S", "-B", "-c", RunnerSources.bootstrap]
    let command: [String]
    switch kind {
    case .bubblewrap:
      guard let bubblewrap = find("bwrap") else {
        throw SandboxError(
          "bubblewrap is missing: apt-get install bubblewrap (or options = { sandbox = \"rlimits\" }, which keeps "
            + "generated programs from much less)")
      }
      guard python.hasPrefix("/usr/") else {
        throw SandboxError("option python is \(python); the sandbox has only what lies under /usr")
      }
      command = [bubblewrap] + Self.walls + inner
    case .rlimits: command = inner
    }
    guard geteuid() == 0, let setpriv = find("setpriv") else { return [command] }
    let nobody = [
      setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--",
    ]
    return [nobody + command, command]
  }

  /// Everything but the program: no network, no processes of others, no files but the system's, read-only.
  private static let walls: [String] = [
    "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
    "--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
    "--hostname", "sandbox", "--clearenv", "--setenv", "PATH", "/usr/bin:/bin",
    "--setenv", "HOME", "/tmp", "--setenv", "LANG", "C.UTF-8",
    // The order of sets must be the same in every run.
    "--setenv", "PYTHONHASHSEED", "0",
    "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib",
    "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin",
    "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache",
    "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
    "--ro-bind-try", "/etc/localtime", "/etc/localtime",
    "--dir", "/dev", "--dev-bind", "/dev/null", "/dev/null", "--dev-bind", "/dev/zero", "/dev/zero",
    "--dev-bind", "/dev/urandom", "/dev/urandom", "--dev-bind", "/dev/random", "/dev/random",
    "--size", "\(temporaryBytes)", "--tmpfs", "/tmp", "--remount-ro", "/", "--chdir", "/tmp", "--",
  ]

  private func find(_ name: String) -> String? {
    folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// What to say when every candidate failed; `complaint` is the last one's own line.
  package func refusal(_ complaint: String) -> String {
    guard kind == .bubblewrap else {
      return "\(python) could not be started: \(complaint.isEmpty ? "it ended at once" : complaint)"
    }
    let isForbidden = ["namespace", "Operation not permitted", "uid map", "Permission denied"]
      .contains { complaint.contains($0) }
    let remedy =
      isForbidden
      ? "; allow user namespaces (sysctl -w kernel.unprivileged_userns_clone=1 "
        + "user.max_user_namespaces=10000, on Ubuntu also kernel.apparmor_restrict_unprivileged_userns=0; "
        + "in a container: --security-opt seccomp=unconfined), or set options = { sandbox = \"rlimits\" }, "
        + "which keeps programs from much less"
      : ""
    return
      "the sandbox could not be started: \(complaint.isEmpty ? "it ended at once" : complaint)\(remedy)"
  }
}
