// `evalhost datasets list`: what lies ready under a data root, and what plugins offer beside it.
internal import Arguments
internal import Datasets
internal import Declarations
internal import JSONFormat
internal import Model
internal import PluginHost
internal import Posix

/// Lists splits.
enum DatasetsList {
  private struct Split {
    var benchmark: String
    var split: String
    var path: String
    /// Nil for one that is not there yet.
    var bytes: Int?
    var manifest: DatasetManifest?
    /// What a plugin says of it.
    var offer: (plugin: String, source: String, rows: Int?, licence: String)?
  }

  static func run(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let root = try command.required("data")
    var splits: [Split] = []
    // With plugins a data root that is not there yet is an empty one.
    if !command.has("plugins") || FileKind.of(root) != .missing {
      splits = try prepared(root, console)
    }
    if let plugins = command.value("plugins") { try offer(plugins, root, &splits, console) }
    try console.write(command.has("json") ? json(splits) : table(splits, console))
    return .done
  }

  private static func prepared(_ root: String, _ console: Console) throws -> [Split] {
    let benchmarks: [String]
    do throws(PosixError) { benchmarks = try namesInFolder(root) } catch {
      throw CommandFailure(.usage, "\(error); --data names the folder of prepared splits")
    }
    var splits: [Split] = []
    for benchmark in benchmarks where FileKind.of("\(root)/\(benchmark)") == .folder {
      for name in try namesInFolder("\(root)/\(benchmark)") where name.hasSuffix(".jsonl") {
        let path = "\(root)/\(benchmark)/\(name)"
        var split = Split(
          benchmark: benchmark, split: String(name.dropLast(6)), path: path,
          bytes: try Descriptor.reading(path).stamp().size)
        do throws(DatasetError) { split.manifest = try ManifestFile.read(besides: path) } catch {
          console.say(printable(error.description))
        }
        splits.append(split)
      }
    }
    return splits
  }

  /// Adds what plugins offer, in the order of their benchmarks.
  private static func offer(
    _ folder: String, _ root: String, _ splits: inout [Split], _ console: Console
  ) throws {
    let catalog = try pluginCatalog(folder)
    for problem in catalog.problems { console.say(printable(problem.description)) }
    for entry in catalog.entries {
      guard let declaration = entry.manifest.dataset else { continue }
      for declared in declaration.splits {
        let place = splits.firstIndex {
          $0.benchmark == declaration.benchmark && $0.split == declared.split
        }
        var split =
          place.map { splits[$0] }
          ?? Split(
            benchmark: declaration.benchmark, split: declared.split,
            path: "\(root)/\(declaration.benchmark)/\(declared.split).jsonl")
        split.offer = (
          entry.manifest.id, declaration.source, declared.rows, entry.manifest.license
        )
        if let place { splits[place] = split } else { splits.append(split) }
      }
    }
    splits.sort { ($0.benchmark, $0.split) < ($1.benchmark, $1.split) }
  }

  private static func table(_ splits: [Split], _ console: Console) -> [UInt8] {
    var table = TextTable(["BENCHMARK", "SPLIT", "ROWS", "SIZE", "SOURCE"])
    for split in splits {
      let source = split.manifest.map { manifest in
        manifest.revision.isEmpty
          ? manifest.sourceDataset : "\(manifest.sourceDataset)@\(manifest.revision)"
      }
      table.add([
        TableCell(split.benchmark), TableCell(split.split),
        (split.manifest?.rowCount ?? split.offer?.rows).map { TableCell($0) } ?? "-",
        split.bytes.map { TableCell(byteText(UInt64($0))) } ?? "not prepared",
        TableCell(source ?? (split.bytes == nil ? split.offer?.source : nil) ?? "no manifest"),
      ])
    }
    return Array(table.text(inColour: console.isColoured).utf8)
  }

  private static func json(_ splits: [Split]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginArray()
    for split in splits {
      writer.beginObject()
      writer.member("benchmark", split.benchmark)
      writer.member("split", split.split)
      writer.member("path", split.path)
      writer.member("prepared", split.bytes != nil)
      writer.member("bytes", split.bytes.map { Int64($0) })
      writer.member("plugin", split.offer?.plugin)
      writer.key("manifest")
      if let manifest = split.manifest {
        writer.beginObject()
        writer.member("source_dataset", manifest.sourceDataset)
        writer.member("source_split", manifest.sourceSplit)
        writer.member("revision", manifest.revision)
        writer.member("checksum", manifest.checksum)
        writer.member("row_count", Int64(manifest.rowCount))
        writer.endObject()
      } else {
        writer.null()
      }
      writer.endObject()
    }
    writer.endArray()
    writer.endLine()
    return writer.bytes
  }
}
