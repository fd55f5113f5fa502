// One element of [[datasets]], and the two ways to say which split it is: a slug, or name and split.

import TOMLFormat

extension RunConfigDecoder {
  func dataset(_ index: Int, _ table: TOMLTable, _ at: SourcePosition) -> DatasetConfig {
    let reader = SectionReader(
      table, at: at, path: ["datasets", String(index)], label: "[[datasets]]",
      keys: [
        "slug", "name", "split", "prepare", "limit", "max_bad_rows", "path", "allow_incomplete",
        "compat_mode",
      ] + DatasetDefaults.keys, log: log)
    let identity = identity(reader)
    var dataset = DatasetConfig(name: identity?.name ?? "", split: identity?.split ?? "")
    dataset.prepare = reader.choice("prepare") ?? dataset.prepare
    dataset.limit = reader.integer("limit", in: 1...Int.max)
    dataset.maxBadRows = reader.integer("max_bad_rows", in: 0...Int.max)
    dataset.path = reader.string("path")
    dataset.allowIncomplete = reader.bool("allow_incomplete") ?? false
    dataset.compatMode = reader.bool("compat_mode") ?? false
    dataset.task = DatasetDefaults(reader)
    if dataset.shotsSplit != nil, dataset.shots == 0 {
      reader.refuse(
        "shots_split",
        "'shots_split' in [[datasets]] has no effect without 'shots'; set shots or remove it")
    }
    return dataset
  }

  private func identity(_ reader: SectionReader) -> (name: String, split: String)? {
    let slug = reader.string("slug")
    let name = reader.identifier("name")
    let split = reader.identifier("split")
    if reader.table["slug"] != nil {
      if reader.table["name"] != nil || reader.table["split"] != nil {
        reader.refuse("slug", "'slug' in [[datasets]] excludes 'name' and 'split'; keep one way")
        return nil
      }
      return slug.flatMap { identity(ofSlug: $0, reader) }
    }
    if reader.table["name"] == nil, reader.table["split"] == nil {
      reader.refuse("slug", "[[datasets]] needs 'slug', or 'name' and 'split'")
      return nil
    }
    reader.require("name", "split")
    guard let name, let split else { return nil }
    return (name, split)
  }

  private func identity(
    ofSlug slug: String, _ reader: SectionReader
  ) -> (name: String, split: String)? {
    guard isIdentifier(slug) else {
      reader.refuse("slug", badIdentifier("'slug' in [[datasets]]", slug))
      return nil
    }
    let (name, split) = DatasetSlug.split(DatasetSlug.canonical(slug))
    if split.isEmpty {
      reader.refuse(
        "slug", "slug '\(slug)' ends in no split that is known; write 'name' and 'split' instead")
      return nil
    }
    if DatasetSlug.subsets.contains(split), name != "hle" {
      reader.refuse(
        "slug",
        "slug '\(slug)' would be benchmark '\(name)' and split '\(split)'; "
          + "write the whole slug, e.g. '\(slug)_test', or 'name' and 'split'")
      return nil
    }
    return (name, split)
  }
}
