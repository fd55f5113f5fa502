// `score_index.jsonl`: one line a current score, what the page and other programs read. It is made
// anew from the store each time, so that it can be lost or deleted without harm.

internal import JSONFormat
internal import Posix
internal import Store

/// Writes the index of all scores.
package enum IndexBuilder {
  /// The index's name under `artifact_root`.
  package static let fileName = "score_index.jsonl"

  /// Replaces `<artifactRoot>/score_index.jsonl` by the current scores of the store beside it.
  ///
  /// Lines are in the order of (created_at, run_id, task_id). Readers see the old file or the new.
  /// Throws `StoreError` when the store cannot be read and `PosixError` when the file cannot be
  /// written.
  ///
  /// - Returns: How many lines it has.
  @discardableResult
  package static func rebuild(artifactRoot: String) throws -> Int {
    let store = try Connection.reader(path: "\(artifactRoot)/evalhost.db")
    let path = "\(artifactRoot)/\(fileName)"
    var written: [UInt8]?
    // Another process may have read an older store and put its file in place after this one's;
    // whoever writes last looks again and finds out.
    while true {
      let index = try lines(of: store)
      if index.bytes == written { return index.count }
      try Files.replace(path, with: index.bytes)
      written = index.bytes
    }
  }

  private static func lines(of store: Connection) throws -> (bytes: [UInt8], count: Int) {
    var writer = JSONWriter(capacity: 1 << 16)
    var count = 0
    try CurrentScores(store).forEach { score in
      try score.write(to: &writer)
      writer.endLine()
      count += 1
    }
    return (writer.bytes, count)
  }
}
