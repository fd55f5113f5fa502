// What is asked for and what is given back.

/// A file on a server and its place in the cache.
package struct RemoteFile: Equatable, Sendable {
  /// Where it is; `http://` or `https://`.
  package var url: String
  /// Its SHA-256 in hexadecimal; nil when no one has written it down.
  package var sha256: String?
  /// The folder below the cache, by custom `dataset@revision`; `/` in it becomes `--`.
  package var folder: String
  /// The name of the file in that folder; `/` in it becomes `--`.
  package var name: String
  /// Fetch it again where the cached one is not pinned: the source may have moved on.
  package var isFresh: Bool

  /// Joins the parts.
  package init(
    url: String, sha256: String? = nil, folder: String, name: String, isFresh: Bool = false
  ) {
    self.isFresh = isFresh
    self.url = url
    self.sha256 = sha256
    self.folder = folder
    self.name = name
  }
}

/// A split of a set on the hub that is read row by row, because its files are Parquet.
package struct HubRows: Equatable, Sendable {
  /// For example `openai/gsm8k`.
  package var dataset: String
  /// The subset, `default` where the set has only one.
  package var config: String
  /// For example `test`.
  package var split: String
  /// The commit that the rows must be of; nil takes the present one.
  package var revision: String?
  /// The folder below the cache, by custom `dataset@revision`; `/` in it becomes `--`.
  package var folder: String
  /// The columns whose cells must be whole; nil for all.
  ///
  /// The hub cuts large cells, such as images.
  package var columns: Set<String>?
  /// Fetch them again where the cached ones are of no pinned revision.
  package var isFresh: Bool

  /// Joins the parts.
  package init(
    dataset: String, config: String, split: String, revision: String? = nil, folder: String,
    columns: Set<String>? = nil, isFresh: Bool = false
  ) {
    self.isFresh = isFresh
    self.columns = columns
    self.dataset = dataset
    self.config = config
    self.split = split
    self.revision = revision
    self.folder = folder
  }
}

/// A file in the cache that is whole and checked.
package struct DownloadedFile: Equatable, Sendable {
  /// Where it lies.
  package var path: String
  /// Lower-case hexadecimal.
  package var sha256: String
  /// Bytes.
  package var size: Int
  /// As it was asked for; for rows, the address of their first page without its place.
  package var url: String
  /// The host that sent the bytes, at the end of all redirects; empty when no one knows.
  package var servedBy: String
  /// The commit that the server named (X-Repo-Commit, for rows X-Revision).
  package var commit: String?
  /// Nothing was fetched: it had been there.
  package var wasCached: Bool
}
