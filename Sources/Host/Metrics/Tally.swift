// Samples counted by how many of their repeats were judged and how many passed. Accuracy, pass@k and
// pass^k depend on nothing else, so after one pass over the rows they are sums over a few cells of
// integers: exact, quick, and the same whatever order the rows came in.

import Model

/// How many samples have this many judged and passed repeats.
struct TallyCell: Sendable, Equatable {
  /// The repeats that were judged: pass, fail or unparsed, not error.
  var judged: Int
  var passed: Int
  var samples: Int
}

/// The samples of a task, and of each of its groups, counted by judged and passed repeats.
struct Tally: Sendable {
  /// All expected samples, those without any verdict included; ordered by judged, then passed.
  private(set) var all: [TallyCell] = []
  /// The samples that have a verdict, by group; -1 is the group of those that have none.
  private(set) var byGroup: [Int32: [TallyCell]] = [:]
  /// How many samples have no verdict, and the first of them.
  private(set) var samplesWithoutVerdict = 0
  private(set) var firstWithoutVerdict: Int?
  /// The first sample whose verdicts have different groups.
  private(set) var firstMixed: Int?

  private struct Key: Hashable {
    var group: Int32
    var judged: Int32
    var passed: Int32
  }

  init(of rows: [VerdictRow], expected: ExpectedTries, coverage: inout Coverage) {
    var counts: [Key: Int] = [:]
    for sample in 0..<expected.samples {
      var key = Key(group: -1, judged: 0, passed: 0)
      var seen = false
      var isGrouped = false
      let first = sample * expected.repeats
      for slot in first..<first + expected.repeats {
        guard slot < rows.count, let outcome = rows[slot].outcome else {
          coverage.noteMissing(expected.key(ofSlot: slot))
          continue
        }
        seen = true
        if rows[slot].tellsGroup {
          let group = rows[slot].group
          if isGrouped, group != key.group, firstMixed == nil { firstMixed = sample }
          if !isGrouped { key.group = group }
          isGrouped = true
        }
        switch outcome {
        case .pass: key.passed += 1
        case .fail: break
        case .unparsed: coverage.unparsed += 1
        case .error: coverage.error += 1
        }
        if outcome.isJudged { key.judged += 1 }
      }
      if seen {
        counts[key, default: 0] += 1
      } else {
        samplesWithoutVerdict += 1
        if firstWithoutVerdict == nil { firstWithoutVerdict = sample }
      }
    }
    arrange(counts)
  }

  private mutating func arrange(_ counts: [Key: Int]) {
    let ordered = counts.sorted {
      ($0.key.judged, $0.key.passed, $0.key.group) < ($1.key.judged, $1.key.passed, $1.key.group)
    }
    if samplesWithoutVerdict > 0 {
      all.append(TallyCell(judged: 0, passed: 0, samples: samplesWithoutVerdict))
    }
    for (key, samples) in ordered {
      let cell = TallyCell(judged: Int(key.judged), passed: Int(key.passed), samples: samples)
      byGroup[key.group, default: []].append(cell)
      if let last = all.last, last.judged == cell.judged, last.passed == cell.passed {
        all[all.count - 1].samples += samples
      } else {
        all.append(cell)
      }
    }
  }
}
