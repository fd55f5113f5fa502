// The byte queue against a plain array that does the same.

import CPosix
import Glibc
import Posix
import Testing
import Wire

@Suite struct ByteQueueTests {
  @Test(arguments: [(true, 1), (true, 64), (true, 4096), (false, 1), (false, 4096)])
  func `a queue holds, sends and frees what a list would`(
    keepsSent: Bool, capacity: Int
  ) throws {
    var numbers: [Int32] = [-1, -1]
    try #require(evh_socketpair(&numbers) == 0)
    let (left, right) = (Descriptor(owning: numbers[0]), Descriptor(owning: numbers[1]))
    let queue = ByteQueue(keepsSent: keepsSent, capacity: capacity)
    var model = ListQueue()
    var random = Seeded(state: UInt64(capacity))
    for _ in 0..<4000 {
      switch Int.random(in: 0..<7, using: &random) {
      case 0, 1:
        let size = Int.random(in: 0..<200, using: &random)
        let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes.withUnsafeBytes { queue.append($0) }
        model.held += bytes
      case 2:
        let room = queue.room(for: 9)
        for index in 0..<9 {
          room.storeBytes(of: UInt8(index), toByteOffset: index, as: UInt8.self)
        }
        queue.advance(9)
        model.held += Array(0..<9)
      case 3:
        try queue.flush(to: left.number)
        #expect(drain(right) == Array(model.held[model.sent...]))
        model.sent = model.held.count
        if !keepsSent { model.drop(model.sent) }
      case 4 where keepsSent:
        queue.rewind()
        model.sent = 0
      case 5:
        let count = Int.random(in: 0...model.held.count, using: &random)
        queue.release(through: model.released + UInt64(count))
        model.drop(count)
        // What is released already cannot be released again.
        queue.release(through: model.released > 5 ? model.released - 5 : 0)
      default:
        let count = Int.random(in: 0...min(50, model.held.count), using: &random)
        queue.drop(count)
        model.drop(count)
      }
      #expect(queue.count == model.held.count && queue.unsent == model.held.count - model.sent)
      #expect(queue.released == model.released && queue.end == model.end)
      let held = UnsafeRawBufferPointer(start: queue.pointer(at: 0), count: queue.count)
      #expect(held.elementsEqual(model.held))
    }
  }

  @Test func `reading stops at the limit and says whether anything came`() throws {
    var numbers: [Int32] = [-1, -1]
    try #require(evh_socketpair(&numbers) == 0)
    let (left, right) = (Descriptor(owning: numbers[0]), Descriptor(owning: numbers[1]))
    let queue = ByteQueue(capacity: 16)
    #expect(try !queue.fill(from: right.number, limit: 100))
    let sent = [UInt8](repeating: 3, count: 1000)
    #expect(Glibc.send(left.number, sent, sent.count, 0) == sent.count)
    #expect(try queue.fill(from: right.number, limit: 100) && queue.count == 1000)
    // Full: nothing more is taken until somebody drops.
    #expect(Glibc.send(left.number, sent, 1, 0) == 1)
    #expect(try !queue.fill(from: right.number, limit: 100) && queue.count == 1000)
    queue.drop(1000)
    left.shutDown()
    #expect(try queue.fill(from: right.number, limit: 100) && queue.count == 1)
    #expect(throws: WireError.closed) { try queue.fill(from: right.number, limit: 100) }
    let failure = #expect(throws: WireError.self) { try queue.fill(from: -1, limit: 100) }
    #expect(failure?.description == "recv: Bad file descriptor")
  }

  private func drain(_ socket: Descriptor) -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(socket.number, &buffer, buffer.count, 0)
      guard count > 0 else { return all }
      all += buffer[..<count]
    }
  }
}

/// What a queue should hold.
private struct ListQueue {
  var held: [UInt8] = []
  var sent = 0
  var released: UInt64 = 0
  var end: UInt64 { released + UInt64(held.count) }

  mutating func drop(_ count: Int) {
    held.removeFirst(count)
    released += UInt64(count)
    sent = max(0, sent - count)
  }
}

/// A linear congruence: the same numbers in every run.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
