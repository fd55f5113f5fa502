// Where an evaluator's verdict and a metric's values land. All texts of one call lie in one arena,
// which is used for every call again.

import JSONFormat
package import Model
import PluginAPI

/// A judgement and its named values; the ranges are places in `arena`.
package final class VerdictBuffer {
  /// A named number.
  package struct NamedValue: Equatable, Sendable {
    /// Place of the name in `arena`.
    package var name: Range<Int>
    /// Finite.
    package var value: Double
  }

  // One struct, so that a whole verdict is one access to the object and not twenty.
  private var contents = VerdictContents()

  /// Bytes of the longest answer, reference, reason, group or detail.
  package static let textLimit = 16 << 20
  /// Bytes of the longest value name.
  package static let nameLimit = 256
  /// Most values of one call.
  package static let valueLimit = 1024

  /// Makes an empty buffer.
  package init() {}

  /// Whether there is a verdict; the outcome and the five ranges mean something only then.
  package var hasVerdict: Bool { contents.hasVerdict }
  /// What the judgement is.
  package var outcome: Outcome { contents.outcome }
  /// What was read from the completion.
  package var answer: Range<Int> { contents.answer }
  /// The reference answer.
  package var reference: Range<Int> { contents.reference }
  /// Why it is not a pass; may be empty.
  package var failReason: Range<Int> { contents.failReason }
  /// The sample's group, for example its subject; empty = none.
  package var group: Range<Int> { contents.group }
  /// A JSON object or empty.
  package var details: Range<Int> { contents.details }
  /// The values in the order they were given, names unique.
  package var values: [NamedValue] { contents.values }
  /// Every text's UTF-8 bytes.
  package var arena: [UInt8] { contents.arena }
  /// The rule that the plugin broke in this call.
  var fault: SinkFault? { contents.fault }

  /// The text of a place as a string.
  package func text(_ range: Range<Int>) -> String {
    String(decoding: contents.arena[range], as: UTF8.self)
  }

  /// Forgets the last call's results and keeps the room.
  func reset() { contents.reset() }

  /// Takes back the results of a call that failed.
  func discard() { contents.discard() }

  /// Takes a named value, or remembers what is wrong with it.
  func accept(name: evh_str, value: Double) -> evh_status {
    contents.note { contents throws(SinkFault) in try contents.add(name, value) }
  }

  /// Takes the verdict, or remembers what is wrong with it.
  func accept(_ verdict: UnsafePointer<evh_verdict>?) -> evh_status {
    contents.note { contents throws(SinkFault) in
      guard !contents.hasVerdict else {
        throw SinkFault("gave a second verdict in one call", status: .exhausted)
      }
      try contents.copyVerdict(verdict)
      contents.hasVerdict = true
    }
  }

  /// Notes that score() returned without the verdict it owes.
  func requireVerdict() {
    _ = contents.note { contents throws(SinkFault) in
      guard contents.hasVerdict else { throw SinkFault("returned OK without a verdict") }
    }
  }
}

/// What the buffer holds.
private struct VerdictContents {
  var hasVerdict = false
  var outcome = Outcome.error
  var answer = 0..<0
  var reference = 0..<0
  var failReason = 0..<0
  var group = 0..<0
  var details = 0..<0
  var values: [VerdictBuffer.NamedValue] = []
  var arena: [UInt8] = []
  var fault: SinkFault?

  mutating func reset() {
    hasVerdict = false
    fault = nil
    if !values.isEmpty { values.removeAll(keepingCapacity: true) }
    arena.removeAll(keepingCapacity: true)
  }

  mutating func discard() {
    hasVerdict = false
    values.removeAll(keepingCapacity: true)
  }

  /// Runs a step; keeps the first fault and gives the plugin the status of this one.
  @inline(__always)
  mutating func note(
    _ step: (inout VerdictContents) throws(SinkFault) -> Void
  ) -> evh_status {
    do throws(SinkFault) {
      try step(&self)
      return CallStatus.ok.rawValue
    } catch {
      fault = fault ?? error
      return error.status.rawValue
    }
  }

  mutating func add(_ name: evh_str, _ value: Double) throws(SinkFault) {
    guard value.isFinite else { throw SinkFault("gave a value that is not finite") }
    guard values.count < VerdictBuffer.valueLimit else {
      throw SinkFault("gave over 1024 values")
    }
    let place: Range<Int>
    do throws(TextFault) {
      place = store(try name.bytes(limit: VerdictBuffer.nameLimit))
    } catch {
      throw error.fault(
        "gave a value name without bytes", "gave a value name over 256 bytes",
        "gave a value name that is not UTF-8")
    }
    guard !place.isEmpty else { throw SinkFault("gave a value without a name") }
    for earlier in values where earlier.name.count == place.count {
      guard !arena[earlier.name].elementsEqual(arena[place]) else {
        throw SinkFault("gave two values of one name")
      }
    }
    values.append(VerdictBuffer.NamedValue(name: place, value: value))
  }

  mutating func copyVerdict(_ pointer: UnsafePointer<evh_verdict>?) throws(SinkFault) {
    guard let pointer else { throw SinkFault("gave a null verdict") }
    let size = pointer.pointee.struct_size
    guard size >= FirstRelease.verdict else {
      throw SinkFault("gave a verdict shorter than version 1.0's")
    }
    let verdict = copy(pointer, size: size, over: evh_verdict())
    guard let raw = UInt8(exactly: verdict.outcome), let outcome = Outcome(rawValue: raw) else {
      throw SinkFault("gave a verdict of unknown outcome")
    }
    self.outcome = outcome
    do throws(TextFault) {
      answer = store(try verdict.answer.bytes(limit: VerdictBuffer.textLimit))
      reference = store(try verdict.reference.bytes(limit: VerdictBuffer.textLimit))
      failReason = store(try verdict.fail_reason.bytes(limit: VerdictBuffer.textLimit))
      group = store(try verdict.group.bytes(limit: VerdictBuffer.textLimit))
      details = store(try verdict.details_json.bytes(limit: VerdictBuffer.textLimit))
    } catch {
      throw error.fault(
        "gave a verdict text without bytes", "gave a verdict text over 16 MiB",
        "gave a verdict text that is not UTF-8")
    }
    guard details.isEmpty || isJSONObject(arena, details) else {
      throw SinkFault("gave details that are not a JSON object")
    }
  }

  @inline(__always)
  private mutating func store(_ bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    let start = arena.count
    if !bytes.isEmpty { arena.append(contentsOf: bytes) }
    return start..<arena.count
  }
}

/// Whether a part of some bytes is exactly one JSON object.
private func isJSONObject(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
  bytes.withUnsafeBufferPointer { buffer in
    // The cursor is used inside this closure alone, where the buffer is valid.
    var cursor = unsafe JSONCursor(unsafe: UnsafeBufferPointer(rebasing: buffer[range]))
    do throws(JSONError) {
      guard try cursor.peekKind() == .object else { return false }
      try cursor.skip()
      try cursor.finish()
      return true
    } catch {
      return false
    }
  }
}
