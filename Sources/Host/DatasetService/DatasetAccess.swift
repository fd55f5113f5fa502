// What preparing may reach beyond its folders: the network as far as it is allowed, and a process for compiled plugins.
internal import Datasets
package import Download

/// How sources are reached.
package struct DatasetAccess: Sendable {
  /// What a compiled dataset plugin is asked for.
  package struct CompiledRequest: Sendable {
    /// The folder of its plugin.toml.
    package var folder: String
    package var split: String
    package var cacheRoot: String
    /// The JSONL file to write.
    package var outputPath: String
    /// The cache folder of what it fetches.
    package var cacheFolder: String
  }

  /// Has a compiled plugin write a split, in a process of its own; returns its manifest as JSON.
  package typealias Compiled = @Sendable (CompiledRequest) throws -> [UInt8]

  package var policy: DownloadPolicy
  private let compiled: Compiled

  /// Joins the ways out.
  package init(policy: DownloadPolicy, compiled: @escaping Compiled) {
    self.policy = policy
    self.compiled = compiled
  }

  /// Has a compiled plugin write a split.
  func prepare(_ request: CompiledRequest) throws(DatasetError) -> [UInt8] {
    do { return try compiled(request) } catch { throw DatasetError("\(error)") }
  }
}
