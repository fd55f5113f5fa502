// The metrics of k repeats: against exact combinatorics, at the edges, and where they are refused.

import Metrics
import Model
import Testing

struct CurveTests {
  /// Binomial coefficients by Pascal's rule, in integers.
  static let choose: [[Int]] = {
    var rows = [[1]]
    for n in 1...12 {
      let last = rows[n - 1]
      rows.append([1] + (1..<n).map { last[$0 - 1] + last[$0] } + [1])
    }
    return rows
  }()

  static func choices(_ n: Int, _ k: Int) -> Int { k > n ? 0 : choose[n][k] }

  @Test func `pass@k, pass^k and avg@k equal exact combinatorics for all n up to 12`() throws {
    var worst = 0.0
    var compared = 0
    for n in 1...12 {
      for c in 0...n {
        let word = String(repeating: "P", count: c) + String(repeating: "F", count: n - c)
        let ks = Array(1...n)
        let points = try normalized([word]).curves(
          CurveRequest(passAt: ks, passHat: ks, averageAt: ks))
        for point in points {
          let k = point.k
          let all = Self.choices(n, k)
          let exact =
            switch point.kind {
            case .passAt: Double(all - Self.choices(n - c, k)) / Double(all)
            case .passHat: Double(Self.choices(c, k)) / Double(all)
            case .averageAt, .majorityAt: Double(min(c, k)) / Double(k)
            }
          worst = max(worst, abs(try point.result.get().value - exact))
          compared += 1
        }
      }
    }
    #expect(compared == (1...12).reduce(0) { $0 + ($1 + 1) * $1 * 3 })
    #expect(worst < 5e-16)
  }

  struct Large: Sendable {
    var passed: Int
    var k: Int
    var passAt: Double
    var passHat: Double
  }

  @Test(arguments: [
    Large(passed: 0, k: 10_000, passAt: 0, passHat: 0),
    Large(passed: 1, k: 1, passAt: 1e-4, passHat: 1e-4),
    Large(passed: 1, k: 5000, passAt: 0.5, passHat: 0),
    Large(passed: 1, k: 10_000, passAt: 1, passHat: 0),
    Large(passed: 2, k: 5000, passAt: 1 - 0.5 * 4999 / 9999, passHat: 0),
    Large(passed: 5000, k: 2, passAt: 1 - 0.5 * 4999 / 9999, passHat: 0.5 * 4999 / 9999),
    Large(passed: 5000, k: 5001, passAt: 1, passHat: 0),
    Large(passed: 9999, k: 5000, passAt: 1, passHat: 0.5),
    Large(passed: 10_000, k: 9999, passAt: 1, passHat: 1),
  ])
  func `ten thousand repeats lose no digits`(_ large: Large) throws {
    let n = 10_000
    let rows = (0..<n).map { row(0, $0, $0 < large.passed ? "P" : "F") }
    let verdicts = try normalized(samples: 1, repeats: n, rows)
    #expect(abs(try verdicts.curve(.passAt, k: large.k).value - large.passAt) < 1e-13)
    #expect(abs(try verdicts.curve(.passHat, k: large.k).value - large.passHat) < 1e-13)
  }

