// `evalhost datasets bundle export|import`: prepared splits with their manifests, from machine to machine.
internal import Arguments
internal import DatasetService
internal import Datasets

/// Carries prepared splits.
enum DatasetsBundle {
  static func run(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let bundle = DatasetBundle(
      dataRoot: try command.required("data"), file: try command.required("file"))
    let splits: [BundledSplit]
    switch command.operand {
    case "export": splits = try bundle.export(slugs: command.values("split"))
    case "import":
      guard !command.has("split") else {
        throw UsageError(command.name, "--split is for export; import takes the whole bundle")
      }
      splits = try bundle.import(replacing: command.has("force"))
    default:
      throw UsageError(
        command.name, "'\(printable(command.operand ?? ""))' is neither export nor import")
    }
    for split in splits {
      try console.write(
        "\(split.slug)\t\(split.rows) rows\t\(split.checksum)\(split.isNew ? "" : "\tis there")\n")
    }
    return .done
  }
}
