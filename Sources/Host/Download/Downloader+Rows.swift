// A split of the hub, row by row: for sets that exist only as Parquet, which nothing here reads.
internal import HTTPClient
internal import JSONFormat
internal import Posix

extension Downloader {
  private static let rowsPerPage = 100

  /// The rows as one JSONL file from the cache, fetched before if it is not there:
  /// `<config>--<split>--<digest of set and columns>.jsonl`.
  ///
  /// Without a pinned revision the rows are of the commit at the time of the first page, which the result names.
  package func fetchRows(_ rows: HubRows) throws(DownloadError) -> DownloadedFile {
    // Two sets of one source, and files in which cells of other columns are cut, are other files.
    var digest = SHA256()
    digest.update(field: rows.dataset)
    for column in rows.columns?.sorted() ?? [] { digest.update(field: column) }
    let name = "\(rows.config)--\(rows.split)--\(digest.finish().hex.prefix(8))"
    let place = try CachePlace(
      cacheRoot: cacheRoot, folder: rows.folder, name: "\(name).jsonl")
    let base =
      policy.hubRowsEndpoint.last == "/"
      ? String(policy.hubRowsEndpoint.dropLast()) : policy.hubRowsEndpoint
    let query =
      "/rows?dataset=\(queryEncoded(rows.dataset))&config=\(queryEncoded(rows.config))"
      + "&split=\(queryEncoded(rows.split))"
    _ = try WebAddress(checking: base + query)
    // Wherever they are asked for, they are the Hub's.
    let url = DownloadPolicy.publicRows + query
    // This query holds no key, and it is what tells where the rows came from.
    let origin = Origin(url: url, queryDigest: nil)
    let wanted = Wanted(origin: origin, revision: rows.revision)
    return try obtain(place, wanted, url: url, isFresh: rows.isFresh && rows.revision == nil) {
      () throws(DownloadError) in
      try assemble(place, wanted, rows.columns, at: base + query)
    }
  }

  /// Adds page after page to what is there.
  private func assemble(
    _ place: CachePlace, _ wanted: Wanted, _ columns: Set<String>?, at url: String
  ) throws(DownloadError) -> Sidecar {
    let part = try PartialFile(place, origin: wanted.origin, inLines: true)
    if let revision = wanted.revision, let commit = part.note?.commit, commit != revision {
      part.remove()
    }
    progress(.started(url: url, size: nil))
    while part.note == nil || part.lines < part.note?.size ?? 0 {
      let address = try WebAddress(
        checking: "\(url)&offset=\(part.lines)&length=\(Self.rowsPerPage)")
      let reply = try persistently(attempts: policy.attempts, position: { 0 }) {
        () throws(Trouble) in
        let reply = try transport.get(address)
        guard reply.response.status == 200 else {
          throw Trouble(reply, asked: address, policy: policy)
        }
        return reply
      }
      try add(reply, to: part, wanted, columns)
      progress(.received(part.lines, total: part.note?.size))
    }
    let sha256 = try part.settle()
    return try finish(part, at: place, origin: wanted.origin, sha256: sha256)
  }

  /// Checks a page against those before it and writes its rows.
  private func add(
    _ reply: Reply, to part: PartialFile, _ wanted: Wanted, _ columns: Set<String>?
  ) throws(DownloadError) {
    let place = "\(wanted.origin.url)&offset=\(part.lines)"
    let page: RowsPage
    do throws(JSONError) { page = try RowsPage(reply.response.body) } catch {
      throw DownloadError(
        .server, at: place, "the answer is not a page of rows: \(error)",
        advice: "check hf_rows_endpoint, and run the same command again")
    }
    if let problem = Self.problem(of: page, from: part.lines, columns) {
      throw DownloadError(
        .server, at: place, problem,
        advice: "the hub does not serve this split as rows; use the files of the set instead")
    }
    if let problem = Self.change(page, reply.commit, part.note, wanted) {
      // What is there belongs to a state of the set that can no longer be had.
      part.remove()
      throw DownloadError(
        .changed, at: place, problem,
        advice: wanted.revision == nil
          ? "run the same command again to fetch all rows anew"
          : "pin the present commit after a look at what has changed")
    }
    if part.note == nil {
      try part.begin(
        PartialNote(
          origin: wanted.origin, size: page.total, commit: reply.commit,
          servedBy: reply.address.origin.host))
    }
    var lines: [UInt8] = []
    for row in page.rows { lines += row.json + [0x0a] }
    try part.append(lines)
  }

  /// What makes the rows of a page useless; nil when nothing does.
  private static func problem(
    of page: RowsPage, from first: Int, _ columns: Set<String>?
  ) -> String? {
    guard let total = page.total else { return "the page does not say how many rows there are" }
    if total <= 0 { return "the split has no rows" }
    if page.isPartial { return "the server has only a part of the split" }
    if page.rows.isEmpty { return "the page is empty although row \(first) of \(total) is missing" }
    for (offset, row) in page.rows.enumerated() {
      let expected = first + offset
      if row.index != expected || expected >= total {
        return "row \(row.index) of \(total) comes where row \(expected) should"
      }
      if row.json.first != UInt8(ascii: "{") { return "row \(row.index) is not an object" }
      let cut = row.truncated.filter { columns?.contains($0) ?? true }
      if !cut.isEmpty {
        return "row \(row.index) is cut in \(cut.map { "'\($0)'" }.joined(separator: ", "))"
      }
    }
    return nil
  }

  /// How the split differs from the pages before, or from the pinned one; nil when it does not.
  private static func change(
    _ page: RowsPage, _ commit: String?, _ note: PartialNote?, _ wanted: Wanted
  ) -> String? {
    if let pin = wanted.revision, commit != pin {
      return commit.map { "the rows are of the commit \($0) and not of the pinned \(pin)" }
        ?? "the server does not say of which commit the rows are; \(pin) is pinned"
    }
    guard let note else { return nil }
    if note.commit != commit {
      return "the set has moved from commit \(note.commit ?? "(none)") to \(commit ?? "(none)")"
    }
    return note.size == page.total
      ? nil : "the split had \(note.size ?? 0) rows and has \(page.total ?? 0)"
  }
}
