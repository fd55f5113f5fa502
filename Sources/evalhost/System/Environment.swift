// What the process is given: variables, its number, programs on the path.
internal import Devices
internal import Glibc
internal import Posix

/// The value of an environment variable, nil when it is not set.
func environmentVariable(_ name: String) -> String? {
  // One thread, and nothing in the program sets variables: the pointer holds still.
  getenv(name).map { String(cString: $0) }
}

/// This process's number.
func ownProcessID() -> Int32 { getpid() }

/// The path of a program that can be started, looked for as a shell does; nil when there is none.
func findProgram(_ name: String) -> String? {
  findProgram(name, path: DeviceTools(variable: environmentVariable).path)
}

/// Ends the process at once.
func end(_ status: Int32) -> Never { exit(status) }

extension PosixError {
  /// True when the reader of a pipe has gone.
  var isBrokenPipe: Bool { code == EPIPE }
}
