// A file, or a stretch of one, as a stream.
internal import Posix

/// The bytes of a regular file.
package final class FileStream: ByteStream {
  private static let chunkSize = 1 << 20

  private let file: Descriptor
  private let name: String
  private var offset: Int
  private let end: Int

  /// Opens a file; a pipe or a device, which may never end, is refused.
  package convenience init(_ path: String) throws(UnpackError) {
    do throws(PosixError) {
      self.init(try Descriptor.readingRegularFile(path), name: path)
    } catch { throw UnpackError(error, "cannot be opened", archive: path) }
  }

  /// The stretch of an open file from `start` up to `end`, or up to where the file ends before that.
  init(_ file: Descriptor, name: String, from start: Int = 0, to end: Int = .max) {
    self.file = file
    self.name = name
    offset = start
    self.end = end
  }

  /// The next up to 1 MiB.
  package func next() throws(UnpackError) -> [UInt8] {
    do throws(PosixError) {
      let bytes = try file.read(count: min(FileStream.chunkSize, end - offset), at: offset)
      offset += bytes.count
      return bytes
    } catch { throw UnpackError(error, "cannot be read", archive: name) }
  }
}
