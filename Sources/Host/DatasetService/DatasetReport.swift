// What a user may want to see of a preparation, in words.
package import Download

/// One thing that happened while a split was prepared.
package enum DatasetReport: Equatable, Sendable {
  /// A line of its own.
  case line(String)
  /// A line that the next one replaces on a terminal.
  case passing(String)

  /// What a user sees of a download; nil for what is too small to be seen.
  init?(_ progress: DownloadProgress) {
    switch progress {
    case .received(let count, let total):
      // Rows of the Hub count by the hundred, bytes by the million: both read well as a share.
      let all = total.map { " of \(Self.amount($0))" } ?? ""
      self = .passing("  \(Self.amount(count))\(all)")
    default:
      guard let words = Self.words(progress) else { return nil }
      self = .line(words)
    }
  }

  /// A download's own lines; nil for progress that only counts.
  package static func words(_ progress: DownloadProgress) -> String? {
    switch progress {
    case .started(let url, let size): "fetching \(url)\(size.map { " (\(amount($0)))" } ?? "")"
    case .waiting(let path): "another process fetches \(path); waiting"
    case .retrying(let pause, let reason): "trying again in \(pause / 1_000_000_000) s: \(reason)"
    case .warning(let text): "warning: \(text)"
    case .received, .finished: nil
    }
  }

  private static func amount(_ count: Int) -> String {
    count < 1_000_000 ? "\(count)" : "\(count / 1_000_000).\(count / 100_000 % 10) M"
  }
}
