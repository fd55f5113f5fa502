// A dataset plugin in use: what it offers, and the preparation of one split.

import PluginAPI

/// Where a split is to be prepared.
package struct DatasetPreparation: Equatable, Sendable {
  /// The split's name.
  package var split: String
  /// Folder for downloads.
  package var cacheRoot: String
  /// The JSONL file to write.
  package var outputPath: String

  /// Describes one preparation.
  package init(split: String, cacheRoot: String, outputPath: String) {
    self.split = split
    self.cacheRoot = cacheRoot
    self.outputPath = outputPath
  }
}

/// One opened dataset plugin; used from one thread.
package final class DatasetInstance {
  private let instance: OpenInstance
  private let table: evh_dataset

  /// Opens a dataset with its JSON configuration.
  ///
  /// Throws what the plugin says of the configuration (`badConfig`) or how it broke the ABI.
  package init(
    _ library: PluginLibrary, component: PluginComponent, configuration: [UInt8],
    observer: CallObserver
  ) throws(CallFailure) {
    guard case .dataset(let table) = component.table else {
      throw CallFailure(
        status: .invalidArgument,
        message: "\(library.label): component '\(component.id)' is no dataset")
    }
    self.table = table
    instance = try OpenInstance(
      library, component, open: table.open, close: table.close, configuration: configuration,
      observer: observer)
  }

  /// The dataset's own description as JSON.
  package func describe() throws(CallFailure) -> [UInt8] {
    try instance.text("describe") { frame, sink in
      table.describe?(instance.handle, frame.call, sink, frame.error)
    }
  }

  /// Writes one prepared split and returns its manifest as JSON.
  ///
  /// `fetch` is nil when the host is offline; a plugin that must download then fails.
  package func prepare(
    _ preparation: DatasetPreparation, fetch: FetchService?
  ) throws(CallFailure) -> [UInt8] {
    // One list keeps the three texts in place while the plugin reads them.
    let texts = ByteList([
      preparation.split, preparation.cacheRoot, preparation.outputPath,
    ])
    let views = ViewTable()
    return try instance.text("prepare") { frame, sink in
      texts.bytes.withUnsafeBufferPointer { bytes in
        views.fill(texts, bytes: bytes)
        var argument = evh_prepare()
        argument.struct_size = structSize(evh_prepare.self)
        argument.split = views.base[0]
        argument.cache_root = views.base[1]
        argument.output_path = views.base[2]
        argument.fetch = fetch?.pointer
        return withExtendedLifetime(fetch) {
          table.prepare?(instance.handle, frame.call, &argument, sink, frame.error)
        }
      }
    }
  }
}
