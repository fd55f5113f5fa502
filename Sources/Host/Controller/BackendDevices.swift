// What a backend runs on, remembered between runs: asking means loading its library in a process of its own.
internal import Datasets
internal import Devices
internal import JSONFormat
internal import PluginHost
internal import Posix

/// Answers of backends by library and machine, in `<cache_root>/devices`.
///
/// A hint: what cannot be read or written is asked for anew.
struct BackendDevices {
  private let cacheRoot: String
  /// What the answer depends on beside the library.
  private let machine: String

  init(cacheRoot: String, machine: String) {
    self.cacheRoot = cacheRoot
    self.machine = machine
  }

  /// The device names of a library that has not changed since it was asked, on a machine that has not changed.
  func known(_ library: String) -> [String]? {
    guard let (file, stamp) = place(library), let bytes = try? Files.read(file),
      let value = try? JSONValue.parse(bytes), value["machine"]?.string == machine,
      value["size"]?.integer == Int64(stamp.size), value["modified"]?.integer == stamp.modified,
      value["inode"]?.integer == Int64(bitPattern: stamp.inode),
      value["changed"]?.integer == stamp.changed
    else { return nil }
    return value["devices"]?.elements?.compactMap(\.string)
  }

  /// Keeps an answer.
  func remember(_ devices: [String], of library: String) {
    guard let (file, stamp) = place(library) else { return }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("library")
    writer.string(library)
    writer.key("machine")
    writer.string(machine)
    writer.key("size")
    writer.integer(stamp.size)
    writer.key("modified")
    writer.integer(stamp.modified)
    writer.key("inode")
    writer.integer(Int64(bitPattern: stamp.inode))
    writer.key("changed")
    writer.integer(stamp.changed)
    writer.key("devices")
    writer.beginArray()
    for device in devices { writer.string(device) }
    writer.endArray()
    writer.endObject()
    try? Files.makeFolder("\(cacheRoot)/devices")
    try? Files.replace(file, with: writer.bytes)
  }

  private func place(_ library: String) -> (String, FileStamp)? {
    guard let resolved = Files.resolved(library),
      let file = try? Descriptor.readingRegularFile(resolved), let stamp = try? file.stamp()
    else { return nil }
    var digest = SHA256()
    digest.update(field: resolved)
    return ("\(cacheRoot)/devices/\(digest.finish().hex.prefix(32)).json", stamp)
  }
}
