// What is decided without a socket, as tables.

import HTTPClient
import Testing

@testable import Download

@Suite struct DecisionTests {
  @Test(arguments: [
    ("http://h/a/b?q", "/x", "http://h/x"), ("http://h/a/b?q", "x?y", "http://h/a/x?y"),
    ("http://h/a/b", "../x", "http://h/x"), ("http://h/a/b", "../../../x/.", "http://h/x/"),
    ("http://h/a/b", "./..", "http://h/"), ("http://h", "x", "http://h/x"),
    ("http://h/a?q", "?r", "http://h/a?r"), ("https://h/a", "//g:8/x", "https://g:8/x"),
    ("http://h/a", "HTTPS://G/x#f", "https://g/x"), ("http://h/a/b", "c:d", nil),
    ("http://h/a", "ftp://g/x", nil), ("http://h/a", "", "http://h/a"),
    ("http://h/a", "/a b|\u{e9}%20", "http://h/a%20b%7C%C3%A9%20"),
    ("http://h/a", "/x?u=http://i/../j", "http://h/x?u=http://i/../j"),
    ("http://h/a", "http://u:p@g/", nil), ("http://h?q", "/x", "http://h/x"),
  ])
  func `a redirect leads where RFC 3986 says`(from: String, location: String, to: String?) throws {
    let address = try WebAddress(from)
    #expect((try? address.following(location))?.text == to)
  }

  @Test(arguments: [
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 22 Nov 2026 19:00:01 GMT", 1_795_374_001),
    ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
    ("Mon, 31 Dec 2029 00:00:00 GMT", 1_893_369_600),
    ("Sun, 22 Nov 2026 19:00 GMT", nil), ("Sunday, 22-Nov-26 19:00:00 GMT", nil),
    ("Sun, 22 Nov 2026 24:00:00 GMT", nil), ("7", nil), ("", nil),
  ])
  func `dates are read`(text: String, seconds: Int?) { #expect(HTTPDate.seconds(text) == seconds) }

  @Test func `pauses grow, are spread, and end`() {
    let soon = trouble(.soon)
    var pauses: [UInt64?] = []
    var schedule = RetrySchedule(attempts: 9, firstPause: 1_000_000_000)
    for _ in 0..<9 { pauses.append(schedule.pause(after: soon, dice: 0.5)) }
    let seconds = [0.75, 1.5, 3, 6, 12, 24, 45, 45]
    #expect(pauses == seconds.map { UInt64($0 * 1e9) } + [nil])
    schedule.progressed()
    #expect(schedule.pause(after: soon, dice: 0) == 500_000_000)
    #expect(schedule.pause(after: trouble(.after(7_000_000_000)), dice: 0) == 7_000_000_000)
    #expect(schedule.pause(after: trouble(.after(901_000_000_000)), dice: 0) == nil)
    #expect(schedule.pause(after: trouble(.never), dice: 0) == nil)
  }

  private func trouble(_ retry: Trouble.Retry) -> Trouble {
    Trouble(error: DownloadError(.network, at: "", "", advice: ""), retry: retry)
  }

  @Test(arguments: [
    ("https://huggingface.co", "https://huggingface.co/x", true),
    ("https://huggingface.co", "http://huggingface.co/x", false),
    ("https://huggingface.co", "https://huggingface.co:444/x", false),
    ("https://huggingface.co", "https://cdn.huggingface.co/x", false),
    ("https://huggingface.co", "https://datasets-server.huggingface.co/rows", true),
    ("https://mirror.example/hf", "https://mirror.example/x", true),
    ("https://mirror.example/hf", "https://huggingface.co/x", false),
    ("not a URL", "https://huggingface.co/x", false),
  ])
  func `who may see the token`(hub: String, url: String, may: Bool) throws {
    var policy = DownloadPolicy()
    policy.hubEndpoint = hub
    #expect(policy.trusts(try WebAddress(url).origin) == may)
  }

  @Test func `only what is on the hub goes to the user's hub`() throws {
    var policy = DownloadPolicy()
    policy.hubEndpoint = "https://mirror.example/hf/"
    for (url, asked) in [
      ("https://huggingface.co/a?b", "https://mirror.example/hf/a?b"),
      ("https://huggingface.co.evil.example/a", "https://huggingface.co.evil.example/a"),
      ("https://huggingface.com/a", "https://huggingface.com/a"),
    ] {
      #expect(try policy.sources(of: url).map(\.address.text) == [asked])
    }
  }

  @Test func `errors are one line`() {
    let error = DownloadError(.server, at: "a\nb", "c\r\nd", advice: "e\u{1b}f")
    #expect(error.description == "a b: c  d; e f")
  }
}
