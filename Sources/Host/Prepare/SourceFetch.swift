// What preparation asks of whoever fetches: local files with their digests. Preparation itself opens no socket.
package import Declarations
package import Datasets

/// A place's content as a local file.
package struct LocalFile: Equatable, Sendable {
  package var path: String
  /// Lower-case hex SHA-256.
  package var sha256: String
  /// The address it came from, as manifests name it.
  package var url: String
  /// The source's commit, where it says one.
  package var commit: String?

  /// Describes a local file.
  package init(path: String, sha256: String, url: String, commit: String? = nil) {
    self.path = path
    self.sha256 = sha256
    self.url = url
    self.commit = commit
  }
}

/// Fetches the files of sources.
package struct SourceFetch {
  /// Gets one file for a split, into a cache folder such as `openai--gsm8k@3101c7d5`.
  package typealias Function =
    (SourceFile, SplitDeclaration, _ folder: String) throws(DatasetError) -> LocalFile

  private let function: Function

  /// Fetches with a function.
  package init(_ function: @escaping Function) { self.function = function }

  /// The content of a place of a split.
  package func file(
    _ file: SourceFile, of split: SplitDeclaration
  ) throws(DatasetError) -> LocalFile {
    try function(file, split, Self.folder(of: split))
  }

  /// The cache folder of a split's source at its revision.
  package static func folder(of split: SplitDeclaration) -> String {
    let text = "\(split.source)@\(split.revision.isEmpty ? "unpinned" : split.revision)"
    var name = ""
    for character in text.replacing("/", with: "--") {
      let isSafe = character.isASCII && (character.isLetter || character.isNumber)
      name.append(isSafe || "._@-".contains(character) ? character : "_")
    }
    return name
  }
}
