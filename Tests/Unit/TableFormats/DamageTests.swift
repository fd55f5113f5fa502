// Damaged texts and noise. Nothing may crash a reader, and what it says may not depend on how the
// text was cut.

import TableFormats
import Testing

/// A text that its reader takes whole, with something of everything in it.
private let documents: [(Format, String)] = [
  (.csv(), "\u{feff}a,\"b\"\"\",\r\n1,\"x\r\n,\"\"é\",😀\r\r\n\n\"\",,\n3"),
  (.csv(.plainTSV, names: ["a", "b"]), "1\t\"\n\n\"中\t2\r\n"),
  (
    .xml("r"),
    "<?xml version='1.0' encoding='utf-8'?><!DOCTYPE t [<!ENTITY a ']>'><!-- ' --><?p?>]>\r\n"
      + "<t><!-- - --><r a='&lt;\n' é=\"'\">x<b>1&#x41;<i/>]]&amp;é</b><![CDATA[]] ]>]]]></r ></t><?q ??>\n"
  ),
  (
    .jsonRows(["d", "e"]),
    #"{"a":[{"e":"]\"é"}],"d" : {"f":-1.5e3,"\u0065":[{"x":[1,{"y":"}\\"}]} , {}],"g":null},"h":0}"#
  ),
  (.jsonLines, "\u{feff}{\"a\":1}\r\n\n[2]\n \r\n中\n3"),
]

/// Pieces of text that mean something to a reader, for noise that gets further than bytes would.
private func pieces(of format: Format) -> [String] {
  switch format {
  case .csv: [",", "\"", "\"\"", "\n", "\r", "\r\n", "\t", "a", "é", "\u{feff}", " "]
  case .xml:
    [
      "<", ">", "/", "</", "/>", "<r>", "</r>", "<r a='1'", "<b>", "</b>", "<r/>", "&", "&lt;",
      "&#6", ";",
      "<!--", "-->", "-", "<![CDATA[", "]]>", "]", "<?", "?>", "p", " ", "\n", "\r", "'", "\"", "=",
      "é",
      "<!DOCTYPE", "[", "a", "xml",
    ]
  case .jsonRows:
    [
      "{", "}", "[", "]", "[{", "},{", "\"", "\\", ",", ":", "\"d\"", "\"e\":", "1", "true", " ",
      "\n", "é",
    ]
  case .jsonLines: ["{}", "\n", "\r", "\r\n", " ", "\t", "é", "\u{feff}", "1234567"]
  }
}

/// A small generator, so that noise is the same on every run.
private struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

@Suite struct DamageTests {
  @Test(arguments: documents.indices)
  func `a text cut short anywhere never crashes a reader`(index: Int) {
    let (format, text) = documents[index]
    let bytes = Array(text.utf8)
    #expect(steadyOutcome(of: bytes, as: format).error == nil)
    for end in 0..<bytes.count {
      _ = steadyOutcome(of: Array(bytes[..<end]), as: format, sizes: [1, 5])
    }
  }

  @Test(arguments: documents.indices)
  func `a text in two pieces is the text`(index: Int) {
    let (format, text) = documents[index]
    let bytes = Array(text.utf8)
    let whole = outcome(of: bytes, as: format)
    let sizes = (1..<bytes.count).filter { outcome(of: bytes, as: format, inChunksOf: $0) != whole }
    #expect(sizes.isEmpty)
  }

  @Test(arguments: documents.indices)
  func `a flipped bit never crashes a reader`(index: Int) {
    let (format, text) = documents[index]
    let bytes = Array(text.utf8)
    for offset in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[offset] ^= 1 << bit
        _ = steadyOutcome(of: damaged, as: format, sizes: [1])
      }
    }
  }

  @Test(arguments: documents.indices)
  func `noise never crashes a reader`(index: Int) {
    let format = documents[index].0
    let pieces = pieces(of: format)
    var generator = SplitMix64(state: UInt64(index))
    for round in 0..<400 {
      var noise: [UInt8] = []
      for _ in 0..<Int.random(in: 1...40, using: &generator) {
        if round % 4 == 0 {
          noise.append(UInt8.random(in: 0...255, using: &generator))
        } else {
          noise += pieces.randomElement(using: &generator)?.utf8 ?? "".utf8
        }
      }
      _ = steadyOutcome(of: noise, as: format, sizes: [1, 4])
    }
  }

  @Test func `a broken record of CSV is the only one lost`() {
    let (format, text) = documents[0]
    let outcome = steadyOutcome(of: Array(text.utf8), as: format)
    #expect(
      outcome.records.filter { $0.contains("!") } == [
        "7 a=3 !the record has 1 fields, but there are 3 columns"
      ])
    #expect(outcome.records.count == 3)
  }
}
