// One C function for each component type. A C function pointer cannot carry a Swift type, and open()
// gets no context, so a fixed number of functions each look up "their" component here.
internal import JSONFormat
internal import PluginAPI
internal import Synchronization

/// The C signature of every component's open().
typealias OpenFunction =
  @convention(c) (
    UnsafePointer<evh_host>?, UnsafePointer<evh_call>?, evh_str,
    UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<evh_error>?
  ) -> evh_status

/// Makes an instance from its configuration.
typealias Opener = @Sendable (JSONValue, Host) throws(ConfigurationError) -> AnyObject

/// Which component each of the C functions below opens.
enum OpenSlots {
  private struct Slot: Sendable {
    let type: ObjectIdentifier
    let opener: Opener
  }

  private static let slots = Mutex<[Slot]>([])

  /// The C function that opens components of `type`: the same one whenever it is asked for.
  static func function(for type: Any.Type, opener: @escaping Opener) -> OpenFunction {
    let id = ObjectIdentifier(type)
    let index = slots.withLock { slots in
      if let known = slots.firstIndex(where: { $0.type == id }) { return known }
      slots.append(Slot(type: id, opener: opener))
      return slots.count - 1
    }
    precondition(
      index < functions.count, "a library offers at most \(functions.count) component types")
    return functions[index]
  }

  private static func open(
    _ index: Int, _ host: UnsafePointer<evh_host>?, _ configuration: evh_str,
    _ out: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<evh_error>?
  ) -> evh_status {
    barrier(error) { () throws(PluginFailure) in
      guard let out else { throw missing("place for the instance") }
      out.pointee = nil
      if let host {
        try checkSize(host.pointee.struct_size, atLeast: MinimumSize.host, "evh_host")
      }
      let opener = slots.withLock { $0[index].opener }
      do throws(ConfigurationError) {
        let value = try parseConfiguration(configuration.bytes)
        out.pointee = handle(try opener(value, Host(host)))
      } catch {
        throw PluginFailure(error)
      }
    }
  }

  private static let functions: [OpenFunction] = [
    { open(0, $0, $2, $3, $4) }, { open(1, $0, $2, $3, $4) },
    { open(2, $0, $2, $3, $4) }, { open(3, $0, $2, $3, $4) },
    { open(4, $0, $2, $3, $4) }, { open(5, $0, $2, $3, $4) },
    { open(6, $0, $2, $3, $4) }, { open(7, $0, $2, $3, $4) },
    { open(8, $0, $2, $3, $4) }, { open(9, $0, $2, $3, $4) },
    { open(10, $0, $2, $3, $4) }, { open(11, $0, $2, $3, $4) },
    { open(12, $0, $2, $3, $4) }, { open(13, $0, $2, $3, $4) },
    { open(14, $0, $2, $3, $4) }, { open(15, $0, $2, $3, $4) },
    { open(16, $0, $2, $3, $4) }, { open(17, $0, $2, $3, $4) },
    { open(18, $0, $2, $3, $4) }, { open(19, $0, $2, $3, $4) },
    { open(20, $0, $2, $3, $4) }, { open(21, $0, $2, $3, $4) },
    { open(22, $0, $2, $3, $4) }, { open(23, $0, $2, $3, $4) },
    { open(24, $0, $2, $3, $4) }, { open(25, $0, $2, $3, $4) },
    { open(26, $0, $2, $3, $4) }, { open(27, $0, $2, $3, $4) },
    { open(28, $0, $2, $3, $4) }, { open(29, $0, $2, $3, $4) },
    { open(30, $0, $2, $3, $4) }, { open(31, $0, $2, $3, $4) },
  ]
}

/// The JSON object in `bytes`; nothing at all is an empty object.
func parseConfiguration(
  _ bytes: UnsafeBufferPointer<UInt8>
) throws(ConfigurationError) -> JSONValue {
  if bytes.isEmpty { return .object([]) }
  do throws(JSONError) {
    var cursor = JSONCursor(unsafe: bytes)
    let value = try cursor.readValue()
    try cursor.finish()
    if value.members == nil { throw JSONError(.wrongKind(expected: .object), at: 0) }
    return value
  } catch {
    throw ConfigurationError("the configuration is not a JSON object: \(error)")
  }
}
