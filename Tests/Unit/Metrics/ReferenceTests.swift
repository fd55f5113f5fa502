// Against figures that others computed: the official pass@k estimator, and NeMo-Skills' aggregates.

import Foundation
import Metrics
import Testing

// These tests need the developers' shared data, which is beside the repository and not part of it.
@Suite(.enabled(if: sharedData != nil, "needs shared/data beside the repository"))
struct ReferenceTests {
  struct Estimate: Decodable {
    var n: Int
    var c: Int
    var k: Int
    var pass_at_k: Double
  }

  @Test func `pass@k equals the official estimator`() throws {
    let table = try sharedRows("pass_at_k/reference.half.jsonl", as: Estimate.self)
    #expect(table.count == 769)
    var worst = 0.0
    for row in table {
      let word = String(repeating: "P", count: row.c) + String(repeating: "F", count: row.n - row.c)
      let value = try normalized([word]).curve(.passAt, k: row.k).value
      worst = max(worst, abs(value - row.pass_at_k))
    }
    #expect(worst < 1e-12)
  }

  struct DataSet: Decodable {
    var n_c: [[Int]]
    var pass_at_k: [String: Double]
    var avg_at_n: Double
  }

  @Test func `pass@k and avg@n of whole data sets equal the official means`() throws {
    let sets = try sharedRows("pass_at_k/datasets.jsonl", as: DataSet.self)
    #expect(sets.count == 60)
    var worst = 0.0
    for set in sets {
      let n = set.n_c[0][0]
      let words = set.n_c.map {
        String(repeating: "F", count: $0[0] - $0[1]) + String(repeating: "P", count: $0[1])
      }
      let verdicts = try normalized(words)
      for point in try verdicts.curves(
        CurveRequest(passAt: set.pass_at_k.keys.compactMap(Int.init)))
      {
        let wanted = try #require(set.pass_at_k[String(point.k)])
        worst = max(worst, abs(try point.result.get().value - wanted))
      }
      worst = max(worst, abs(try verdicts.curve(.averageAt, k: n).value - set.avg_at_n))
      worst = max(worst, abs(try verdicts.accuracy().value - set.avg_at_n))
    }
    #expect(worst < 1e-12)
  }

  struct Aggregate: Sendable {
    var folder: String
    var runs: Int
    /// The field that says whether a try passed; a dot leads into an object.
    var passed: String
    var metric: String
    var hasAnswers = false
    /// The values of `subset_for_metrics` by group id.
    var groups: [String] = []
  }

  @Test(arguments: [
    Aggregate(
      folder: "gpqa", runs: 4, passed: "symbolic_correct", metric: "symbolic_correct",
      hasAnswers: true),
    Aggregate(
      folder: "hendrycks_math", runs: 3, passed: "symbolic_correct", metric: "symbolic_correct",
      hasAnswers: true, groups: ["aime24", "aime25"]),
    Aggregate(
      folder: "human-eval", runs: 2, passed: "is_correct", metric: "passing_base_tests"),
    Aggregate(
      folder: "human-eval", runs: 2, passed: "is_correct-plus", metric: "passing_plus_tests"),
    Aggregate(
      folder: "ifeval", runs: 3, passed: "strict_eval.follow_all_instructions",
      metric: "prompt_strict_accuracy"),
    Aggregate(
      folder: "ifeval", runs: 3, passed: "loose_eval.follow_all_instructions",
      metric: "prompt_loose_accuracy"),
  ])
  func `metrics equal NeMo-Skills' aggregates`(_ aggregate: Aggregate) throws {
    let rows = try Self.rows(aggregate)
    let samples = rows.count / aggregate.runs
    let all = try #require(
      JSONSerialization.jsonObject(with: shared("metrics_reference/metrics.json"))
        as? [String: [String: [String: Any]]])
    for (group, suffix) in [(Int32?.none, "")]
      + aggregate.groups.enumerated().map({ (Int32($0.offset), "-" + $0.element) })
    {
      let wanted = try #require(all[aggregate.folder + suffix])
      func published(_ key: String) throws -> Double {
        try #require(wanted[key]?[aggregate.metric] as? Double) / 100
      }
      let verdicts = try normalized(samples: samples, repeats: aggregate.runs, rows)
      for k in 1...aggregate.runs {
        let pass = try verdicts.curve(.passAt, k: k, group: group).value
        #expect(abs(try pass - published("pass@\(k)")) < 1e-12)
        guard k > 1 else { continue }
        let average = try verdicts.curve(.averageAt, k: k, group: group).value
        #expect(abs(try average - published("pass@1[avg-of-\(k)]")) < 1e-12)
        if aggregate.hasAnswers {
          // NeMo-Skills shares a tie among the tied answers. The earliest of them is each of them
          // equally often over all orders of the first k repeats, so the mean over orders is that.
          let majority = try Self.meanOverOrders(
            rows, samples: samples, repeats: aggregate.runs, k: k, group: group)
          #expect(abs(try majority - published("majority@\(k)")) < 1e-12)
        }
      }
    }
  }

  static func rows(_ aggregate: Aggregate) throws -> [RawVerdict] {
    var rows: [RawVerdict] = []
    var answers = NameTable()
    for run in 0..<aggregate.runs {
      let path = "metrics_reference/\(aggregate.folder)/output-rs\(run).jsonl"
      let lines = try shared(path).split(separator: UInt8(ascii: "\n"))
      for (sample, line) in lines.enumerated() {
        let object = try #require(JSONSerialization.jsonObject(with: line) as? [String: Any])
        let value = aggregate.passed.split(separator: ".").reduce(object as Any?) {
          ($0 as? [String: Any])?[String($1)]
        }
        let passed = try #require(value as? Bool)
        let answer = object["predicted_answer"] as? String
        let isUnparsed = aggregate.hasAnswers && answer == nil
        let subset = object["subset_for_metrics"] as? String
        let group = subset.flatMap { aggregate.groups.firstIndex(of: $0) } ?? -1
        rows.append(
          row(
            sample, run, isUnparsed ? "U" : passed ? "P" : "F",
            answer: answer.map { UInt64(answers.id(of: $0)) + 1 }, group: Int32(group)))
      }
    }
    return rows
  }

  static func meanOverOrders(
    _ rows: [RawVerdict], samples: Int, repeats: Int, k: Int, group: Int32?
  ) throws -> Double {
    let orders = permutations(Array(0..<Int64(k)))
    var sum = 0.0
    for order in orders {
      let permuted = rows.map { row in
        var row = row
        if let index = row.repeatIndex, index < k { row.repeatIndex = order[Int(index)] }
        return row
      }
      let verdicts = try normalized(samples: samples, repeats: repeats, permuted)
      sum += try verdicts.curve(.majorityAt, k: k, group: group).value
    }
    return sum / Double(orders.count)
  }

  static func permutations(_ items: [Int64]) -> [[Int64]] {
    guard let last = items.last else { return [[]] }
    return permutations(items.dropLast()).flatMap { rest in
      (0...rest.count).map { place in
        var order = rest
        order.insert(last, at: place)
        return order
      }
    }
  }
}
