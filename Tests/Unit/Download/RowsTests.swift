// The hub's rows: pages become one file, and whatever would mix two states of a set is refused.

import Download
import Posix
import TestHTTPServer
import Testing

/// A split as the hub serves it.
private struct Split: Sendable {
  var total = 250
  var revision: String? = "c0ffee"
  /// Replaces parts of the page that begins at that row.
  var change: @Sendable (_ page: String, _ offset: Int) -> String = { page, _ in page }

  func reply(to request: ReceivedRequest) -> ServerReply {
    let words = request.target.split(whereSeparator: { "?&=".contains($0) })
    let offset = words.firstIndex(of: "offset").flatMap { Int(words[$0 + 1]) } ?? 0
    let length = words.firstIndex(of: "length").flatMap { Int(words[$0 + 1]) } ?? 0
    let rows = (offset..<min(total, offset + length)).map {
      #"{"row_idx":\#($0),"row":\#(row($0)),"truncated_cells":[]}"#
    }
    let page =
      #"{"features":[{"name":"q"}],"rows":[\#(rows.joined(separator: ","))],"#
      + #""num_rows_total":\#(total),"num_rows_per_page":100,"partial":false}"#
    return .json(
      change(page, offset), headers: revision.map { [("X-Revision", $0)] } ?? [])
  }
}

