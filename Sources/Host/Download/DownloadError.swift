// Why there is no file: what, where, what to do.
package import Posix

/// A download that came to nothing.
///
/// Never holds a token, nor the query of a URL.
package struct DownloadError: Error, Equatable, Sendable {
  /// What a caller may want to tell apart.
  package enum Kind: Equatable, Sendable {
    /// It is not in the cache, and the network must not be used.
    case offline
    /// The hub gives it only to those who have accepted its terms.
    case gated
    /// The server does not have it.
    case notFound
    /// The bytes are not the pinned ones.
    case checksum
    /// The server could not be reached, or not for long enough; another time may help.
    case network
    /// The cache cannot be read, locked or written.
    case disk
    /// What is at the source became something else, or is not of the pinned revision.
    case changed
    /// The server's answer cannot be used.
    case server
    /// The request itself cannot be carried out.
    case unusable
  }

  /// What a caller may want to tell apart.
  package let kind: Kind
  /// A URL without its query, or a path.
  package let place: String
  /// What is wrong.
  package let problem: String
  /// What the user can do.
  package let advice: String

  /// Joins the parts; line breaks in them become blanks.
  package init(_ kind: Kind, at place: String, _ problem: String, advice: String) {
    self.kind = kind
    self.place = oneLine(place)
    self.problem = oneLine(problem)
    self.advice = oneLine(advice)
  }

  /// A failure of the file system below the cache.
  package init(disk error: PosixError, at path: String) {
    guard !error.isFull else {
      self.init(
        .disk, at: path, "the disk is full (\(error.call): \(error.reason))",
        advice: "free some space and run the same command again; what has come is kept")
      return
    }
    let advice = error.advice.drop { $0 == ";" || $0 == " " }
    self.init(
      .disk, at: path, "\(error.call): \(error.reason)",
      advice: advice.isEmpty ? "check the folder of the cache" : String(advice))
  }
}

extension DownloadError: CustomStringConvertible {
  /// One line: where, what, what to do.
  package var description: String { "\(place): \(problem); \(advice)" }
}

/// Runs what touches the cache at `path`.
func onDisk<Value>(
  _ path: String, _ body: () throws(PosixError) -> Value
) throws(DownloadError) -> Value {
  do throws(PosixError) { return try body() } catch { throw DownloadError(disk: error, at: path) }
}

/// Control characters as blanks.
func oneLine(_ text: String) -> String {
  String(
    text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
}
