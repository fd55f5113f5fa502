// Scripts of leases, ends, losses and settlements.

import Allocate
import Model
import Testing

@Suite struct AllocatorTests {
  private let kind = WorkerClass(index: 0)
  private let other = WorkerClass(index: 1)

  @Test(arguments: [(100, 7, 3), (1000, 64, 2), (64, 64, 1), (5, 1, 5), (3000, 256, 0)])
  func `fresh leases hold every open try once and no finished one`(
    count: Int, size: Int, every: Int
  ) {
    var allocator = Allocator(leaseSize: size)
    let done = (0..<count).filter { every > 0 && ($0 * 7) % 11 < every }
    let begun = (0..<count).filter { $0 % 13 == 4 }
    allocator.add(
      task: 4, repeats: 2, workerClass: kind, finished: mask(count, done),
      started: mask(count, begun))
    #expect(allocator.hasWork(for: kind) && !allocator.hasWork(for: other))
    #expect(allocator.next(for: other, holdsLeases: false) == nil)
    var seen: [Int] = []
    var tickets: Set<UInt64> = []
    while let lease = allocator.next(for: kind, holdsLeases: true) {
      #expect(lease.task == 4 && !lease.isSuspect && lease.tries == lease.tries.sorted())
      #expect(!lease.tries.isEmpty && lease.tries.count <= size)
      #expect((lease.tries.last ?? 0) - (lease.tries.first ?? 0) < size * 4)
      #expect(lease.hasStored == lease.tries.contains { $0 % 13 == 4 })
      #expect(tickets.insert(lease.ticket).inserted == true)
      seen += lease.tries
    }
    #expect(seen == (0..<count).filter { !done.contains($0) })
    #expect(!allocator.hasWork(for: kind) && allocator.outstandingLeases == tickets.count)
    for index in seen { #expect(allocator.settle(task: 4, tryIndex: index) == true) }
    #expect(allocator.isSettled(task: 4) && allocator.settledCount(task: 4) == count)
    #expect(allocator.settle(task: 4, tryIndex: 0) == false)
  }

  @Test func `a lost worker's tries come back, what it sent does not`() throws {
    var allocator = started(6, leaseSize: 4)
    let lease = try take(&allocator, holdsLeases: false)
    allocator.sent(ticket: lease.ticket, tryIndex: 1)
    allocator.sent(ticket: 99, tryIndex: 2)
    let lost = try lose(&allocator, lease)
    #expect(lost.task == 0 && lost.tries == [0, 2, 3] && !lost.wasSuspect)
    #expect(allocator.lost(ticket: lease.ticket) == nil && allocator.outstandingLeases == 0)
    allocator.requeue(task: 0, tries: lost.tries, isSuspect: true)
    // A busy worker gets other work, an idle one the suspects by themselves.
    let fresh = try take(&allocator, holdsLeases: true)
    #expect(fresh.tries == [4, 5] && !fresh.isSuspect)
    #expect(allocator.hasWork(for: kind) && allocator.next(for: kind, holdsLeases: true) == nil)
    let suspect = try take(&allocator, holdsLeases: false)
    #expect(suspect.tries == [0, 2, 3] && suspect.isSuspect && suspect.hasStored)
    let again = try lose(&allocator, suspect)
    #expect(again.tries == [0, 2, 3] && again.wasSuspect)
    #expect(!allocator.isSettled(task: 0))
  }

  @Test func `forgotten tries are found when a lease ends`() throws {
    var allocator = started(4, leaseSize: 4)
    let lease = try take(&allocator, holdsLeases: false)
    for index in [0, 3] { allocator.sent(ticket: lease.ticket, tryIndex: index) }
    #expect(allocator.ended(ticket: lease.ticket) == [1, 2])
    #expect(allocator.ended(ticket: lease.ticket) == [])
    #expect(allocator.next(for: kind, holdsLeases: false) == nil)
    allocator.requeue(task: 0, tries: [1, 2], isSuspect: false)
    allocator.requeue(task: 0, tries: [], isSuspect: false)
    let rest = try take(&allocator, holdsLeases: true)
    #expect(rest.tries == [1, 2] && rest.hasStored && !rest.isSuspect)
    #expect(allocator.next(for: kind, holdsLeases: false) == nil)
  }

  @Test func `draining and abandoned tasks lease nothing`() throws {
    var allocator = started(8, leaseSize: 2)
    allocator.add(
      task: 1, repeats: 1, workerClass: kind, finished: TryMask(count: 3),
      started: TryMask(count: 3))
    let lease = try take(&allocator, holdsLeases: false)
    #expect(lease.task == 0)
    allocator.abandon(task: 0)
    allocator.requeue(task: 0, tries: lease.tries, isSuspect: false)
    #expect(allocator.next(for: kind, holdsLeases: false)?.task == 1)
    allocator.limitLeases(to: 100)
    allocator.drain()
    #expect(allocator.next(for: kind, holdsLeases: false) == nil)
    // What is on its way is still counted.
    #expect(allocator.settle(task: 0, tryIndex: 0) && allocator.settledCount(task: 0) == 1)
    #expect(allocator.settledCount(task: 7) == 0 && !allocator.isSettled(task: 7))
  }

  @Test func `the size of leases can change on the way`() {
    var allocator = started(20, leaseSize: 0)
    #expect(allocator.next(for: kind, holdsLeases: true)?.tries == [0])
    allocator.limitLeases(to: 5)
    #expect(allocator.next(for: kind, holdsLeases: true)?.tries == [1, 2, 3, 4, 5])
    allocator.limitLeases(to: -1)
    #expect(allocator.next(for: kind, holdsLeases: true)?.tries == [6])
  }

  private func take(_ allocator: inout Allocator, holdsLeases: Bool) throws -> Lease {
    let lease = allocator.next(for: kind, holdsLeases: holdsLeases)
    return try #require(lease)
  }

  private func lose(
    _ allocator: inout Allocator, _ lease: Lease
  ) throws -> (task: Int, tries: [Int], wasSuspect: Bool) {
    let lost = allocator.lost(ticket: lease.ticket)
    return try #require(lost)
  }

  private func started(_ count: Int, leaseSize: Int) -> Allocator {
    var allocator = Allocator(leaseSize: leaseSize)
    allocator.add(
      task: 0, repeats: 1, workerClass: kind, finished: TryMask(count: count),
      started: TryMask(count: count))
    return allocator
  }

  private func mask(_ count: Int, _ members: [Int]) -> TryMask {
    var mask = TryMask(count: count)
    for index in members { mask.insert(index) }
    return mask
  }
}
