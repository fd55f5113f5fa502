// The stream to the writer: numbered, kept, released, sent again. And the table of open requests.

import CPosix
import Model
import Posix
import Reconcile
import Testing
import Wire

@testable import Controller

@Suite struct WriterLinkTests {
  @Test func `what is not acknowledged is sent again to the next writer`() throws {
    let link = WriterLink()
    for index in 0..<5 {
      [UInt8](repeating: UInt8(index), count: index).withUnsafeBytes {
        link.forward(FrameHeader(.verdict, ticket: 99), $0, .tried(task: 0, index: index))
      }
    }
    link.forward(FrameHeader(.score, task: 3), .scored(task: 3)) { header, queue in
      AckMessage(stored: 1, duplicates: 0, conflicts: 0).write(ticket: header.ticket, to: queue)
    }
    #expect(link.waiting == 6 && !link.isSettled && !link.isFull)
    #expect(try sent(link) == [1, 2, 3, 4, 5, 6])
    #expect(try sent(link) == [])
    #expect(settled(link, through: 2) == ["0", "1"] && settled(link, through: 2) == [])
    link.rewind()
    #expect(try sent(link) == [3, 4, 5, 6])
    #expect(settled(link, through: 99) == ["2", "3", "4", "score 3"])
    #expect(link.isSettled && link.queue.count == 0)
    link.rewind()
    #expect(try sent(link) == [])
    [].withUnsafeBytes { link.forward(FrameHeader(.attemptEnd), $0, .attemptEnded) }
    #expect(try sent(link) == [7] && settled(link, through: 7) == ["end"])
  }

  @Test func `the link is full until enough is acknowledged`() {
    let link = WriterLink()
    let payload = [UInt8](repeating: 1, count: 1 << 20)
    var count: UInt64 = 0
    while !link.isFull, count < 100 {
      payload.withUnsafeBytes { link.forward(FrameHeader(.completion), $0) }
      count += 1
    }
    #expect(count == 24)
    #expect(settled(link, through: 1) == ["nothing"] && !link.isFull)
    // Many small ones: the list of what is kept does not grow for ever.
    for round in 1...20_000 {
      [].withUnsafeBytes { link.forward(FrameHeader(.completion), $0) }
      link.acknowledge(through: count + UInt64(round)) { _ in }
    }
    #expect(link.isSettled && link.waiting == 0 && link.queue.count == 0)
  }

  /// Numbers of the frames that the socket gets now.
  private func sent(_ link: WriterLink) throws -> [UInt64] {
    var numbers: [Int32] = [-1, -1]
    try #require(evh_socketpair(&numbers) == 0)
    let near = Descriptor(owning: numbers[0])
    let far = FrameLink(socket: Descriptor(owning: numbers[1]))
    try link.queue.flush(to: near.number)
    _ = try far.receive()
    var tickets: [UInt64] = []
    while let frame = try far.peek() {
      tickets.append(frame.header.ticket)
      far.consume(frame)
    }
    return tickets
  }

  private func settled(_ link: WriterLink, through number: UInt64) -> [String] {
    var words: [String] = []
    link.acknowledge(through: number) { settlement in
      switch settlement {
      case .nothing: words.append("nothing")
      case .tried(_, let index): words.append(String(index))
      case .scored(let task): words.append("score \(task)")
      case .attemptEnded: words.append("end")
      }
    }
    return words
  }
}

@Suite struct RequestTableTests {
  @Test func `a request has its number until it is answered`() {
    var table = RequestTable()
    let first = table.insert(request(sample: 2, asker: 1))
    let second = table.insert(request(sample: 1, asker: 1))
    let third = table.insert(request(sample: 1, stage: 2, asker: 2))
    #expect(Set([first, second, third]).count == 3 && table.count == 3)
    #expect(table.asked(by: 1) == 2 && table.asked(by: 9) == 0)
    for ticket in [first, second, third] { table.assign(ticket, to: 7) }
    // In the order of their coordinates, whatever their numbers are.
    #expect(table.held(by: 7) == [second, third, first] && table.held(by: 8) == [])
    table.assign(second, to: nil)
    #expect(table.held(by: 7) == [third, first])
    #expect(table[third].flatMap { table.ticket(of: $0.key) } == third)
    #expect(table.remove(second)?.header.sample == 1)
    #expect(table.remove(second) == nil && table.remove(1000) == nil && table[.max] == nil)
    #expect(table[second] == nil && table.count == 2)
    #expect(table.insert(request(sample: 5, asker: 3)) == second)
    #expect(table[second]?.asker == 3 && table[second]?.holder == nil)
  }

  private func request(sample: UInt32, stage: UInt8 = 1, asker: Int) -> PendingRequest {
    PendingRequest(
      header: FrameHeader(.request, sample: sample, stage: stage), payload: [], asker: asker,
      holder: nil)
  }
}
