// SHA-256 and BLAKE2b against published examples, whole and in pieces.

import Foundation
import Posix
import Testing

@Suite struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
        + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func `the standard's examples come out`(text: String, hex: String) throws {
    #expect(digest([Array(text.utf8)]).hex == hex)
    let folder = try Scratch()
    try Data(text.utf8).write(to: folder.url("data"))
    #expect(try SHA256.ofFile(folder.path("data")).hex == hex)
  }

  @Test func `pieces give the digest of the whole`() {
    let text = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    let whole = digest([text])
    for offset in 0...text.count {
      #expect(digest([Array(text[..<offset]), Array(text[offset...])]) == whole)
    }
    #expect(digest(text.map { [$0] }) == whole)
    // Every length around the padding's edges is its own digest, alone and after a copy.
    var seen: Set<String> = []
    var running = SHA256()
    for length in 0..<200 {
      let alone = digest([Array(text[..<length])])
      let copy = running
      #expect(copy.finish() == alone)
      running.update([text[length]])
      seen.insert(alone.hex)
    }
    #expect(seen.count == 200 && whole.bytes.count == 32)
  }

  @Test func `fields and numbers cannot be confused`() {
    func fields(_ texts: [String]) -> Digest256 {
      var state = SHA256()
      for text in texts { state.update(field: text) }
      return state.finish()
    }
    #expect(fields(["ab", "c"]) != fields(["a", "bc"]))
    #expect(fields(["é"]) == digest([[2, 0, 0, 0, 0, 0, 0, 0, 0xc3, 0xa9]]))
    var number = SHA256()
    number.update(integer: 0x0102_0304_0506_0708)
    #expect(number.finish() == digest([[8, 7, 6, 5, 4, 3, 2, 1]]))
    #expect(Digest256().hex == String(repeating: "0", count: 64))
  }

  // "abc" is RFC 7693's example with 32 bytes of digest; the rest was made with another program.
  @Test(arguments: [
    ("", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
    ("abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
    (
      String(repeating: "a", count: 128),
      "ae2aa48507885c4c950fb809b2076f959cde9f8ea6da260d9a3587df33dac450"
    ),
    (
      String(repeating: "a", count: 129),
      "2f64744a6de0d2c0b56e64cf6e29a5aaa255010d415d51c75ccc82f73dccd865"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "0741850f36cba4259628355d1073e24ddb9ca0e1bfac36fd39ae5dc2101e23a4"
    ),
  ])
  func `the content hash is BLAKE2b`(text: String, hex: String) {
    #expect(content([Array(text.utf8)]).hex == hex)
  }

  @Test func `pieces give the content hash of the whole`() {
    let text = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    let whole = content([text])
    #expect(whole.hex == "0c376dbd10b8601d6ca502ddf48492d5f2775c8feb3bd54a2d7febef06b18347")
    for offset in 0...text.count {
      #expect(content([Array(text[..<offset]), Array(text[offset...])]) == whole)
    }
    #expect(content(text.map { [$0] }) == whole)
    var (field, plain) = (ContentHash(), ContentHash())
    field.update(field: "é")
    plain.update(integer: 2)
    [UInt8]([0xc3, 0xa9]).withUnsafeBytes { plain.update($0) }
    #expect(field.finish() == plain.finish())
  }

  private func content(_ pieces: [[UInt8]]) -> Digest256 {
    var state = ContentHash()
    for piece in pieces { piece.withUnsafeBytes { state.update($0) } }
    return state.finish()
  }

  private func digest(_ pieces: [[UInt8]]) -> Digest256 {
    var state = SHA256()
    for piece in pieces { state.update(piece) }
    return state.finish()
  }
}
