// Requests between the evaluator worker that asked and the generation worker that answers. The bytes are
// kept until the answer is there, so that a generation worker that dies costs nothing but time.
internal import Model
internal import Reconcile
internal import Wire

/// One unanswered request.
struct PendingRequest {
  var header: FrameHeader
  var payload: [UInt8]
  /// Which evaluator worker asked; a later process in the same slot is another one.
  var asker: Int
  /// The generation worker that has it, nil while it waits for one.
  var holder: Int?

  /// The coordinates that survive a restart.
  var key: RequestKey {
    RequestKey(
      attempt: TryKey(
        task: header.task, sample: header.sample, repetition: header.repetition),
      stage: header.stage)
  }
}

/// Unanswered requests by number; numbers are used again.
struct RequestTable {
  private var entries: [PendingRequest?] = []
  private var free: [Int] = []
  private(set) var count = 0

  subscript(ticket: UInt64) -> PendingRequest? {
    ticket < entries.count ? entries[Int(ticket)] : nil
  }

  /// Keeps a request and gives it its number.
  mutating func insert(_ request: PendingRequest) -> UInt64 {
    count += 1
    if let place = free.popLast() {
      entries[place] = request
      return UInt64(place)
    }
    entries.append(request)
    return UInt64(entries.count - 1)
  }

  /// Notes which generation worker has the request.
  mutating func assign(_ ticket: UInt64, to holder: Int?) { entries[Int(ticket)]?.holder = holder }

  /// Takes an answered request out; nil when it is not there.
  mutating func remove(_ ticket: UInt64) -> PendingRequest? {
    guard ticket < entries.count, let request = entries[Int(ticket)] else { return nil }
    entries[Int(ticket)] = nil
    free.append(Int(ticket))
    count -= 1
    return request
  }

  /// Numbers of all unanswered requests.
  var tickets: [UInt64] {
    entries.indices.filter { entries[$0] != nil }.map { UInt64($0) }
  }

  /// Numbers of the requests that a generation worker has, in the order of their coordinates.
  func held(by holder: Int) -> [UInt64] {
    entries.indices.filter { entries[$0]?.holder == holder }
      .sorted { left, right in
        guard let left = entries[left]?.header, let right = entries[right]?.header else {
          return false
        }
        return (left.task, left.sample, left.repetition, left.stage)
          < (right.task, right.sample, right.repetition, right.stage)
      }.map { UInt64($0) }
  }

  /// How many unanswered requests an evaluator worker has.
  func asked(by asker: Int) -> Int { entries.reduce(0) { $0 + ($1?.asker == asker ? 1 : 0) } }

  /// Number of the request with these coordinates.
  func ticket(of key: RequestKey) -> UInt64? {
    entries.firstIndex { $0?.key == key }.map { UInt64($0) }
  }
}
