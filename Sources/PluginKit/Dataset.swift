// What a dataset plugin supplies: what it offers, and one prepared split written to a file.
public import JSONFormat
internal import PluginAPI

/// What the host wants prepared; valid only until `prepare` returns.
public struct PrepareRequest {
  /// The split's name, such as `test`.
  public let split: String
  /// Where downloads are kept; may be emptied between runs.
  public let cacheRoot: String
  /// The JSONL file to write: one JSON object a line, equal bytes every time.
  public let outputPath: String
  private let fetcher: UnsafePointer<evh_fetch>?
  private let call: UnsafePointer<evh_call>?

  init(
    _ request: UnsafePointer<evh_prepare>?, _ call: UnsafePointer<evh_call>?
  ) throws(PluginFailure) {
    let request = try required(request, "prepare request")
    try checkSize(request.pointee.struct_size, atLeast: MinimumSize.prepare, "evh_prepare")
    split = request.pointee.split.string
    cacheRoot = request.pointee.cache_root.string
    outputPath = request.pointee.output_path.string
    fetcher = request.pointee.fetch
    if let fetcher {
      try checkSize(fetcher.pointee.struct_size, atLeast: MinimumSize.fetch, "evh_fetch")
    }
    self.call = call
  }

  /// Whether the host does no network; `fetch` then finds nothing.
  public var isOffline: Bool { fetcher == nil }

  /// The path of a local file with the bytes of `url`, fetched, checked and kept by the host.
  ///
  /// `sha256` is lower-case hex; empty = unknown.
  public func fetch(_ url: String, sha256: String = "") throws(PluginFailure) -> String {
    guard let fetcher, let get = fetcher.pointee.get else {
      throw PluginFailure(.notFound, "cannot fetch \(url): the host is offline")
    }
    var path: [UInt8] = []
    var error = evh_error()
    error.struct_size = UInt32(MemoryLayout<evh_error>.size)
    let status = withByteSink(into: &path) { sink in
      withText(url) { url in
        withText(sha256) { sha256 in get(fetcher, call, url, sha256, sink, &error) }
      }
    }
    guard status == statusOK else { throw received(error, status) }
    return String(decoding: path, as: UTF8.self)
  }
}

/// A way to make prepared splits.
public protocol Dataset: Sendable {
  /// The component's id, version and promises.
  static var info: ComponentInfo { get }

  /// Opens an instance; `configuration` is a JSON object, empty when the host has nothing to say.
  init(configuration: JSONValue, host: Host) throws(ConfigurationError)

  /// What it offers, as JSON: benchmark, splits, default evaluator and mode.
  func describe(call: CallContext) throws(PluginFailure) -> JSONValue

  /// Writes the split to `request.outputPath` and returns its manifest.
  func prepare(_ request: PrepareRequest, call: CallContext) throws(PluginFailure) -> JSONValue
}

/// An open dataset of a type that the C functions need not know.
class DatasetInstance {
  func describe(
    _ call: UnsafePointer<evh_call>?, _ sink: UnsafePointer<evh_sink>?
  ) throws(PluginFailure) {}

  func prepare(
    _ call: UnsafePointer<evh_call>?, _ request: UnsafePointer<evh_prepare>?,
    _ sink: UnsafePointer<evh_sink>?
  ) throws(PluginFailure) {}
}

/// An open dataset.
final class OpenDataset<Base: Dataset>: DatasetInstance {
  private let base: Base

  init(_ base: Base) { self.base = base }

  override func describe(
    _ call: UnsafePointer<evh_call>?, _ sink: UnsafePointer<evh_sink>?
  ) throws(PluginFailure) {
    try write(try base.describe(call: try CallContext(call)), to: sink)
  }

  override func prepare(
    _ call: UnsafePointer<evh_call>?, _ request: UnsafePointer<evh_prepare>?,
    _ sink: UnsafePointer<evh_sink>?
  ) throws(PluginFailure) {
    let context = try CallContext(call)
    let request = try PrepareRequest(request, call)
    try write(try base.prepare(request, call: context), to: sink)
  }
}

/// The dataset table whose open() is `open`; lives until the process ends.
func datasetTable(open: @escaping OpenFunction) -> UnsafeRawPointer {
  let table = UnsafeMutablePointer<evh_dataset>.allocate(capacity: 1)
  table.initialize(
    to: evh_dataset(
      struct_size: UInt32(MemoryLayout<evh_dataset>.size), flags: 0,
      open: open, close: { release($0) },
      describe: { instance, call, sink, error in
        barrier(error) { () throws(PluginFailure) in
          try object(instance, as: DatasetInstance.self).describe(call, sink)
        }
      },
      prepare: { instance, call, request, sink, error in
        barrier(error) { () throws(PluginFailure) in
          try object(instance, as: DatasetInstance.self).prepare(call, request, sink)
        }
      }))
  return UnsafeRawPointer(table)
}
