// From an archive to a folder.
internal import Posix

/// Unpacks archives that nobody vouches for.
package enum Archive {
  /// What an archive is packed as.
  package enum Kind: Equatable, Sendable {
    /// ustar, with GNU's long names and pax headers.
    case tar
    /// The same, compressed with gzip.
    case tarGzip
    /// Stored and deflated members, zip64 included.
    case zip
  }

  /// Unpacks an archive into a folder, which appears complete or not at all; returns its files in the archive's
  /// order.
  ///
  /// The folder must not exist and the one above it must. Only plain files and folders are unpacked, with
  /// mode 0644 and 0755 and the time of unpacking; anything else, and every name that could lead out of the
  /// folder, is an error. Until the end everything is in a folder beside the destination, which an error
  /// removes. Memory does not grow with the size of the files, only with their number.
  package static func unpack(
    _ path: String, kind: Kind, into folder: String, limits: UnpackLimits = UnpackLimits()
  ) throws(UnpackError) -> [UnpackedFile] {
    do throws(UnpackError) {
      let fresh = try FreshFolder.make(for: folder)
      do throws(UnpackError) {
        let writer = EntryWriter(fresh.root, limits)
        try unpack(path, kind, writer, limits)
        try fresh.keep(as: folder)
        return writer.files
      } catch {
        fresh.discard()
        throw error
      }
    } catch {
      var error = error
      error.archive = path
      throw error
    }
  }

  private static func unpack(
    _ path: String, _ kind: Kind, _ writer: EntryWriter, _ limits: UnpackLimits
  ) throws(UnpackError) {
    switch kind {
    case .tar: try TarReader.unpack(FileStream(path), writer, limits)
    case .tarGzip:
      let stream = GzipStream(try FileStream(path), name: path, limits: limits.inflate)
      try TarReader.unpack(stream, writer, limits)
    case .zip: try ZipReader.unpack(path, writer, limits)
    }
  }
}
