// The last step of every preparation: draft, manifest and index get their names.
//
// The manifest is in place before the file is: a crash in between leaves a split that is not there, never a file
// without its manifest, which would be taken for a user's own.
package import Datasets
internal import Glibc
internal import Posix

/// The place of a prepared split.
package struct PlacedSplit {
  private let path: String
  private let name: String

  /// A place; `name` begins the lines of errors.
  package init(path: String, name: String) {
    self.path = path
    self.name = name
  }

  /// Puts a draft in its place; a file that is already there with equal bytes is left as it is.
  package func place(
    draft: String, digest: String, rows: Int, blocks: [UInt64], manifest: [UInt8]
  ) throws(DatasetError) {
    if Files.exists(path), !Files.exists(ManifestFile.path(besides: path)) {
      throw DatasetError(
        "\(name): \(path) has no manifest, so it is your own and stays as it is; move it away, or set "
          + "datasets.path to it")
    }
    do throws(PosixError) {
      if Files.exists(path), try SHA256.ofFile(path).hex == digest {
        // A run that reads the file at this moment goes on reading it.
        unlink(draft)
        try Files.replace(ManifestFile.path(besides: path), with: manifest)
      } else {
        // All is on the disk before the first name changes: what follows is three renames.
        let manifestDraft = "\(path).manifest.draft"
        let file = try Descriptor.writing(manifestDraft, appending: false)
        try file.write(manifest)
        try file.synchronise()
        unlink(path)
        try Files.move(manifestDraft, to: ManifestFile.path(besides: path))
        try Files.move(draft, to: path)
      }
      try SplitIndex.write(rows: rows, blocks: blocks, digest: digest, of: path)
    } catch { throw DatasetError("\(name): \(error)\(error.advice)") }
  }
}