private func row(_ index: Int) -> String { #"{"q":"caf\u00e9 \#(index)","n":1.0}"# }

private func lines(_ count: Int) -> String { (0..<count).map { row($0) + "\n" }.joined() }

private func rows(_ revision: String? = nil) -> HubRows {
  HubRows(
    dataset: "org/a set", config: "main & more", split: "test", revision: revision, folder: "set@1")
}

private let name: String = {
  // Sets of one source are told apart by a digest of their names.
  var digest = SHA256()
  digest.update(field: "org/a set")
  return "main@20@26@20more--test--\(digest.finish().hex.prefix(8)).jsonl"
}()

@Suite struct RowsTests {
  @Test func `pages become one file of the rows as they came`() throws {
    let server = try TestHTTPServer { Split().reply(to: $0) }
    let cache = try Cache()
    let file = try cache.downloader { $0.hubRowsEndpoint = server.url }.fetchRows(rows())
    let query = "dataset=org%2Fa%20set&config=main%20%26%20more&split=test"
    #expect(
      server.requests.map(\.target)
        == [0, 100, 200].map { "/rows?\(query)&offset=\($0)&length=100" })
    #expect(server.connectionCount == 1)
    #expect(try cache.text(name) == lines(250))
    #expect(file.commit == "c0ffee" && file.sha256 == sha256(lines(250)) && !file.wasCached)
    #expect(file.url == "\(DownloadPolicy.publicRows)/rows?\(query)")
    #expect(file.servedBy == "127.0.0.1")
    // Another set of the same source is another file.
    var second = rows()
    second.dataset = "org/another"
    let otherSet = try cache.downloader { $0.hubRowsEndpoint = server.url }.fetchRows(second)
    #expect(otherSet.path != file.path)
    #expect(cache.events.contains(.received(200, total: 250)) && cache.events.last == .finished)
    let again = cache.downloader {
      $0.hubRowsEndpoint = server.url
      $0.isOffline = true
    }
    #expect(try again.fetchRows(rows()).wasCached && again.fetchRows(rows("c0ffee")).wasCached)
    let other = failure { () throws(DownloadError) in try again.fetchRows(rows("facade")) }
    #expect(other.kind == .offline && other.problem.contains("commit c0ffee and not facade"))
    #expect(server.requests.count == 6)
  }

  @Test func `line breaks between the tokens of a row are taken out, those in strings are none`()
    throws
  {
    let server = try TestHTTPServer { request in
      Split(total: 1) { page, _ in
        page.replacing(
          row(0), with: "{\r\n \"q\" : \"a \\\" \\\\\" ,\n\t\"n\" : [ 1 , \"\\n\" ]\n}")
      }.reply(to: request)
    }
    let cache = try Cache()
    _ = try cache.downloader { $0.hubRowsEndpoint = server.url }.fetchRows(rows())
    #expect(try cache.text(name) == #"{"q":"a \" \\","n":[1,"\n"]}"# + "\n")
  }

  @Test(arguments: [0, 1, 17])
  func `rows that are there are not asked for again`(torn: Int) throws {
    let server = try TestHTTPServer { request in
      request.number == 2 ? .text("", status: 404) : Split().reply(to: request)
    }
    let cache = try Cache()
    let broken = failure { () throws(DownloadError) in
      try cache.downloader { $0.hubRowsEndpoint = server.url }.fetchRows(rows())
    }
    #expect(broken.kind == .notFound)
    #expect(try cache.names() == ["\(name).part", "\(name).part.json"])
    // A process that died while it wrote leaves a torn line.
    if torn > 0 { try cache.put(lines(200) + row(200).prefix(torn), "\(name).part") }
    let file = try cache.downloader { $0.hubRowsEndpoint = server.url }.fetchRows(rows())
    #expect(try cache.text(name) == lines(250) && file.sha256 == sha256(lines(250)))
    #expect(server.requests.count == 4)
    #expect(server.requests[3].target.hasSuffix("&offset=200&length=100"))
  }

  @Test func `a set that moves between two pages is not mixed`() throws {
    let server = try TestHTTPServer { request in
      Split(revision: request.number == 0 ? "one" : "two").reply(to: request)
    }
    let cache = try Cache()
    let moved = failure { () throws(DownloadError) in
      try cache.downloader { $0.hubRowsEndpoint = server.url }.fetchRows(rows())
    }
    #expect(moved.kind == .changed && moved.problem.contains("from commit one to two"))
    #expect(try cache.names().isEmpty)
    let file = try cache.downloader { $0.hubRowsEndpoint = server.url }.fetchRows(rows())
    #expect(file.commit == "two")
    let pinned = failure { () throws(DownloadError) in
      try cache.downloader { $0.hubRowsEndpoint = server.url }.fetchRows(rows("one"))
    }
    #expect(pinned.kind == .changed && pinned.problem.contains("two and not of the pinned one"))
  }

  @Test(arguments: [
    (#""num_rows_total":250"#, #""num_rows_total":0"#, 0, "has no rows"),
    (#""num_rows_total":250"#, #""num_rows":250"#, 0, "how many rows"),
    (#""num_rows_total":250"#, #""num_rows_total":251"#, 100, "had 250 rows and has 251"),
    (#""partial":false"#, #""partial":true"#, 0, "only a part"),
    (#""row_idx":103"#, #""row_idx":104"#, 100, "row 104 of 250 comes where row 103 should"),
    (#""num_rows_total":250"#, #""num_rows_total":40"#, 0, "row 40 of 40 comes where"),
    (row(7), "[7]", 0, "row 7 is not an object"),
    (
      row(107) + #","truncated_cells":[]"#, row(107) + #","truncated_cells":["q","n"]"#, 100,
      "row 107 is cut in 'q', 'n'"
    ),
    (#""features""#, #"features"#, 0, "not a page of rows"),
    (#""rows":["#, #""rows":[],"others":["#, 100, "row 100 of 250 is missing"),
  ])
  func `a page that cannot be right is refused`(row: (String, String, Int, String)) throws {
    let server = try TestHTTPServer { request in
      Split { page, offset in
        offset == row.2 ? page.replacing(row.0, with: row.1) : page
      }.reply(to: request)
    }
    let cache = try Cache()
    let error = failure { () throws(DownloadError) in
      try cache.downloader { $0.hubRowsEndpoint = server.url }.fetchRows(rows())
    }
    #expect(error.description.contains(row.3))
    #expect(error.kind == (row.3.contains("had 250") ? .changed : .server))
    #expect(error.place.hasSuffix("&split=test&offset=\(row.2)"))
  }

  @Test
  func `a busy server is waited for, a gated set is named, an unknown commit is not believed`()
    throws
  {
    let server = try TestHTTPServer { request in
      switch request.number {
      case 0: .tooManyRequests(retryAfter: "0")
      case 1: .json(#"{"error":"not ready yet"}"#, status: 500)
      case 2, 3: Split(total: 101, revision: nil).reply(to: request)
      default: .json(#"{"error":"gated"}"#, status: 401)
      }
    }
    let cache = try Cache()
    let downloader = cache.downloader { $0.hubRowsEndpoint = server.url + "/" }
    let unknown = failure { () throws(DownloadError) in try downloader.fetchRows(rows("c0ffee")) }
    #expect(unknown.kind == .changed && unknown.problem.contains("c0ffee is pinned"))
    #expect(server.requests.count == 3)
    _ = failure { () throws(DownloadError) in try downloader.fetchRows(rows()) }
    let gated = failure { () throws(DownloadError) in try downloader.fetchRows(rows()) }
    #expect(gated.kind == .gated)
    #expect(gated.advice.contains("https://huggingface.co/datasets/org/a%20set and set HF_TOKEN"))
    // The row server of the user is not the hub itself.
    #expect(server.requests.allSatisfy { $0.header("Authorization") == nil })
  }
}
