// Encoding and its reverse, over the real vocabularies and against the plainest way to do it.

import Foundation
import RWKV7Core
import Testing

struct VocabularyTests {
  /// Greedy longest match by looking every possible piece up.
  struct NaiveTokenizer {
    private var ids: [[UInt8]: UInt32] = [:]
    private var longest = 0

    init(_ vocabulary: Vocabulary) {
      for id in 0..<UInt32(vocabulary.size) {
        guard let bytes = vocabulary.bytes(of: id) else { continue }
        ids[Array(bytes)] = id
        longest = max(longest, bytes.count)
      }
    }

    func encode(_ bytes: [UInt8]) -> [UInt32] {
      var result: [UInt32] = []
      var position = 0
      while position < bytes.count {
        var length = min(longest, bytes.count - position)
        while length > 1 && ids[Array(bytes[position..<position + length])] == nil { length -= 1 }
        result.append(ids[Array(bytes[position..<position + length])] ?? 0)
        position += length
      }
      return result
    }
  }

  static func decode(_ tokens: [UInt32], _ vocabulary: Vocabulary) -> [UInt8] {
    tokens.flatMap { vocabulary.bytes(of: $0) ?? [] }
  }

  /// Bytes that are often parts of tokens: pieces of tokens, with noise between them.
  static func randomBytes(
    _ vocabulary: Vocabulary, _ random: inout RandomGenerator, pieces: Int
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int(random.next() % UInt64(pieces + 1)) {
      let id = UInt32(random.next() % UInt64(vocabulary.size))
      let token = Array(vocabulary.bytes(of: id) ?? [])
      switch random.next() % 4 {
      case 0: bytes.append(UInt8(truncatingIfNeeded: random.next()))
      case 1: bytes += token.prefix(Int(random.next() % 6))
      case 2: bytes += token.prefix(12)
      default: bytes += token.suffix(Int(random.next() % 6))
      }
    }
    return bytes
  }

  @Test(.enabled(if: TokenizerData.isPresent, "needs ../shared/rwkv"))
  func `every token of the World vocabulary survives the way there and back`() throws {
    let vocabulary = try TokenizerData.world.get()
    #expect(vocabulary.size == 65_530)
    #expect(vocabulary.tokenCount == 65_529)
    #expect(vocabulary.bytes(of: 0) == nil)
    #expect(vocabulary.bytes(of: 65_530) == nil)
    #expect(vocabulary.bytes(of: .max) == nil)
    #expect(vocabulary.bytes(of: 261).map(Array.init) == Array("\n\n".utf8))
    #expect(vocabulary.bytes(of: 24_281).map(Array.init) == Array("User".utf8))
    #expect(vocabulary.bytes(of: 2423).map(Array.init) == Array("\u{80}".utf8))
    var all: [UInt8] = []
    var others: [UInt32] = []
    for id in 1..<UInt32(vocabulary.size) {
      let bytes = Array(try #require(vocabulary.bytes(of: id)))
      if vocabulary.encode(bytes.span) != [id] { others.append(id) }
      all += bytes
    }
    #expect(others == [])
    #expect(Self.decode(vocabulary.encode(all.span), vocabulary) == all)
  }

  @Test(.enabled(if: TokenizerData.isPresent, "needs ../shared/rwkv"))
  func `the longest match is taken as the plainest search takes it`() throws {
    for vocabulary in [try TokenizerData.world.get(), try TokenizerData.tiny.get()] {
      let naive = NaiveTokenizer(vocabulary)
      var random = RandomGenerator(seed: 11)
      for round in 0..<2000 {
        let bytes = Self.randomBytes(vocabulary, &random, pieces: 5)
        let tokens = vocabulary.encode(bytes.span)
        if tokens != naive.encode(bytes) || Self.decode(tokens, vocabulary) != bytes {
          Issue.record("round \(round): \(bytes) became \(tokens)")
        }
      }
    }
  }

  @Test(.enabled(if: TokenizerData.isPresent, "needs ../shared/rwkv"))
  func `any Unicode text and any bytes come back`() throws {
    for vocabulary in [try TokenizerData.world.get(), try TokenizerData.tiny.get()] {
      var random = RandomGenerator(seed: 12)
      for _ in 0..<300 {
        var text = ""
        for _ in 0..<random.next() % 40 {
          guard let scalar = Unicode.Scalar(UInt32(random.next() % 0x11_0000)) else { continue }
          text.unicodeScalars.append(scalar)
        }
        let tokens = vocabulary.encode(text)
        #expect(Self.decode(tokens, vocabulary) == Array(text.utf8))
        let bytes = (0..<random.next() % 60).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        #expect(Self.decode(vocabulary.encode(bytes.span), vocabulary) == bytes)
      }
      #expect(vocabulary.encode("") == [])
    }
  }

  @Test(.enabled(if: TokenizerData.isPresent, "needs ../shared/rwkv"))
  func `the prompts of the golden outputs have the golden tokens`() throws {
    let golden = try JSONSerialization.jsonObject(
      with: Data(TokenizerData.bytes("model/golden-bf16.json")))
    let items = try #require((golden as? [String: Any])?["items"] as? [[String: Any]])
    #expect(items.count == 20)
    for item in items {
      let prompt = try #require(item["prompt"] as? String)
      let tokens = try #require(item["token_ids"] as? [UInt32])
      #expect([0] + (try TokenizerData.tiny.get()).encode(prompt) == tokens)
    }
  }

  @Test func `ids may have gaps and lines any order`() throws {
    let vocabulary = try TokenizerData.vocabulary("1048576 'ab' 2", "700 'abcd' 4")
    #expect(vocabulary.size == 1_048_577)
    #expect(vocabulary.tokenCount == 258)
    #expect(vocabulary.bytes(of: 699) == nil)
    #expect(vocabulary.bytes(of: 701) == nil)
    #expect(vocabulary.encode("abcabcd") == [1_048_576, 100, 700])
  }

  @Test func `literals are read as Python writes them`() throws {
    let cases: [(literal: String, bytes: [UInt8])] = [
      ("'ab'", Array("ab".utf8)),
      ("\"it's\"", Array("it's".utf8)),
      (#"'it\'s'"#, Array("it's".utf8)),
      (#"'\n\t\r\\'"#, [10, 9, 13, 92]),
      (#"b'\xe4\xb8'"#, [0xE4, 0xB8]),
      (#"'\x80'"#, [0xC2, 0x80]),
      (#"'\u200b\uFEFF'"#, Array("\u{200B}\u{FEFF}".utf8)),
      ("' a b '", Array(" a b ".utf8)),
      ("'\u{301}x'", Array("\u{301}x".utf8)),
      ("'\u{1F600}'", Array("\u{1F600}".utf8)),
    ]
    for (literal, bytes) in cases {
      let vocabulary = try TokenizerData.vocabulary("900 \(literal) \(bytes.count)")
      #expect(vocabulary.bytes(of: 900).map(Array.init) == bytes)
      #expect(vocabulary.encode(bytes.span) == [900])
    }
  }
}
