// The trained tiny model that lies beside the repository, when it does.

import Foundation

/// Access to `../shared/rwkv/model` next to the repository.
enum SharedModel {
  private static let folder: URL? = {
    var place = URL(filePath: #filePath).resolvingSymlinksInPath()
    while place.pathComponents.count > 1 {
      place.deleteLastPathComponent()
      let candidate = place.appending(path: "shared/rwkv/model")
      if FileManager.default.fileExists(atPath: candidate.path(percentEncoded: false)) {
        return candidate
      }
    }
    return nil
  }()

  /// Whether the model is here; tests that need it are skipped otherwise.
  static var isPresent: Bool { folder != nil }

  /// Where its file `name` is.
  static func path(_ name: String) throws -> String {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return folder.appending(path: name).path(percentEncoded: false)
  }
}
