// The system calls of this room: names in a folder, a small file whole, a large file's SHA-256.

import CPosix
import Glibc

/// What errno says, as words.
func errnoText(_ code: Int32) -> String { String(cString: strerror(code)) }

/// The names in a folder except hidden ones, sorted by bytes.
///
/// Throws `unreadable` when the folder cannot be listed.
func namesInFolder(_ path: String) throws(PluginError) -> [String] {
  guard let folder = opendir(path) else {
    throw PluginError(
      .unreadable, at: path,
      "the plugins folder cannot be read (\(errnoText(errno))); give another with --plugins")
  }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
      tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
        String(cString: $0)
      }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// The bytes of a small file, or nil when there is none of that name.
///
/// Throws `unreadable` when the file is larger than `limit` bytes or cannot be read.
func smallFile(_ path: String, limit: Int) throws(PluginError) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    let code = errno
    guard code != ENOENT, code != ENOTDIR else { return nil }
    throw PluginError(.unreadable, at: path, "cannot be opened (\(errnoText(code)))")
  }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 16 << 10)
  while true {
    let count = try readOnce(descriptor, &chunk, path)
    guard count > 0 else { return bytes }
    bytes.append(contentsOf: chunk[..<count])
    guard bytes.count <= limit else {
      throw PluginError(.unreadable, at: path, "is larger than \(limit) bytes; shorten it")
    }
  }
}

/// Lower-case hex SHA-256 of a file's bytes.
///
/// Throws `missingLibrary` when the file is not there and `unreadable` when it cannot be read.
func fileSHA256(_ path: String) throws(PluginError) -> String {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    let code = errno
    guard code != ENOENT else {
      throw PluginError(
        .missingLibrary, at: path, "the plugin's library is not there; build the plugin")
    }
    throw PluginError(.unreadable, at: path, "cannot be opened (\(errnoText(code)))")
  }
  defer { close(descriptor) }
  var state = evh_sha256_state()
  evh_sha256_init(&state)
  var chunk = [UInt8](repeating: 0, count: 256 << 10)
  while true {
    let count = try readOnce(descriptor, &chunk, path)
    guard count > 0 else { break }
    evh_sha256_update(&state, chunk, count)
  }
  var digest = [UInt8](repeating: 0, count: 32)
  evh_sha256_final(&state, &digest)
  return hexText(digest)
}

/// The absolute path of a file with its links resolved, or nil when it is not there.
func absolutePath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

/// Reads once, again when a signal interrupted; 0 at the end (man 2 read).
private func readOnce(
  _ descriptor: Int32, _ chunk: inout [UInt8], _ path: String
) throws(PluginError) -> Int {
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count >= 0 { return count }
    let code = errno
    guard code == EINTR else {
      throw PluginError(.unreadable, at: path, "cannot be read (\(errnoText(code)))")
    }
  }
}

private func hexText(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(
    decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
