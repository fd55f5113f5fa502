// Names in the cache.
//
//     <cache>/<dataset@revision>/<name>             the file
//     <cache>/<dataset@revision>/<name>.json        where it came from, its size, checksum and stamps
//     <cache>/<dataset@revision>/<name>.part        what has come of it
//     <cache>/<dataset@revision>/<name>.part.json   where that came from
//     <cache>/<dataset@revision>/.<name>.lock       held by whoever works on any of these
internal import Posix

/// Where everything about one cached file lies.
struct CachePlace: Equatable {
  let folder: String
  let name: String

  var file: String { "\(folder)/\(name)" }
  var sidecar: String { file + ".json" }
  var part: String { file + ".part" }
  var partNote: String { part + ".json" }
  var lock: String { "\(folder)/.\(name).lock" }

  /// Makes both names safe; refuses a name that would meet another file's note.
  init(cacheRoot: String, folder: String, name: String) throws(DownloadError) {
    self.folder = "\(cacheRoot)/\(try safeName(folder))"
    self.name = try safeName(name)
    let clashes =
      self.name.hasSuffix(".part") || self.name.hasSuffix(".part.json")
      || (self.name.hasSuffix(".json") && Files.exists(String(file.dropLast(5))))
      || Files.exists(sidecar + ".json")
    guard !clashes else {
      throw DownloadError(
        .unusable, at: file, "this name is taken by what the cache keeps about another file",
        advice: "give the file another name in the recipe")
    }
  }
}

/// A text as one name of a file: `/` becomes `--`; of the rest, all but letters, digits and `._@-` becomes
/// `@` and two hexadecimal digits a byte, and so does a dot at the beginning.
package func safeName(_ text: String) throws(DownloadError) -> String {
  var bytes: [UInt8] = []
  for byte in text.utf8 {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "@"),
      UInt8(ascii: "-"):
      bytes.append(byte)
    case UInt8(ascii: ".") where !bytes.isEmpty: bytes.append(byte)
    case UInt8(ascii: "/"): bytes += "--".utf8
    default: bytes += "@\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))".utf8
    }
  }
  // With the longest ending, and that of a draft, it stays below the 255 bytes of a name.
  guard !bytes.isEmpty, bytes.count <= 200 else {
    throw DownloadError(
      .unusable, at: text.isEmpty ? "(an empty name)" : String(text.prefix(60)) + "...",
      "this cannot be the name of a file or folder in the cache",
      advice: "use a name of 1 to 200 letters and digits")
  }
  return String(decoding: bytes, as: UTF8.self)
}
