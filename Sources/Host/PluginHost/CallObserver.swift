// What the host learns from a plugin while a call runs, and what it tells the plugin: log lines,
// heartbeats, cancellation, the deadline. One reusable call context for each instance.

import PluginAPI

/// The host's side of `evh_call`: closures that a plugin's calls reach.
///
/// A worker shares one observer between its instances; everything runs on the calling thread.
package final class CallObserver {
  /// Takes a log line.
  package var onLog: (PluginLogLevel, String) -> Void
  /// Takes a sign of life with done and total work, in the plugin's own units.
  package var onProgress: (UInt64, UInt64) -> Void
  /// Whether the plugin should return soon.
  package var isCancelled: () -> Bool
  /// When the next calls should have returned, CLOCK_MONOTONIC in nanoseconds; 0 = no deadline.
  package var deadlineNanoseconds: UInt64

  /// Makes an observer; without closures it ignores everything.
  package init(
    onLog: @escaping (PluginLogLevel, String) -> Void = { _, _ in },
    onProgress: @escaping (UInt64, UInt64) -> Void = { _, _ in },
    isCancelled: @escaping () -> Bool = { false },
    deadlineNanoseconds: UInt64 = 0
  ) {
    self.onLog = onLog
    self.onProgress = onProgress
    self.isCancelled = isCancelled
    self.deadlineNanoseconds = deadlineNanoseconds
  }
}

/// The call and error structs of one instance, allocated once.
final class CallFrame {
  let call: UnsafeMutablePointer<evh_call>
  let error: UnsafeMutablePointer<evh_error>
  /// The plugin refused to be called again.
  private(set) var isPoisoned = false
  private let observer: CallObserver
  private let plugin: String

  /// `plugin` is how messages name it.
  init(observer: CallObserver, plugin: String) {
    self.observer = observer
    self.plugin = plugin
    call = .allocate(capacity: 1)
    error = .allocate(capacity: 1)
    error.initialize(to: evh_error())
    error.pointee.struct_size = structSize(evh_error.self)
    call.initialize(to: evh_call())
    call.pointee.struct_size = structSize(evh_call.self)
    call.pointee.ctx = Unmanaged.passUnretained(observer).toOpaque()
    call.pointee.cancelled = { call in
      guard let observer = observerOf(call) else { return 0 }
      return observer.isCancelled() ? 1 : 0
    }
    call.pointee.log = { call, level, message in
      guard let observer = observerOf(call) else { return }
      observer.onLog(PluginLogLevel(rawValue: level) ?? .info, message.messageText())
    }
    call.pointee.progress = { call, done, total in observerOf(call)?.onProgress(done, total) }
  }

  deinit {
    call.deallocate()
    error.deallocate()
  }

  /// Readies both structs for the next call; false when the instance is poisoned.
  @inline(__always)
  func begin() -> Bool {
    call.pointee.call_id &+= 1
    call.pointee.deadline_ns = observer.deadlineNanoseconds
    error.pointee.code = 0
    error.pointee.flags = 0
    error.pointee.message_len = 0
    return !isPoisoned
  }

  /// Turns what a function returned, and what it did to the host's sinks, into a result.
  @inline(__always)
  func finish(_ status: evh_status, _ function: StaticString, _ fault: SinkFault?) -> CallResult {
    if status == CallStatus.ok.rawValue, fault == nil { return .ok }
    return failure(status, function, fault)
  }

  /// The result of a call on an instance that is poisoned.
  func refused(_ function: StaticString) -> CallFailure {
    CallFailure(
      status: .internalFailure,
      message: "\(plugin), \(function)(): not called, the instance is poisoned; open a fresh one",
      isPoisoned: true)
  }

  /// Throws unless a function returned OK and broke no rule.
  func check(
    _ status: evh_status, _ function: StaticString, _ fault: SinkFault? = nil
  ) throws(CallFailure) {
    switch finish(status, function, fault) {
    case .ok: return
    case .failed(let failure): throw failure
    case .badRecord(let message): throw CallFailure(status: .badRecord, message: message)
    }
  }

  /// A failure for a broken rule that no sink could see.
  func broken(_ function: StaticString, _ reason: String) -> CallFailure {
    CallFailure(
      status: .internalFailure, message: "\(plugin), \(function)(): broke the ABI: \(reason)",
      brokeContract: true)
  }

  @inline(never)
  private func failure(
    _ status: evh_status, _ function: StaticString, _ fault: SinkFault?
  ) -> CallResult {
    let flags = error.pointee.flags
    let poisoned = flags & UInt32(EVH_ERR_POISONED) != 0 && status != CallStatus.ok.rawValue
    isPoisoned = isPoisoned || poisoned
    if let fault {
      var failure = broken(function, "\(fault.reason)")
      failure.isPoisoned = poisoned
      return .failed(failure)
    }
    let known = CallStatus(rawValue: status)
    let word = known.map { "\($0)" } ?? "unknown status \(status)"
    let said = message()
    if known == .badRecord { return .badRecord(said.isEmpty ? "the row was refused" : said) }
    return .failed(
      CallFailure(
        status: known ?? .internalFailure,
        message: "\(plugin), \(function)(): \(said.isEmpty ? "no reason given" : said) (\(word))",
        isRetryable: flags & UInt32(EVH_ERR_RETRYABLE) != 0, isPoisoned: poisoned,
        brokeContract: known == nil))
  }

  /// The plugin's own words, cut at the room there is.
  private func message() -> String {
    // The layout is the header's; the offset exists because the field does.
    let offset = MemoryLayout<evh_error>.offset(of: \.message) ?? 16
    let room = MemoryLayout<evh_error>.size - offset
    let count = min(Int(error.pointee.message_len), room)
    return view(UnsafeRawPointer(error) + offset, count: count).messageText()
  }
}

/// The observer behind a call that a plugin hands back.
private func observerOf(_ call: UnsafePointer<evh_call>?) -> CallObserver? {
  guard let context = call?.pointee.ctx else { return nil }
  // The frame that made the call holds the observer for as long as the call lasts.
  return Unmanaged<CallObserver>.fromOpaque(context).takeUnretainedValue()
}
