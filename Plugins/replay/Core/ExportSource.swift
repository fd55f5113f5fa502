// Recorded completions from a completions export (JSONL). The file is read once from front to back, as
// far as requests need; each line's place is noted on the way, and lines are decoded when asked for.
internal import CPosix
internal import JSONFormat
internal import PluginKit

/// A completions export.
final class ExportSource: RecordSource {
  private let file: RecordFile
  private let byWorkKey: Bool
  private let ignoresTask: Bool
  /// One index for each task in the file, in the order of their first lines.
  private var indexes: [(task: [UInt8], index: RecordIndex)] = []
  /// By work key: where the line starts and which of its stages is meant.
  ///
  /// Used instead of the indexes.
  private var workKeys: [WorkKey: (offset: Int, stage: UInt8)] = [:]
  /// Where the first line starts that was not noted yet.
  private var scanned = 0
  private var coordinates = RecordCoordinates()
  /// What was wrong with the first unusable line.
  private var firstBroken: String?
  private var duplicates = 0
  private var keys: [StageKeys] = []

  /// Opens the file and reads nothing of it.
  init(path: String, byWorkKey: Bool, ignoresTask: Bool) throws(PluginFailure) {
    file = try RecordFile(path: path)
    self.byWorkKey = byWorkKey
    self.ignoresTask = ignoresTask
  }

  func find(
    _ wanted: WantedRecord, into record: inout RecordedCompletion, deadline: UInt64
  ) throws(PluginFailure) -> Lookup {
    while true {
      if let place = place(of: wanted) { return try read(wanted, at: place, into: &record) }
      // Some hundred lines are a fraction of a millisecond: the clock need not be asked for each.
      for _ in 0..<256 {
        guard let line = try file.line(at: scanned) else { return .refused(missing(wanted)) }
        note(line)
        scanned = line.next
        if place(of: wanted) != nil { break }
      }
      if now() >= deadline, place(of: wanted) == nil { return .unfinished }
    }
  }

  private func place(of wanted: WantedRecord) -> (offset: Int, stage: UInt32)? {
    if byWorkKey {
      guard let key = wanted.workKey, let place = workKeys[key] else { return nil }
      return (place.offset, UInt32(place.stage))
    }
    for (task, index) in indexes
    where ignoresTask || task.isEmpty || wanted.benchmarkAndSplit.elementsEqual(task) {
      let offset = index.offset(sample: wanted.sample, repetition: wanted.repetition)
      if let offset { return (offset, wanted.stage) }
    }
    return nil
  }

  // MARK: Reading the file

  /// Notes where a line's record is; an unusable line is remembered for messages.
  private func note(_ line: RecordFile.Line) {
    guard line.bytes.contains(where: { $0 > 0x20 }) else { return }
    do throws(JSONError) {
      try coordinates.read(line.bytes, withWorkKeys: byWorkKey)
    } catch {
      return refuse("\(error)")
    }
    if byWorkKey {
      for (stage, key) in coordinates.workKeys where workKeys[key] == nil {
        workKeys[key] = (scanned, stage)
      }
      return
    }
    guard coordinates.sample >= 0, coordinates.repetition >= 0 else {
      return refuse("it has no sample_index or no repeat_index")
    }
    let place = indexOfTask()
    let isNew = indexes[place].index.add(
      sample: UInt64(coordinates.sample), repetition: UInt32(coordinates.repetition),
      offset: scanned)
    if !isNew { duplicates += 1 }
  }

  private func refuse(_ why: String) {
    guard firstBroken == nil else { return }
    firstBroken = "line \(file.lineNumber(at: scanned)): \(why)"
  }

  private func indexOfTask() -> Int {
    let task = ignoresTask ? [] : coordinates.task
    if let known = indexes.firstIndex(where: { $0.task == task }) { return known }
    indexes.append((task, RecordIndex()))
    return indexes.count - 1
  }

  // MARK: Answers

  private func read(
    _ wanted: WantedRecord, at place: (offset: Int, stage: UInt32),
    into record: inout RecordedCompletion
  ) throws(PluginFailure) -> Lookup {
    let offset = place.offset
    guard let line = try file.line(at: offset) else { return .refused(missing(wanted)) }
    do throws(JSONError) {
      if try keys(of: place.stage).read(line.bytes, into: &record) { return .found }
      return .refused(
        PluginFailure(
          .notFound,
          "\(file.path):\(file.lineNumber(at: offset)): the record of \(wanted.name) has no "
            + "stage \(wanted.stage)"))
    } catch {
      return .refused(
        PluginFailure(
          .io, "\(file.path):\(file.lineNumber(at: offset)): this line is broken: \(error)"))
    }
  }

  private func keys(of stage: UInt32) -> StageKeys {
    if let known = keys.first(where: { $0.stage == stage }) { return known }
    let new = StageKeys(stage)
    keys.append(new)
    return new
  }

  /// The whole file was read and the record was not there.
  private func missing(_ wanted: WantedRecord) -> PluginFailure {
    if let firstBroken {
      return PluginFailure(
        .io, "no record of \(wanted.name) in '\(file.path)', but it has a broken \(firstBroken)")
    }
    let what = byWorkKey ? "the work key of \(wanted.name)" : wanted.name
    var tasks = ""
    if !byWorkKey, !ignoresTask,
      !indexes.contains(where: { wanted.benchmarkAndSplit.elementsEqual($0.task) })
    {
      let names = indexes.map { String(decoding: $0.task, as: UTF8.self) }
      tasks = "; it has those of \(names.joined(separator: ", ")): set ignore_task to use them"
    }
    return PluginFailure(.notFound, "no record of \(what) in '\(file.path)'\(tasks)")
  }

  func signature() throws(PluginFailure) -> String {
    // Hashing a large file whole would delay the first completion by seconds; its size and both ends
    // tell two exports apart.
    let end = 1 << 20
    var state = evh_sha256_state()
    evh_sha256_init(&state)
    var size = UInt64(file.size).littleEndian
    evh_sha256_update(&state, &size, 8)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: end, alignment: 16)
    defer { chunk.deallocate() }
    for start in Set([0, max(0, file.size - end)]).sorted() {
      let count = try file.read(into: chunk, at: start)
      evh_sha256_update(&state, chunk.baseAddress, count)
    }
    var digest = [UInt8](repeating: 0, count: 32)
    evh_sha256_final(&state, &digest)
    return "sampled-sha256:" + hex(digest)
  }
}

/// Lower-case hex.
func hex(_ bytes: [UInt8]) -> String {
  var text = ""
  for byte in bytes {
    text.append(String(byte >> 4, radix: 16))
    text.append(String(byte & 15, radix: 16))
  }
  return text
}
