// Where the shared test data lies: `shared/data` beside the repository, which a checkout may lack.

import Foundation

/// Finds the folder `name` of the shared data, walking up from this file; nil if there is none.
func sharedData(_ name: String) -> URL? {
  var folder = URL(filePath: #filePath)
  while folder.pathComponents.count > 1 {
    folder.deleteLastPathComponent()
    let candidate = folder.appending(path: "shared/data/\(name)")
    if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
  }
  return nil
}
