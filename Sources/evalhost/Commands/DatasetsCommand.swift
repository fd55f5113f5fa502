// `evalhost datasets list`: what lies ready under a data root.
internal import Arguments
internal import Datasets
internal import JSONFormat
internal import Model
internal import Posix

/// Lists prepared splits.
enum DatasetsCommand {
  private struct Split {
    var benchmark: String
    var split: String
    var path: String
    var bytes: Int
    var manifest: DatasetManifest?
  }

  static func list(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let root = try command.required("data")
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
    try console.write(command.has("json") ? json(splits) : table(splits, console))
    return .done
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
        split.manifest.map { TableCell($0.rowCount) } ?? "-",
        TableCell(byteText(UInt64(split.bytes))), TableCell(source ?? "no manifest"),
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
      writer.member("bytes", Int64(split.bytes))
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
