internal import Foundation
internal import Testing
internal import TestSupport
@Test func `smoke`() throws {
  let space = try Workspace.sums(100) { i, _ in i % 10 == 0 }
  try space.plugins.addC("nasty", switches: ["NEWER_MINOR"])
  let result = try space.run()
  print(result)
  print(Repository.build.path, SharedData.folder?.path ?? "none")
  print(try space.export("scores"))
}
