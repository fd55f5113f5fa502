// What the host offers: for the whole process (Host) and for one call of it (CallContext).
internal import PluginAPI

/// How much a log message matters; the raw values are those of `EVH_LOG_*`.
public enum LogLevel: Int32, Sendable {
  /// Of use only to who writes the plugin.
  case debug = 1
  /// Worth knowing.
  case info = 2
  /// Something is odd, and the work goes on.
  case warning = 3
  /// Something failed.
  case error = 4
}

/// The host that loaded the plugin; valid until the process ends.
///
/// `@unchecked Sendable`: the host's table is constant and its functions may be called on any thread.
public struct Host: @unchecked Sendable {
  private let table: UnsafePointer<evh_host>?

  /// A host that offers nothing, for tests of a component without one.
  public static let none = Host(nil)

  init(_ table: UnsafePointer<evh_host>?) { self.table = table }

  /// The host program's name; empty without a host.
  public var name: String { table?.pointee.name.string ?? "" }

  /// The host program's version; empty without a host.
  public var version: String { table?.pointee.version.string ?? "" }

  /// The host's minor version of the ABI.
  public var abiMinor: UInt32 { table?.pointee.abi_minor ?? 0 }

  /// Writes a line to the host's log.
  public func log(_ level: LogLevel, _ message: String) {
    guard let table, let log = table.pointee.log else { return }
    withText(message) { log(table, level.rawValue, $0) }
  }

  /// The service of that id, such as `evh.fetch/1`, or nil; what it points to is the service's own affair.
  public func service(_ id: String) -> UnsafeRawPointer? {
    guard let table, let find = table.pointee.get_service else { return nil }
    return withText(id) { find(table, $0) }
  }
}

/// One call of the host: whether it was cancelled, its deadline, its log.
///
/// Valid only until the method that got it returns: do not keep it.
public struct CallContext {
  private let table: UnsafePointer<evh_call>?

  /// A call without deadline that nobody cancels, for tests of a component without a host.
  public static var none: CallContext { CallContext(unchecked: nil) }

  private init(unchecked table: UnsafePointer<evh_call>?) { self.table = table }

  init(_ table: UnsafePointer<evh_call>?) throws(PluginFailure) {
    if let table {
      try checkSize(table.pointee.struct_size, atLeast: MinimumSize.call, "evh_call")
    }
    self.table = table
  }

  /// The host's number of this call; 0 without a host.
  public var id: UInt64 { table?.pointee.call_id ?? 0 }

  /// Whether the host wants the call to return soon, with `PluginFailure.Code.cancelled`.
  public var isCancelled: Bool {
    guard let table, let cancelled = table.pointee.cancelled else { return false }
    return cancelled(table) != 0
  }

  /// When the call should have returned, in nanoseconds of CLOCK_MONOTONIC; nil = no deadline.
  public var deadline: UInt64? {
    guard let table, table.pointee.deadline_ns != 0 else { return nil }
    return table.pointee.deadline_ns
  }

  /// Writes a line to the host's log, marked with what this call works on.
  public func log(_ level: LogLevel, _ message: String) {
    guard let table, let log = table.pointee.log else { return }
    withText(message) { log(table, level.rawValue, $0) }
  }

  /// Tells the host how far the call is, which also shows that it is alive; total 0 = unknown.
  public func progress(_ done: UInt64, of total: UInt64 = 0) {
    guard let table, let progress = table.pointee.progress else { return }
    progress(table, done, total)
  }
}
