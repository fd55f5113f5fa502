// Where an evaluator's wish for the next stage lands. The buffer is used for every call again, so
// a stage costs a copy of its bytes and no allocation.

import PluginAPI

/// What an evaluator may ask of a model; the raw values are those of `EVH_REQ_*`.
package enum StageRequestKind: Int32, Sendable, CaseIterable {
  /// Text.
  case generate = 1
  /// Log-probabilities of continuations.
  case choose = 2
}

/// The stage an evaluator asked for, or nothing when the try is ready to be scored.
package final class StageRequestBuffer {
  // One struct, so that a whole request is one access to the object and not twenty.
  private var contents = StageRequestContents()

  /// Bytes of the longest prompt that is taken, and of all choices together.
  package static let promptLimit = 64 << 20
  /// Bytes of the longest stage name.
  package static let stageLimit = 128
  /// Most choices or stop strings of one request.
  package static let listLimit = 65_536

  /// Makes an empty buffer.
  package init() {}

  /// Whether the evaluator asked for a stage; the other properties mean something only then.
  package var isPresent: Bool { contents.isPresent }
  /// What the model is to do.
  package var kind: StageRequestKind { contents.kind }
  /// No stage follows this one.
  package var isFinal: Bool { contents.isFinal }
  /// The prompt is a JSON array of messages.
  package var isMessages: Bool { contents.isMessages }
  /// The stage's name, UTF-8.
  package var stage: [UInt8] { contents.stage }
  /// The whole context, UTF-8.
  package var prompt: [UInt8] { contents.prompt }
  /// Continuations to score, of a `choose` request.
  package var choices: ByteList { contents.choices }
  /// Stop strings in addition to the configured ones.
  package var stops: ByteList { contents.stops }
  /// The rule that the plugin broke in this call.
  var fault: SinkFault? { contents.fault }

  /// Forgets the last call's request and keeps the room.
  func reset() { contents.reset() }

  /// Takes back a request whose call failed.
  func discard() { contents.isPresent = false }

  /// Takes the request of a plugin, or remembers what is wrong with it.
  func accept(_ request: UnsafePointer<evh_stage_request>?) -> evh_status {
    contents.accept(request)
  }
}

/// What the buffer holds.
private struct StageRequestContents {
  var isPresent = false
  var kind = StageRequestKind.generate
  var isFinal = false
  var isMessages = false
  var stage: [UInt8] = []
  var prompt: [UInt8] = []
  var choices = ByteList()
  var stops = ByteList()
  var fault: SinkFault?

  mutating func reset() {
    isPresent = false
    fault = nil
  }

  mutating func accept(_ request: UnsafePointer<evh_stage_request>?) -> evh_status {
    do throws(SinkFault) {
      guard !isPresent else {
        throw SinkFault("asked for a second stage in one call", status: .exhausted)
      }
      try copyRequest(request)
      isPresent = fault == nil
      return fault?.status.rawValue ?? CallStatus.ok.rawValue
    } catch {
      isPresent = false
      fault = fault ?? error
      return error.status.rawValue
    }
  }

  private mutating func copyRequest(
    _ pointer: UnsafePointer<evh_stage_request>?
  ) throws(SinkFault) {
    guard let pointer else { throw SinkFault("gave a null stage request") }
    let size = pointer.pointee.struct_size
    guard size >= FirstRelease.stageRequest else {
      throw SinkFault("gave a stage request shorter than version 1.0's")
    }
    let request = copy(pointer, size: size, over: evh_stage_request())
    guard let kind = StageRequestKind(rawValue: request.kind) else {
      throw SinkFault("gave a stage request of unknown kind")
    }
    self.kind = kind
    isFinal = request.flags & UInt32(EVH_REQF_FINAL) != 0
    isMessages = request.flags & UInt32(EVH_REQF_MESSAGES) != 0
    try copyTexts(request)
    switch kind {
    case .generate where !choices.isEmpty:
      throw SinkFault("gave choices with a GENERATE request")
    case .choose where choices.isEmpty:
      throw SinkFault("gave a CHOOSE request without choices")
    case .generate, .choose: return
    }
  }

  private mutating func copyTexts(_ request: evh_stage_request) throws(SinkFault) {
    let stageBytes: UnsafeBufferPointer<UInt8>
    let promptBytes: UnsafeBufferPointer<UInt8>
    do throws(TextFault) {
      stageBytes = try request.stage.bytes(limit: StageRequestBuffer.stageLimit)
    } catch {
      throw error.fault(
        "gave a stage name without bytes", "gave a stage name over 128 bytes",
        "gave a stage name that is not UTF-8")
    }
    do throws(TextFault) {
      promptBytes = try request.prompt.bytes(limit: StageRequestBuffer.promptLimit)
    } catch {
      throw error.fault(
        "gave a prompt without bytes", "gave a prompt over 64 MiB",
        "gave a prompt that is not UTF-8")
    }
    guard !stageBytes.isEmpty else { throw SinkFault("gave a stage without a name") }
    Self.replace(&stage, by: stageBytes)
    Self.replace(&prompt, by: promptBytes)
    try Self.copyList(request.choices, request.choice_count, into: &choices)
    try Self.copyList(request.stops, request.stop_count, into: &stops)
  }

  @inline(__always)
  private static func replace(_ target: inout [UInt8], by bytes: UnsafeBufferPointer<UInt8>) {
    target.removeAll(keepingCapacity: true)
    target.append(contentsOf: bytes)
  }

  private static func copyList(
    _ texts: UnsafePointer<evh_str>?, _ count: UInt32, into list: inout ByteList
  ) throws(SinkFault) {
    if !list.isEmpty { list.removeAll() }
    guard count > 0 else { return }
    guard let texts else { throw SinkFault("gave a count of choices or stops without them") }
    guard count <= StageRequestBuffer.listLimit else {
      throw SinkFault("gave over 65536 choices or stop strings")
    }
    let limit = StageRequestBuffer.promptLimit
    for index in 0..<Int(count) {
      do throws(TextFault) {
        list.append(try texts[index].bytes(limit: limit - list.bytes.count))
      } catch {
        throw error.fault(
          "gave a choice or stop string without bytes",
          "gave choices or stop strings over 64 MiB together",
          "gave a choice or stop string that is not UTF-8")
      }
    }
  }
}

extension TextFault {
  /// The fault of a text, in the words of its field.
  func fault(
    _ nullPointer: StaticString, _ tooLong: StaticString, _ notUTF8: StaticString
  ) -> SinkFault {
    switch self {
    case .nullPointer: SinkFault(nullPointer)
    case .tooLong: SinkFault(tooLong)
    case .notUTF8: SinkFault(notUTF8)
    }
  }
}
