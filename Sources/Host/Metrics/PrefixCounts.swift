// What avg@k and maj@k need: the samples' first k judged repeats, in order of repeat index, for all
// wanted k in one walk. Samples are counted, not summed: by passes among the first k, and by whether
// the majority among the first k is right. The counts are integers, so no order can change them.

import Model

/// Counts samples by how their first k judged repeats came out, for several k.
struct PrefixCounts {
  private let averages: [Int]
  private let majorities: [Int]
  private var passes: [[Int]]
  private var right: [Int]
  private var wrong: [Int]
  private var votes = Votes()
  /// How many k of each list are below 1; they come first.
  private let unusable: (averages: Int, majorities: Int)
  /// The first sample with a pass that cannot vote; a majority without it would be a wrong 0.
  private(set) var firstPassWithoutAnswer: Int?

  /// Makes counts for these k, each list rising; a k below 1 counts nothing.
  init(averages: [Int], majorities: [Int]) {
    self.averages = averages
    self.majorities = majorities
    passes = Array(repeating: [], count: averages.count)
    unusable = (averages.count { $0 < 1 }, majorities.count { $0 < 1 })
    right = Array(repeating: 0, count: majorities.count)
    wrong = right
  }

  /// Walks all samples, or those of one group.
  mutating func read(_ verdicts: NormalizedVerdicts, group: Int32?) {
    for sample in 0..<verdicts.expected.samples {
      let isWhole = readSample(
        verdicts.rows, verdicts.presentSlots(of: sample), group: group)
      if !isWhole, firstPassWithoutAnswer == nil { firstPassWithoutAnswer = sample }
    }
  }

  /// Counts one sample; false when a pass of it has no answer to vote with.
  private mutating func readSample(
    _ rows: [VerdictRow], _ slots: Range<Int>, group: Int32?
  ) -> Bool {
    var judged = 0
    var passed = 0
    var average = unusable.averages
    var majority = unusable.majorities
    var allPassesVote = true
    votes.clear()
    for slot in slots {
      guard let outcome = rows[slot].outcome else { continue }
      guard outcome.isJudged else { continue }
      if let group, rows[slot].group != group { return true }
      judged += 1
      if outcome == .pass { passed += 1 }
      if majority < majorities.count, outcome != .unparsed {
        if rows[slot].answerHash != 0 {
          votes.add(rows[slot].answerHash, isRight: outcome == .pass)
        } else if outcome == .pass {
          allPassesVote = false
        }
      }
      if average < averages.count, averages[average] == judged {
        count(passed, atAverage: average)
        average += 1
      }
      if majority < majorities.count, majorities[majority] == judged {
        if votes.winnerIsRight { right[majority] += 1 } else { wrong[majority] += 1 }
        majority += 1
      }
      if average == averages.count, majority == majorities.count { break }
    }
    return allPassesVote
  }

  /// The histogram grows with the passes seen, for a k may be asked that no sample reaches.
  private mutating func count(_ passed: Int, atAverage place: Int) {
    while passes[place].count <= passed { passes[place].append(0) }
    passes[place][passed] += 1
  }

  /// The samples by their share of passes among the first k, for the k at a place of the list.
  func average(_ place: Int) -> [SharedValue] {
    passes[place].enumerated().map { passed, samples in
      SharedValue(value: Double(passed) / Double(averages[place]), samples: samples)
    }
  }

  /// The samples by whether their majority is right, for the k at a place of the list.
  func majority(_ place: Int) -> [SharedValue] {
    [
      SharedValue(value: 0, samples: wrong[place]),
      SharedValue(value: 1, samples: right[place]),
    ]
  }
}

/// The votes of one sample's repeats, with the winner so far.
struct Votes {
  private struct Candidate {
    var answer: UInt64
    var isRight: Bool
    var votes: Int
  }

  /// In order of first vote, so that the earlier of two has the lower place.
  private var candidates: [Candidate] = []
  private var winner: Int?
  /// Where each answer stands, used only when there are many: a few are found quicker by looking.
  private var places: [UInt64: Int] = [:]
  private static let few = 32

  /// Whether the answer with the most votes is right; false without votes.
  var winnerIsRight: Bool { winner.map { candidates[$0].isRight } ?? false }

  mutating func clear() {
    candidates.removeAll(keepingCapacity: true)
    if !places.isEmpty { places.removeAll(keepingCapacity: true) }
    winner = nil
  }

  mutating func add(_ answer: UInt64, isRight: Bool) {
    let place: Int
    if let known = find(answer) {
      candidates[known].votes += 1
      place = known
    } else {
      place = candidates.count
      candidates.append(Candidate(answer: answer, isRight: isRight, votes: 1))
      remember(answer, at: place)
    }
    guard let leader = winner else {
      winner = place
      return
    }
    let votes = candidates[place].votes
    let most = candidates[leader].votes
    if votes > most || (votes == most && place < leader) { winner = place }
  }

  private func find(_ answer: UInt64) -> Int? {
    candidates.count <= Self.few
      ? candidates.firstIndex { $0.answer == answer } : places[answer]
  }

  private mutating func remember(_ answer: UInt64, at place: Int) {
    if place == Self.few {
      for (earlier, candidate) in candidates.enumerated() { places[candidate.answer] = earlier }
    } else if place > Self.few {
      places[answer] = place
    }
  }
}