  @Test func `too few repeats refuse the point, name the sample and leave the others`() throws {
    let verdicts = try normalized(["PPP", "PEP", "P.E", "FFF"])
    let request = CurveRequest(
      passAt: [3, 1, 1, 2, 0], passHat: [2], averageAt: [1, 2], majorityAt: [1, -1, 4])
    let points = try verdicts.curves(request)
    #expect(
      points.map(\.name) == [
        "pass@0", "pass@1", "pass@2", "pass@3", "pass^2", "avg@1", "avg@2", "maj@-1", "maj@1",
        "maj@4",
      ])
    func short(_ kind: CurveKind, _ k: Int, _ sample: Int, _ judged: Int, _ short: Int)
      -> MetricError
    {
      .tooFewRepeats(kind: kind, k: k, sample: sample, judged: judged, samplesShort: short)
    }
    let errors: [MetricError?] = points.map { point in
      if case .failure(let error) = point.result { error } else { nil }
    }
    #expect(
      errors == [
        .notPositive(k: 0), nil, short(.passAt, 2, 2, 1, 1), short(.passAt, 3, 1, 2, 2),
        short(.passHat, 2, 2, 1, 1), nil, short(.averageAt, 2, 2, 1, 1), .notPositive(k: -1), nil,
        short(.majorityAt, 4, 0, 3, 4),
      ])
    #expect(try points[1].result.get().value == 0.75)
    let unseen = try normalized(["P", "."])
    #expect(throws: short(.passAt, 1, 1, 0, 1)) { try unseen.curve(.passAt, k: 1) }
    #expect(
      short(.passAt, 2, 2, 1, 1).description
        == "pass@2 needs 2 judged repeats of every sample: sample 2 has 1 (1 samples have too few);"
        + " resume the run or ask for a smaller k")
  }

  struct Vote: Sendable {
    var word: String
    var answers: [UInt64]
    var k: Int
    var right: Double
  }

  @Test(arguments: [
    Vote(word: "FPP", answers: [7, 5, 5], k: 3, right: 1),
    Vote(word: "FPP", answers: [7, 5, 5], k: 2, right: 0),  // a tie: the first answer given wins
    Vote(word: "PFP", answers: [5, 7, 5], k: 2, right: 1),
    Vote(word: "FFP", answers: [7, 7, 5], k: 3, right: 0),
    Vote(word: "FFPP", answers: [7, 8, 5, 5], k: 4, right: 1),
    Vote(word: "FPPF", answers: [7, 5, 5, 7], k: 4, right: 0),  // caught up, but not first
    Vote(word: "UUP", answers: [0, 0, 5], k: 3, right: 1),  // the unparsed do not vote
    Vote(word: "UUP", answers: [9, 9, 5], k: 3, right: 1),
    Vote(word: "FFP", answers: [0, 0, 5], k: 3, right: 1),
    Vote(word: "UUP", answers: [0, 0, 5], k: 2, right: 0),  // nobody votes
    Vote(word: "EEPFP", answers: [0, 0, 5, 7, 5], k: 2, right: 1),  // errors are no repeats
    Vote(
      word: String(repeating: "F", count: 50) + "PP", answers: (1...50) + [99, 99], k: 52, right: 1),
    Vote(
      word: String(repeating: "F", count: 50) + "FPP", answers: (1...50) + [40, 99, 99], k: 53,
      right: 0),
    // The vote that comes when the answers have just become many.
    Vote(
      word: String(repeating: "F", count: 33) + "FPP", answers: (1...33) + [1, 99, 99], k: 36,
      right: 0),
  ])
  func `a majority is counted by answer, the earliest of equals wins`(_ vote: Vote) throws {
    let rows = zip(vote.word, vote.answers).enumerated().map { repeatIndex, one in
      row(0, repeatIndex, one.0, answer: one.1)
    }
    let verdicts = try normalized(samples: 1, repeats: rows.count, rows.reversed())
    #expect(try verdicts.curve(.majorityAt, k: vote.k).value == vote.right)
  }

  @Test func `a majority without recorded answers is refused, not 0`() throws {
    let verdicts = try normalized(
      samples: 2, repeats: 1, [row(0, 0, "F", answer: 0), row(1, 0, "P", answer: 0)])
    #expect(throws: MetricError.noAnswerHash(sample: 1)) {
      try verdicts.curve(.majorityAt, k: 1)
    }
    #expect(try verdicts.curve(.averageAt, k: 1).value == 0.5)
  }

  @Test func `groups have their own curves and refuse what they cannot know`() throws {
    func grouped(_ words: [String], _ groups: [Int32]) throws -> NormalizedVerdicts {
      let tagged = rows(words).map { row in
        var row = row
        row.group = groups[Int(row.sampleIndex ?? 0)]
        return row
      }
      return try normalized(samples: words.count, repeats: words[0].count, tagged)
    }
    let verdicts = try grouped(["PF", "FF", "PP", "EP"], [0, 0, 1, -1])
    #expect(try verdicts.curve(.passAt, k: 2, group: 0).value == 0.5)
    #expect(try verdicts.curve(.averageAt, k: 1, group: 1).value == 1)
    #expect(try verdicts.curve(.majorityAt, k: 1, group: 0).value == 0.5)
    #expect(throws: MetricError.noSuchGroup(2)) { try verdicts.curve(.passAt, k: 1, group: 2) }
    #expect(
      throws: MetricError.tooFewRepeats(
        kind: .passAt, k: 2, sample: 3, judged: 1, samplesShort: 1)
    ) { try verdicts.curve(.passAt, k: 2, group: -1) }
    let groups = try verdicts.accuracyByGroup()
    #expect(groups.map(\.group) == [-1, 0, 1])
    #expect(groups.map(\.accuracy?.value) == [1, 0.25, 1])
    #expect(
      groups.map { [$0.samples, $0.passed, $0.judged] } == [[1, 1, 1], [2, 1, 4], [1, 2, 2]])

    let unseen = try grouped(["PF", ".."], [0, 0])
    #expect(throws: MetricError.unknownGroup(sample: 1, samplesWithoutVerdict: 1)) {
      try unseen.curve(.passAt, k: 1, group: 0)
    }
    let mixed = try normalized(
      samples: 1, repeats: 2, [row(0, 0, "P", group: 1), row(0, 1, "P", group: 2)])
    #expect(throws: MetricError.mixedGroups(sample: 0)) { try mixed.accuracyByGroup() }
    #expect(throws: MetricError.mixedGroups(sample: 0)) {
      try mixed.curve(.passAt, k: 1, group: 1)
    }
    #expect(try mixed.accuracy().value == 1)

    // An error has no group of its own, and does not hide its sample's.
    let failed = try normalized(
      samples: 1, repeats: 2, [row(0, 0, "E"), row(0, 1, "P", group: 1)])
    #expect(try failed.accuracyByGroup().map(\.group) == [1])
    #expect(try failed.curve(.averageAt, k: 1, group: 1).value == 1)
    #expect(throws: MetricError.self) { try failed.curve(.passAt, k: 2, group: 1) }
  }
}
