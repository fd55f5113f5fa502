// Silence, rate and time left, with given times.

import Observe
import Testing

@Suite struct ObserverTests {
  private static let second: UInt64 = 1_000_000_000

  @Test func `only a busy worker that is silent for too long has hung`() {
    let second = Self.second
    var observer = Observer(now: 0)
    observer.started(worker: 1, now: 0, allowance: 5 * second)
    observer.started(worker: 2, now: 0, allowance: 60 * second)
    #expect(observer.hung(now: 5 * second) == [])
    #expect(observer.hung(now: 5 * second + 1) == [1])
    observer.heard(worker: 1, now: 5 * second)
    #expect(observer.hung(now: 10 * second) == [])
    observer.busy(worker: 1, false, now: 10 * second)
    #expect(observer.hung(now: 50 * second) == [])
    observer.busy(worker: 1, true, now: 50 * second)
    #expect(observer.hung(now: 55 * second) == [])
    // To say "busy" again is no sign of life.
    observer.busy(worker: 1, true, now: 55 * second)
    #expect(observer.hung(now: 56 * second) == [1])
    observer.allow(worker: 1, nanoseconds: 100 * second)
    #expect(observer.hung(now: 61 * second) == [2])
    observer.ended(worker: 2)
    #expect(observer.hung(now: 61 * second) == [])
    observer.heard(worker: 9, now: 0)
    observer.allow(worker: 9, nanoseconds: 0)
    #expect(observer.hung(now: 70 * second) == [] && observer.elapsed(now: 7) == 7)
    // A clock that was read a little earlier than the last word is no silence.
    observer.heard(worker: 1, now: 500 * second)
    #expect(observer.hung(now: 499 * second) == [])
  }

  @Test func `rate and time left follow the last ten seconds`() {
    let second = Self.second
    var observer = Observer(now: 0)
    #expect(observer.rate == 0 && observer.secondsLeft == nil)
    observer.add(task: 0, TaskProgress(label: "a", total: 100, before: 20))
    observer.tick(now: 0)
    #expect(observer.rate == 0)
    for step in 1...40 {
      observer.settled(task: 0)
      observer.tick(now: UInt64(step) * second / 2)
    }
    // Forty tries in twenty seconds, and the first ten of these are forgotten.
    #expect(observer.rate == 2)
    #expect(observer.tasks[0]?.done == 60 && observer.secondsLeft == 20)
    for step in 1...4 { observer.tick(now: (20 + UInt64(step) * 5) * second) }
    #expect(observer.rate == 0 && observer.secondsLeft == nil)
  }

  @Test func `passes, fails and errors are counted apart`() {
    var observer = Observer(now: 0)
    observer.add(task: 3, TaskProgress(label: "a", total: 9, before: 0))
    for passed in [true, true, false, nil] { observer.judged(task: 3, passed: passed) }
    observer.judged(task: 4, passed: true)
    let task = observer.tasks[3]
    #expect(task?.passed == 2 && task?.judged == 3 && task?.errors == 1 && task?.done == 0)
    #expect(observer.tasks.count == 1)
  }
}
