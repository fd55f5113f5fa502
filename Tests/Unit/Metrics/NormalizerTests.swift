// The normaliser: what is kept, what is counted, and that nothing is ever put where it does not
// belong.

import Metrics
import Model
import Testing

struct NormalizerTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    var reason: BadRow.Reason
    var row: RawVerdict
    var testDescription: String { "\(reason) \(row.sampleIndex ?? -99) \(row.repeatIndex ?? -99)" }
  }

  static func raw(_ sample: Int64?, _ repeatIndex: Int64?, code: Int = 1, group: Int32 = -1)
    -> RawVerdict
  {
    RawVerdict(
      sampleIndex: sample, repeatIndex: repeatIndex, outcomeCode: code, answerHash: 1,
      group: group)
  }

  @Test(arguments: [
    Refusal(reason: .sampleIndexMissing, row: raw(nil, 0)),
    Refusal(reason: .repeatIndexMissing, row: raw(0, nil)),
    Refusal(reason: .sampleIndexOutOfRange, row: raw(-1, 0)),
    Refusal(reason: .sampleIndexOutOfRange, row: raw(3, 0)),
    Refusal(reason: .sampleIndexOutOfRange, row: raw(.max, 0)),
    Refusal(reason: .sampleIndexOutOfRange, row: raw(.min, 0)),
    Refusal(reason: .repeatIndexOutOfRange, row: raw(0, -1)),
    Refusal(reason: .repeatIndexOutOfRange, row: raw(0, 2)),
    Refusal(reason: .repeatIndexOutOfRange, row: raw(0, .max)),
    Refusal(reason: .unknownOutcome, row: raw(0, 0, code: 0)),
    Refusal(reason: .unknownOutcome, row: raw(0, 0, code: 5)),
    Refusal(reason: .unknownOutcome, row: raw(0, 0, code: -1)),
    Refusal(reason: .unknownOutcome, row: raw(0, 0, code: 257)),
    Refusal(reason: .unknownName, row: raw(0, 0, group: -2)),
  ])
  func `a bad row is counted and never falls to index 0`(_ refusal: Refusal) throws {
    let alone = try normalized(samples: 3, repeats: 2, [refusal.row])
    var wanted = Coverage(expected: 6)
    wanted.bad = 1
    wanted.badRows = [
      BadRow(
        ordinal: 0, reason: refusal.reason, sampleIndex: refusal.row.sampleIndex,
        repeatIndex: refusal.row.repeatIndex)
    ]
    wanted.missingTries = (0..<6).map { SampleRepeat(sample: $0 / 2, repeatIndex: $0 % 2) }
    #expect(alone.coverage == wanted)
    #expect(throws: MetricError.nothingJudged) { try alone.accuracy() }

    let among = try normalized(
      samples: 3, repeats: 2, rows(["FF", "FF", "FF"]) + [refusal.row])
    #expect(try among.accuracy().value == 0)
    #expect(among.coverage.present == 6)
    #expect(!among.coverage.isWhole, "a refused row is never passed over in silence")
  }

  @Test func `a duplicate changes no metric and the first of two that differ is kept`() throws {
    let clean = rows(["PF", "FF", "PP"])
    let once = try normalized(samples: 3, repeats: 2, clean)
    let twice = try normalized(samples: 3, repeats: 2, clean + clean.reversed() + [clean[0]])
    #expect(twice.coverage.duplicate == 7)
    #expect(twice.coverage.isWhole)
    let request = CurveRequest(
      passAt: [1, 2], passHat: [2], averageAt: [1, 2], majorityAt: [1, 2])
    #expect(try twice.curves(request) == once.curves(request))
    #expect(try twice.accuracy() == once.accuracy())

    let differing = [
      row(1, 0, "P"), row(1, 0, "P"), row(0, 1, "F", answer: 9), row(2, 1, "P", group: 4),
    ]
    let conflict = try normalized(samples: 3, repeats: 2, clean + differing)
    #expect(conflict.coverage.conflicting == 4)
    #expect(
      conflict.coverage.conflictingTries == [
        SampleRepeat(sample: 1, repeatIndex: 0), SampleRepeat(sample: 0, repeatIndex: 1),
        SampleRepeat(sample: 2, repeatIndex: 1),
      ])
    #expect(!conflict.coverage.isWhole)
    #expect(conflict.outcome(of: SampleRepeat(sample: 1, repeatIndex: 0)) == .fail)
    #expect(try conflict.curves(request) == once.curves(request))

    var noted = Normalizer(try ExpectedTries(samples: 1, repeats: 1))
    noted.push(row(0, 0, "P"))
    noted.noteConflict(sampleIndex: 0, repeatIndex: 0)
    noted.noteConflict(sampleIndex: 1, repeatIndex: 0)
    let known = noted.finish().coverage
    #expect(known.conflicting == 1 && known.present == 1 && !known.isWhole)
  }

  @Test func `a duplicate does not stand in for a missing verdict`() throws {
    let duplicated = [row(0, 0, "P"), row(0, 0, "P"), row(1, 0, "P"), row(1, 1, "P")]
    let verdicts = try normalized(samples: 2, repeats: 2, duplicated)
    #expect(duplicated.count == verdicts.expected.total)
    #expect(verdicts.coverage.missing == 1)
    #expect(verdicts.coverage.missingTries == [SampleRepeat(sample: 0, repeatIndex: 1)])
    #expect(!verdicts.coverage.isWhole)
    #expect(throws: MetricError.self) { try verdicts.curve(.passAt, k: 2) }
    #expect(throws: MetricError.self) { try verdicts.curve(.averageAt, k: 2) }

    let elsewhere = try normalized(
      samples: 2, repeats: 1, [row(0, 0, "P"), row(2, 0, "P")])
    #expect(!elsewhere.coverage.isWhole, "a row of another sample does not complete this task")
  }

  struct Kind: Sendable {
    var words: [String]
    var unparsed = 0
    var error = 0
    var missing = 0
    var isWhole = false
    var accuracy: Double
    var judged: Int
  }

  @Test(arguments: [
    Kind(words: ["P", "F", "F", "F"], isWhole: true, accuracy: 0.25, judged: 4),
    Kind(words: ["P", "U", "U", "F"], unparsed: 2, isWhole: true, accuracy: 0.25, judged: 4),
    Kind(words: ["P", "E", "E", "F"], error: 2, accuracy: 0.5, judged: 2),
    Kind(words: ["P", ".", ".", "F"], missing: 2, accuracy: 0.5, judged: 2),
    Kind(
      words: ["PU", "E.", "FF", ".P"], unparsed: 1, error: 1, missing: 2, accuracy: 0.4, judged: 5),
  ])
  func `the four kinds of not correct are kept apart`(_ kind: Kind) throws {
    let verdicts = try normalized(kind.words)
    let coverage = verdicts.coverage
    #expect(
      [coverage.unparsed, coverage.error, coverage.missing] == [
        kind.unparsed, kind.error, kind.missing,
      ])
    #expect(coverage.isWhole == kind.isWhole)
    let accuracy = try verdicts.accuracy()
    #expect(accuracy.value == kind.accuracy)
    #expect(accuracy.verdicts == kind.judged)
  }

  @Test func `lists stop at 20 while counts go on`() throws {
    var normalizer = Normalizer(try ExpectedTries(samples: 200, repeats: 1))
    for sample in 0..<100 {
      normalizer.push(row(sample, 0, "P"))
      normalizer.push(row(sample, 0, "F"))
      normalizer.push(row(sample + 1000, 0, "F"))
    }
    let coverage = normalizer.finish().coverage
    #expect([coverage.conflicting, coverage.bad, coverage.missing] == [100, 100, 100])
    let listed = [coverage.conflictingTries.map(\.sample), coverage.missingTries.map(\.sample)]
    #expect(listed == [Array(0..<20), Array(100..<120)])
    #expect(coverage.badRows.map(\.ordinal) == (0..<20).map { 3 * $0 + 2 })
  }

  @Test func `the order of arrival changes nothing`() throws {
    var random = FixedRandom()
    var all: [RawVerdict] = []
    for sample in 0..<300 {
      for repeatIndex in 0..<7 {
        let letter = "PPFFU".randomElement(using: &random) ?? "P"
        all.append(
          row(
            sample, repeatIndex, letter, answer: UInt64.random(in: 1...4, using: &random),
            group: Int32(sample % 5)))
      }
    }
    let request = CurveRequest(
      passAt: [1, 3, 7], passHat: [1, 3, 7], averageAt: [2, 7], majorityAt: [1, 3, 7])
    let sorted = try normalized(samples: 300, repeats: 7, all)
    #expect(sorted.coverage.isWhole)
    for order in 0..<5 {
      let rows = order == 0 ? all.reversed() : all.shuffled(using: &random)
      let other = try normalized(samples: 300, repeats: 7, rows)
      #expect(other.coverage == sorted.coverage)
      #expect(try other.accuracy() == sorted.accuracy())
      #expect(try other.accuracyByGroup() == sorted.accuracyByGroup())
      #expect(try other.curves(request) == sorted.curves(request))
      #expect(try other.curves(request, group: 3) == sorted.curves(request, group: 3))
    }
  }

  @Test func `rows that can be read only once serve every metric`() throws {
    var left = rows(["PF", "PP", "FF"])[...]
    let oneShot = AnyIterator { left.popFirst() }
    let verdicts = try normalized(samples: 3, repeats: 2, oneShot)
    #expect(left.isEmpty)
    for _ in 0..<2 {
      #expect(try verdicts.curve(.passAt, k: 2).value == 2.0 / 3)
      #expect(try verdicts.curve(.averageAt, k: 2).value == 0.5)
      #expect(try verdicts.accuracy().value == 0.5)
    }
  }

  @Test func `a task of an impossible size is refused`() throws {
    for (samples, repeats) in [(-1, 1), (1, 0), (1, -1), (Int.max, 2), (1 << 28, 2), (0, .max)] {
      #expect(throws: MetricError.taskSizeOutOfRange(samples: samples, repeats: repeats)) {
        try ExpectedTries(samples: samples, repeats: repeats)
      }
    }
    let none = try normalized(samples: 0, repeats: 1, [])
    #expect(throws: MetricError.nothingJudged) { try none.accuracy() }
    #expect(throws: MetricError.nothingJudged) { try none.curve(.passAt, k: 1) }
  }
}
