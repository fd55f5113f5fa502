// What happens to a row whose key is taken: equal to the stored one, it is a duplicate; different,
// it is kept in `conflicts` once for each content, and the stored one stays.

import CSQLite
import JSONFormat
import Model

extension ResultIngest {
  /// Compares an offered completion with the stored one.
  func compare(
    _ row: CompletionRow, choices: [UInt8], time: Int64
  ) throws(StoreError) -> IngestResult {
    let statement = findCompletion
    statement.bind(1, row.task)
    statement.bind(2, Int64(row.sample))
    statement.bind(3, Int64(row.repetition))
    statement.bind(4, Int64(row.stage))
    guard try statement.step() else { throw vanished("completion") }
    defer { statement.reset() }
    let stored = choices.withUnsafeBufferPointer { choices in
      (statement.bytes(0).elementsEqual(row.workKey) && statement.bytes(1).elementsEqual(row.text)
        && statement.integer(2) == Int64(row.stopReason.rawValue)
        && statement.bytes(3).elementsEqual(choices))
    }
    if stored { return .duplicate }
    let existing = completionDigest(
      workKey: statement.bytes(0), text: statement.bytes(1), stop: statement.integer(2),
      choices: statement.bytes(3))
    let workKey = row.workKey.bindMemory(to: UInt8.self)
    let offered = choices.withUnsafeBufferPointer { choices in
      completionDigest(
        workKey: workKey, text: row.text, stop: Int64(row.stopReason.rawValue), choices: choices)
    }
    try problems.noteConflict(
      ConflictKey(
        task: row.task, judging: nil, sample: row.sample, repetition: row.repetition,
        stage: row.stage),
      existing: existing, offered: offered, content: try content(of: row, choices: choices),
      attempt: row.attempt, time: time)
    return .conflict
  }

  /// Compares an offered verdict with the stored one.
  func compare(_ row: VerdictRow, task: Int64, time: Int64) throws(StoreError) -> IngestResult {
    let statement = findVerdict
    statement.bind(1, row.judging)
    statement.bind(2, Int64(row.sample))
    statement.bind(3, Int64(row.repetition))
    guard try statement.step() else { throw vanished("verdict") }
    defer { statement.reset() }
    let texts = [row.answer, row.reference, row.failReason, row.values, row.group]
    let stored = (1...5).map { statement.bytes(Int32($0)) }
    let outcome = Int64(row.outcome.rawValue)
    if statement.integer(0) == outcome, zip(texts, stored).allSatisfy({ $0.elementsEqual($1) }) {
      return .duplicate
    }
    try problems.noteConflict(
      ConflictKey(
        task: task, judging: row.judging, sample: row.sample, repetition: row.repetition,
        stage: nil),
      existing: verdictDigest(outcome: statement.integer(0), texts: stored),
      offered: verdictDigest(outcome: outcome, texts: texts), content: try content(of: row),
      attempt: row.attempt, time: time)
    return .conflict
  }

  private func completionDigest(
    workKey: Bytes, text: Bytes, stop: Int64, choices: Bytes
  ) -> UInt64 {
    var digest = ContentDigest()
    digest.add(workKey)
    digest.add(text)
    digest.add(UInt64(stop))
    digest.add(choices)
    return digest.value
  }

  private func verdictDigest(outcome: Int64, texts: [Bytes]) -> UInt64 {
    var digest = ContentDigest()
    digest.add(UInt64(outcome))
    for text in texts { digest.add(text) }
    return digest.value
  }

  private func vanished(_ what: String) -> StoreError {
    StoreError(
      .corrupt, path: connection.path, detail: "a \(what) is there for INSERT and not for SELECT")
  }

  private func content(of row: CompletionRow, choices: [UInt8]) throws(StoreError) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("work_key")
    writer.string(hexadecimal(row.workKey.bindMemory(to: UInt8.self)))
    writer.key("prompt")
    try write(row.prompt, to: &writer)
    writer.key("completion")
    try write(row.text, to: &writer)
    writer.key("stop_reason")
    writer.string(row.stopReason.word)
    if !choices.isEmpty {
      writer.key("choices")
      writer.raw(choices)
    }
    writer.endObject()
    return StoredJSON.text(of: writer)
  }

  private func content(of row: VerdictRow) throws(StoreError) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("outcome")
    writer.string(row.outcome.word)
    let members: [(StaticString, Bytes)] = [
      ("answer", row.answer), ("reference", row.reference), ("fail_reason", row.failReason),
      ("values", row.values), ("group", row.group),
    ]
    for (name, text) in members {
      writer.key(name)
      try write(text, to: &writer)
    }
    writer.endObject()
    return StoredJSON.text(of: writer)
  }

  private func write(_ text: Bytes, to writer: inout JSONWriter) throws(StoreError) {
    do {
      try writer.string(utf8: text)
    } catch {
      throw StoreError(.constraint, path: connection.path, detail: "a text is not UTF-8")
    }
  }
}

/// Lower-case hexadecimal digits of bytes.
func hexadecimal(_ bytes: Bytes) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(
    decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
