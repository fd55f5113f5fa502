// What a download says while it works; whoever called draws it.

/// One thing that happened.
package enum DownloadProgress: Equatable, Sendable {
  /// Bytes begin to come from this URL (shown without its query); `size` is the whole file's, where known.
  case started(url: String, size: Int?)
  /// So many bytes of the file are there, those of earlier tries included; for rows, so many rows.
  case received(Int, total: Int?)
  /// Another process is fetching the file that belongs at this path.
  case waiting(for: String)
  /// A try has failed for this reason; the next one begins after that long.
  case retrying(afterNanoseconds: UInt64, reason: String)
  /// Something that the user should know and that ends nothing.
  case warning(String)
  /// The file is whole, checked and in its place.
  case finished
}
