// The sentences that commands say, in one place: what, where, what to do.

/// Sentences of the commands.
package enum Messages {
  /// `stop` for a run that nobody runs.
  package static func notRunning(_ run: String) -> String {
    "run '\(printable(run))' is not running; there is nothing to stop"
  }

  /// A run that the artifact folder does not have.
  package static func unknownRun(_ run: String, root: String, known: [String]) -> String {
    let hint =
      known.isEmpty
      ? "there are no runs here; check --artifacts"
      : "here are: \(known.map(printable).joined(separator: ", "))"
    return "\(root): no run '\(printable(run))'; \(hint)"
  }

  /// A run id that cannot be a folder's name.
  package static func badRunID(_ run: String) -> String {
    "--run '\(printable(run))' is not a run's id; `evalhost status` lists them"
  }

  /// `stop` has sent its signal.
  package static func draining(_ run: String, pid: Int32) -> String {
    "run '\(run)': asked process \(pid) to finish what is in flight; waiting for its end"
  }

  /// `stop` has seen the end; `outcome` is what the store says of the attempt, if it does.
  package static func stopped(_ run: String, pid: Int32, outcome: String?) -> String {
    switch outcome {
    case "interrupted": "run '\(run)' stopped (process \(pid)); the same command resumes it"
    case "done": "run '\(run)' had finished everything (process \(pid))"
    case .some(let word): "run '\(run)' ended (process \(pid)), its outcome is '\(word)'"
    case nil: "run '\(run)' ended (process \(pid)); the same command resumes it"
    }
  }

  /// `stop` may not signal the process.
  package static func notAllowed(_ run: String, pid: Int32) -> String {
    "run '\(run)': process \(pid) belongs to another user; stop it as that user"
  }

  /// A plugin ended the process that loaded it.
  package static func pluginEnded(
    _ plugin: String, by ending: String, lastWords: String
  ) -> String {
    let words = lastWords.isEmpty ? "" : "; it printed: \(printable(lastWords))"
    return "\(plugin): loading it ended the process by \(ending)\(words)"
  }

  /// A plugin did not come back.
  package static func pluginHangs(_ plugin: String, seconds: Int) -> String {
    "\(plugin): loading it did not end within \(seconds) s; it was ended (look at its constructors "
      + "and its init())"
  }

  /// A plugin's process said something that is no answer.
  package static func pluginBroke(_ plugin: String, _ reason: String) -> String {
    "\(plugin): no answer from the process that loaded it (\(reason))"
  }

  /// How messages name a plugin.
  package static func plugin(_ id: String, _ version: String) -> String {
    "plugin '\(id)' \(version)"
  }

  /// A task that the run does not have.
  package static func unknownTask(_ task: String, run: String, known: [Int64]) -> String {
    let hint =
      known.isEmpty
      ? "the run has none" : "it has: \(known.map(String.init).joined(separator: ", "))"
    return "--task '\(printable(task))' is not a task of run '\(run)'; \(hint)"
  }
}
