// Opaque handles: an instance or a model is one retained Swift object, given to the host as its address.

/// Gives the host a handle that keeps `object` alive until `release`.
func handle(_ object: AnyObject) -> OpaquePointer {
  OpaquePointer(Unmanaged.passRetained(object).toOpaque())
}

/// The object behind a handle that `handle` made for the same table, hence of that class.
@inline(__always)
func object<Object: AnyObject>(
  _ handle: OpaquePointer?, as type: Object.Type
) throws(PluginFailure) -> Object {
  guard let handle else { throw missing("instance") }
  return Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
}

/// Ends a handle's hold on its object; a null handle is nothing to end.
func release(_ handle: OpaquePointer?) {
  guard let handle else { return }
  Unmanaged<AnyObject>.fromOpaque(UnsafeRawPointer(handle)).release()
}
