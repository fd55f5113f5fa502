// SHA-256 against the standard's own examples, whole and in pieces.

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

  private func digest(_ pieces: [[UInt8]]) -> Digest256 {
    var state = SHA256()
    for piece in pieces { state.update(piece) }
    return state.finish()
  }
}
