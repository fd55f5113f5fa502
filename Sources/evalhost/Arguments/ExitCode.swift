// What the end of the program means: the six codes that scripts rely on.

/// The exit status of a command.
package enum ExitCode: Int32, Sendable, CaseIterable {
  /// Everything asked for was done.
  case done = 0
  /// The run ended and some tasks failed, or the answer to a question is no.
  case failed = 1
  /// Usage or configuration error; nothing was started.
  case usage = 2
  /// A plugin that is needed is missing or was refused.
  case plugin = 3
  /// Interrupted after draining; the same command resumes.
  case interrupted = 4
  /// Store or IO error; nothing acknowledged was lost.
  case storage = 5
}

/// A command that cannot go on: its exit status and what to say on stderr.
package struct CommandFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// What the program ends with.
  package var exit: ExitCode
  /// Mostly one line, with what, where and what to do; empty when everything was said before.
  package var description: String

  /// Pairs an exit status with its line.
  package init(_ exit: ExitCode, _ description: String) {
    self.exit = exit
    self.description = description
  }
}
