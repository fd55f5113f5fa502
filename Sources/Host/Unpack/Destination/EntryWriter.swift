// Entries on their way to the disk: where every limit and every clash between two names is found.
internal import Posix

/// A file that was unpacked.
package struct UnpackedFile: Equatable, Sendable {
  /// Where it lies in the destination, with slashes.
  package var path: String
  /// Bytes.
  package var size: Int
}

/// Writes the files and folders of one archive.
final class EntryWriter {
  private enum Kind { case file, folder }

  private let root: Descriptor
  private let limits: UnpackLimits
  /// The files so far, in the archive's order.
  private(set) var files: [UnpackedFile] = []
  /// What every path in use is.
  ///
  /// As bytes: to a `String` two spellings of "é" are equal, to Linux they are not.
  private var kinds: [[UInt8]: Kind] = [:]
  private var entries = 0
  private var totalBytes = 0
  /// The folder of the last file: the next one is mostly in it as well.
  private var last: (path: [UInt8], folder: Descriptor)

  init(_ root: Descriptor, _ limits: UnpackLimits) {
    self.root = root
    self.limits = limits
    last = ([], root)
  }

  /// Counts one entry, or one record about entries.
  func countEntry() throws(UnpackError) {
    entries += 1
    guard entries <= limits.entries else {
      throw UnpackError(.tooLarge, "has more than \(limits.entries) entries")
    }
  }

  /// Makes a folder and those above it; making one twice does no harm.
  func makeFolder(_ name: EntryName) throws(UnpackError) { _ = try folder(name.components[...]) }

  /// Makes an empty file that is going to have `size` bytes, and the folders above it.
  func makeFile(_ name: EntryName, size: Int) throws(UnpackError) -> Descriptor {
    guard let file = name.components.last, !name.endsInSlash else {
      throw UnpackError(.hostile, "is a file with the name of a folder")
    }
    guard size <= limits.fileBytes else {
      throw UnpackError(.tooLarge, "is larger than \(limits.fileBytes) bytes")
    }
    guard size <= limits.totalBytes - totalBytes else {
      throw UnpackError(
        .tooLarge, "makes all files together larger than \(limits.totalBytes) bytes")
    }
    let path = name.path
    guard kinds[Array(path.utf8)] == nil else { throw EntryWriter.clash }
    let folder = try folder(name.components.dropLast())
    do throws(PosixError) {
      let made = try folder.makeFile(named: file)
      kinds[Array(path.utf8)] = .file
      totalBytes += size
      files.append(UnpackedFile(path: path, size: size))
      return made
    } catch { throw EntryWriter.refusal(error) }
  }

  /// Appends to a file.
  func write(_ bytes: ArraySlice<UInt8>, to file: Descriptor) throws(UnpackError) {
    do throws(PosixError) { try file.write(all: bytes) } catch {
      throw UnpackError(error, "cannot be written")
    }
  }

  /// The folder with these components, made as far as it is missing.
  private func folder(_ components: ArraySlice<String>) throws(UnpackError) -> Descriptor {
    let wanted = Array(components.joined(separator: "/").utf8)
    if wanted == last.path { return last.folder }
    var folder = root
    var path: [UInt8] = []
    for component in components {
      if !path.isEmpty { path.append(UInt8(ascii: "/")) }
      path += component.utf8
      let kind = kinds[path]
      if kind == .file { throw EntryWriter.clash }
      if kind == nil { try countEntry() }
      do throws(PosixError) {
        if kind == nil { try folder.makeFolder(named: component) }
        folder = try folder.folder(named: component)
      } catch { throw EntryWriter.refusal(error) }
      kinds[path] = .folder
    }
    last = (wanted, folder)
    return folder
  }

  private static var clash: UnpackError {
    UnpackError(.hostile, "has the name of an entry before it")
  }

  /// The folder was empty at first, so what is in the way came from the archive: on a file system that takes
  /// upper and lower case for the same, two entries can have one name without having the same bytes.
  private static func refusal(_ error: PosixError) -> UnpackError {
    error.isTaken ? clash : UnpackError(error, "cannot be made")
  }
}
