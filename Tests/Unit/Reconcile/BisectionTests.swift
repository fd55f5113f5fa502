// The search for the item that ends workers, played against a worker that dies on chosen items.

import Model
import Reconcile
import Testing

@Suite struct BisectionTests {
  @Test(arguments: [[0], [999], [500], [17], [3, 4], [0, 999], [499, 500], [123, 876]])
  func `poison is found in few deaths and alone`(poison: [Int]) {
    var search = Bisection<Int>(limit: 2)
    var waiting = [Array(0..<1000)]
    var deaths = 0
    var survived: Set<Int> = []
    var found: [Int] = []
    while let group = waiting.popLast() {
      guard group.contains(where: poison.contains) else {
        for item in group { search.cleared(item) }
        #expect(survived.isDisjoint(with: group))
        survived.formUnion(group)
        continue
      }
      deaths += 1
      let answer = search.lost(group)
      #expect(answer.groups.flatMap { $0 } + answer.poison == group)
      waiting += answer.groups
      found += answer.poison
    }
    #expect(found.sorted() == poison && survived.count == 1000 - poison.count)
    // Ten halvings and two deaths alone for each.
    #expect(deaths <= 12 * poison.count)
  }

  @Test func `a death by chance makes no poison`() {
    var search = Bisection<Int>(limit: 2)
    for _ in 0..<10 {
      let answer = search.lost([5])
      #expect(answer.groups == [[5]] && answer.poison.isEmpty)
      search.cleared(5)
    }
    #expect(search.lost([]).groups.isEmpty && search.lost([]).poison.isEmpty)
    #expect(search.lost([1, 2, 3]).groups == [[1], [2, 3]])
    // One death is never enough, whatever the limit says.
    var eager = Bisection<Int>(limit: 0)
    #expect(eager.lost([1]).poison.isEmpty && eager.lost([1]).poison == [1])
    // The count begins again once an item was given up.
    #expect(eager.lost([1]).poison.isEmpty)
  }
}

@Suite struct ReconcilerTests {
  @Test func `lost tries come back in groups of one task`() {
    var reconciler = Reconciler(strikes: 2)
    let items = [key(0, 1), key(1, 1), key(0, 2), key(1, 2), key(0, 3)]
    let answer = reconciler.evaluatorLost(items)
    #expect(answer.poison.isEmpty)
    #expect(Set(answer.requeue.flatMap { $0 }) == Set(items))
    #expect(answer.requeue.allSatisfy { group in Set(group.map(\.task)).count == 1 })
    #expect(reconciler.evaluatorLost([key(0, 1)]).requeue == [[key(0, 1)]])
    #expect(reconciler.evaluatorLost([key(0, 1)]).poison == [key(0, 1)])
    #expect(reconciler.evaluatorLost([key(0, 2)]).poison == [])
    reconciler.finished(key(0, 2))
    #expect(reconciler.evaluatorLost([key(0, 2)]).poison == [])
  }

  @Test func `lost requests are judged apart from lost tries`() {
    var reconciler = Reconciler(strikes: 2)
    let request = RequestKey(attempt: key(0, 1), stage: 1)
    let later = RequestKey(attempt: key(0, 1), stage: 2)
    #expect(reconciler.generationLost([request, later]).groups == [[request], [later]])
    #expect(reconciler.generationLost([request]).groups == [[request]])
    #expect(reconciler.evaluatorLost([key(0, 1)]).poison.isEmpty)
    #expect(reconciler.generationLost([later]).poison == [])
    #expect(reconciler.generationLost([request]).poison == [request])
    reconciler.answered(later)
    #expect(reconciler.generationLost([later]).poison == [])
  }

  @Test func `the reason says who and how`() {
    #expect(
      Reconciler.reason(
        role: "evaluator worker", ending: "SIGSEGV (signal 11)", plugin: "x 1.0.0",
        wasHung: false, silence: 60)
        == "evaluator worker with plugin x 1.0.0 ended by SIGSEGV (signal 11)")
    #expect(
      Reconciler.reason(role: "w", ending: "", plugin: "x 1", wasHung: true, silence: 60)
        == "w with plugin x 1 hung: no sign of life for 60 s; it was ended")
  }
}

private func key(_ task: UInt32, _ sample: UInt32) -> TryKey {
  TryKey(task: task, sample: sample, repetition: 0)
}
