// How these tests write verdicts down: one word a sample, one letter a repeat. P pass, F fail,
// U unparsed, E error, and a dot for a verdict that is missing.

import Foundation
import Metrics

/// The rows of a table of words; answer hashes are 1 for a pass and 2 for a fail.
func rows(_ samples: [String]) -> [RawVerdict] {
  var rows: [RawVerdict] = []
  for (sample, word) in samples.enumerated() {
    for (repeatIndex, letter) in word.enumerated() where letter != "." {
      rows.append(row(sample, repeatIndex, letter))
    }
  }
  return rows
}

func row(
  _ sample: Int, _ repeatIndex: Int, _ letter: Character, answer: UInt64? = nil, group: Int32 = -1
) -> RawVerdict {
  let code = ["P": 1, "F": 2, "U": 3, "E": 4][letter] ?? 0
  return RawVerdict(
    sampleIndex: Int64(sample), repeatIndex: Int64(repeatIndex), outcomeCode: code,
    answerHash: answer ?? (code <= 2 ? UInt64(code) : 0), group: group)
}

func normalized(
  samples: Int, repeats: Int, _ rows: some Sequence<RawVerdict>
) throws -> NormalizedVerdicts {
  var normalizer = Normalizer(try ExpectedTries(samples: samples, repeats: repeats))
  for row in rows { normalizer.push(row) }
  return normalizer.finish()
}

/// The verdicts of a table of words of one length.
func normalized(_ samples: [String]) throws -> NormalizedVerdicts {
  try normalized(
    samples: samples.count, repeats: max(1, samples.first?.count ?? 1), rows(samples))
}

/// Numbers that look random and are the same on every run (xorshift).
struct FixedRandom: RandomNumberGenerator {
  var state: UInt64 = 88_172_645_463_325_252

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}

/// The data shared by the project's developers, beside the repository; nil where it is absent.
let sharedData: URL? = {
  var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
  while folder.path != "/" {
    folder.deleteLastPathComponent()
    let data = folder.appendingPathComponent("../shared/data").standardizedFileURL
    if FileManager.default.fileExists(atPath: data.path) { return data }
  }
  print("shared/data is absent: the tests that compare with reference data are skipped")
  return nil
}()

/// A file of the shared data, and the rows of one that is JSONL.
func shared(_ path: String) throws -> Data {
  guard let sharedData else { throw CocoaError(.fileNoSuchFile) }
  return try Data(contentsOf: sharedData.appendingPathComponent(path))
}

func sharedRows<Row: Decodable>(_ path: String, as type: Row.Type) throws -> [Row] {
  try shared(path).split(separator: UInt8(ascii: "\n")).map {
    try JSONDecoder().decode(type, from: $0)
  }
}
