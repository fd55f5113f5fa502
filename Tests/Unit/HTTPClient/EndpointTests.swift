// URLs taken apart, and those that are refused.

import HTTPClient
import Testing

@Suite struct EndpointTests {
  @Test(
    arguments: [
      ("http://127.0.0.1:8000/v1", "127.0.0.1", 8000, "/v1", nil, "127.0.0.1:8000"),
      ("HTTPS://API.Example.com", "api.example.com", 443, "", nil, "api.example.com"),
      ("http://host/", "host", 80, "", nil, "host"),
      ("http://host:80/a/b/?k=v&w=%20", "host", 80, "/a/b", "k=v&w=%20", "host"),
      ("https://[::1]:8443/x", "::1", 8443, "/x", nil, "[::1]:8443"),
      ("http://[2001:DB8::A]", "2001:db8::a", 80, "", nil, "[2001:db8::a]"),
      (
        "http://my_server.local.:65535?q", "my_server.local.", 65535, "", "q",
        "my_server.local.:65535"
      ),
      ("http://0cool.example", "0cool.example", 80, "", nil, "0cool.example"),
    ] as [(String, String, UInt16, String, String?, String)])
  func `a URL is taken apart`(
    url: String, host: String, port: UInt16, path: String, query: String?, field: String
  ) throws {
    let endpoint = try Endpoint(url)
    #expect(endpoint.host == host && endpoint.port == port)
    #expect(endpoint.path == path && endpoint.query == query)
    #expect(endpoint.hostField == field)
    #expect(endpoint.hostIsAddress == (host.contains(":") || host == "127.0.0.1"))
  }

  @Test(arguments: [
    "", "http", "http:", "http:/", "http://", "http:///v1", "://host", "ftp://host", "http//host",
    "http://user@host", "http://user:secret@host/", "http://host:0", "http://host:65536",
    "http://host:", "http://host:+80", "http://host:8a", "http://host:80:80", "http://::1/",
    "http://[::1", "http://[::1]x", "http://[::g]", "http://[fe80::1%25eth0]", "http://[]",
    "http://[127.0.0.1]", "http://-a", "http://a-", "http://a..b", "http://.a", "http://1.2.3",
    "http://1.2.3.4.5", "http://256.1.1.1", "http://127.1", "http://0x7f.0.0.0x1", "http://a b",
    "http://host/a b", "http://host/ä", "http://hóst", "http://host/#f", "http://host/%",
    "http://host/%4", "http://host/%zz", "http://host/<", "http://host/\"", "http://host\r\nX: y",
    "http://host/\u{0}", "http://ho^st", "http://" + String(repeating: "a", count: 64),
    "http://host/" + String(repeating: "a", count: 5000),
  ])
  func `what is no endpoint is refused without being quoted`(url: String) {
    #expect(throws: EndpointError.self) { try Endpoint(url) }
    do { _ = try Endpoint(url) } catch {
      #expect(!error.description.contains("secret"))
      #expect(error.description.hasPrefix("the URL cannot be used: "))
    }
  }

  @Test(arguments: [
    ("http://h/v1", "/models", "/v1/models"), ("http://h/v1/", "models", "/v1/models"),
    ("http://h", "", "/"), ("http://h", "/x?y=1", "/x?y=1"), ("http://h/a?k=1", "/b", "/a/b?k=1"),
  ])
  func `a path goes below the endpoint`(url: String, below: String, target: String) throws {
    #expect(try Endpoint(url).target(below) == target)
  }

  @Test func `a description leaves the query out`() throws {
    #expect(try "\(Endpoint("https://h:1/p?key=secret"))" == "https://h:1/p")
  }
}
