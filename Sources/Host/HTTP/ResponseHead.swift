// Status line and fields, and what they say about the body and the connection.

/// How the end of a body is known.
enum BodyFraming: Equatable {
  case length(Int)
  case chunked
  case untilClose
}

/// The head of a response.
struct ResponseHead {
  /// 100...999.
  var status = 0
  /// The x of HTTP/1.x.
  var minorVersion = 1
  var fields = HTTPHeaders()

  /// Nothing read yet.
  init() {}

  /// Reads `HTTP/1.1 200 OK`; the phrase, and the blank before an empty one, may be missing.
  init(statusLine line: [UInt8]) throws(HTTPFailure.Reason) {
    guard line.starts(with: "HTTP/".utf8) else { throw .malformed("it does not begin with HTTP/") }
    let version = line.dropFirst(5)
    guard line.count >= 9, version.starts(with: "1.".utf8), let minor = digit(line[7]),
      line[8] == 0x20
    else { throw .malformed("its version is not HTTP/1.x") }
    guard line.count >= 12, let first = digit(line[9]), let second = digit(line[10]),
      let third = digit(line[11]), first > 0, line.count == 12 || line[12] == 0x20
    else { throw .malformed("its status is not a number from 100 to 999") }
    guard line.dropFirst(12).allSatisfy(isValueByte) else {
      throw .malformed("its status line holds a control character")
    }
    minorVersion = minor
    status = first * 100 + second * 10 + third
  }

  /// The server ends the connection after this response.
  var saysClose: Bool {
    let options = listed("Connection")
    return options.contains("close") || (minorVersion == 0 && !options.contains("keep-alive"))
  }

  /// How the end of the body is known; refuses whatever two readers could read differently.
  func framing() throws(HTTPFailure.Reason) -> BodyFraming {
    let lengths = fields.all("Content-Length").flatMap {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
    }
    guard fields.first("Transfer-Encoding") == nil else {
      guard lengths.isEmpty else {
        throw .malformed("it has both Content-Length and Transfer-Encoding")
      }
      guard minorVersion > 0 else { throw .malformed("it is HTTP/1.0 with Transfer-Encoding") }
      guard listed("Transfer-Encoding") == ["chunked"] else {
        throw .malformed("its transfer coding is not just chunked")
      }
      return .chunked
    }
    guard let length = lengths.first else { return .untilClose }
    guard lengths.allSatisfy({ $0 == length }) else {
      throw .malformed("it has different Content-Lengths")
    }
    guard !length.isEmpty, length.utf8.allSatisfy({ digit($0) != nil }) else {
      throw .malformed("its Content-Length is not a number")
    }
    // A length beyond Int is beyond every limit.
    return .length(Int(length) ?? .max)
  }

  /// The comma-separated elements of all fields of that name, in small letters.
  private func listed(_ name: String) -> [String] {
    fields.all(name).flatMap { $0.split(separator: ",").map { trimmed($0).lowercased() } }
      .filter { !$0.isEmpty }
  }
}

/// Without blanks and tabs at both ends.
private func trimmed(_ text: Substring) -> String {
  let start = text.drop { $0 == " " || $0 == "\t" }
  let kept = start.reversed().drop { $0 == " " || $0 == "\t" }
  return String(kept.reversed())
}

private func digit(_ byte: UInt8) -> Int? {
  byte >= 0x30 && byte <= 0x39 ? Int(byte) - 0x30 : nil
}
