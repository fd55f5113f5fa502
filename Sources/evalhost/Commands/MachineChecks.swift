// What `doctor` asks of the machine: kernel, programs that runs call, namespaces.
internal import Arguments
internal import Devices
internal import Posix

/// Looks at the machine.
struct MachineChecks {
  /// A program that some runs call.
  private struct Program {
    var name: String
    /// What it is for.
    var use: String
    /// Its package by package manager, where it is not called as the program is.
    var packages: [String: String] = [:]
    /// What to do where no package manager has it.
    var advice = ""
  }

  private static let programs = [
    Program(
      name: "python3", use: "running generated Python code", packages: ["pacman": "python"]),
    Program(name: "bwrap", use: "running generated code apart", packages: ["": "bubblewrap"]),
    Program(name: "tar", use: "unpacking downloads"),
    Program(name: "gzip", use: "unpacking downloads"),
    Program(name: "unzip", use: "unpacking downloads"),
    Program(name: "git", use: "downloads from repositories"),
    Program(
      name: "nvidia-smi", use: "finding NVIDIA devices",
      advice: "comes with the NVIDIA driver; not needed without such a device"),
    Program(
      name: "rocm-smi", use: "finding AMD devices",
      advice: "comes with ROCm; not needed without such a device"),
    Program(
      name: "sbatch", use: "runs on a Slurm cluster",
      packages: [
        "apt-get": "slurm-client", "dnf": "slurm", "pacman": "slurm-llnl", "zypper": "slurm",
      ]),
  ]

  /// The line that installs a package, by package manager.
  private static let installers = [
    ("apt-get", "sudo apt-get install"), ("dnf", "sudo dnf install"),
    ("zypper", "sudo zypper install"), ("pacman", "sudo pacman -S"), ("apk", "sudo apk add"),
  ]

  private let installer = Self.installers.first { findProgram($0.0) != nil }

  /// Everything but its devices.
  func findings() -> [DoctorFinding] {
    [pidfd()] + Self.programs.map(program) + [userNamespaces()]
  }

  private func pidfd() -> DoctorFinding {
    do throws(PosixError) {
      _ = try RunningProcess.open(ownProcessID())
      return DoctorFinding("kernel pidfd", .ok, "there")
    } catch {
      return DoctorFinding(
        "kernel pidfd", .broken, error.description,
        remedy: "use Linux 5.3 or newer, or allow pidfd_open in the container's seccomp profile")
    }
  }

  private func program(_ program: Program) -> DoctorFinding {
    if let path = findProgram(program.name) { return DoctorFinding(program.name, .ok, path) }
    let remedy = program.advice.isEmpty ? installLine(program) : program.advice
    return DoctorFinding(
      program.name, .absent, "not on the PATH; for \(program.use)", remedy: remedy)
  }

  private func installLine(_ program: Program) -> String {
    let (name, line) = installer ?? ("", "install the package")
    let package = program.packages[name] ?? program.packages[""] ?? program.name
    return "\(line) \(package)"
  }

  /// Whether a user may make namespaces, which is what keeps generated code apart.
  private func userNamespaces() -> DoctorFinding {
    let name = "user namespaces"
    if let sandbox = findProgram("bwrap") { return tryNamespaces(sandbox, name) }
    let settings = [
      ("/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
      ("/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces=10000"),
      (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
        "kernel.apparmor_restrict_unprivileged_userns=0"
      ),
    ]
    for (path, refusal, setting) in settings
    where Self.contents(path)?.split(separator: "\n").first.map(String.init) == refusal {
      return DoctorFinding(
        name, .absent, "\(path) is \(refusal)", remedy: "sudo sysctl -w \(setting)")
    }
    return DoctorFinding(name, .ok, "no setting forbids them; not tried, as bwrap is not there")
  }

  private func tryNamespaces(_ sandbox: String, _ name: String) -> DoctorFinding {
    let remedy =
      "allow unprivileged user namespaces: sudo sysctl -w user.max_user_namespaces=10000 "
      + "kernel.apparmor_restrict_unprivileged_userns=0 (in a container, its own settings)"
    do throws(PosixError) {
      let result = try ToolRun.run(
        sandbox, ["--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "true"],
        milliseconds: 5000)
      if result.end == .exited(0) { return DoctorFinding(name, .ok, "bwrap could make them") }
      let how = result.end.map(\.description) ?? "no end within 5 s"
      let words = result.output.split(separator: "\n").first.map { ": \($0)" } ?? ""
      return DoctorFinding(
        name, .absent, "bwrap could not make them (\(how)\(words))", remedy: remedy)
    } catch {
      return DoctorFinding(name, .absent, "bwrap could not be started: \(error)", remedy: remedy)
    }
  }

  private static func contents(_ path: String) -> String? {
    // Files of /proc and /sys are there or not by kernel; absence is an answer.
    guard let bytes = try? Files.read(path) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
