// A split that a library writes, in a process of its own; its downloads are the host's, in that process.
internal import DatasetService
internal import Download
internal import Glibc
internal import JSONFormat
internal import PluginHost
internal import Posix

/// Which split, where to, and how sources are reached.
struct PrepareQuestion: Equatable {
  var split: String
  var cacheRoot: String
  var cacheFolder: String
  var outputPath: String
  var reach: DatasetReach

  init(_ request: DatasetAccess.CompiledRequest, _ reach: DatasetReach) {
    split = request.split
    cacheRoot = request.cacheRoot
    cacheFolder = request.cacheFolder
    outputPath = request.outputPath
    self.reach = reach
  }

  init?(_ value: JSONValue) {
    guard let split = value["split"]?.string, let cacheRoot = value["cache_root"]?.string,
      let cacheFolder = value["cache_folder"]?.string, let output = value["output"]?.string,
      let reach = value["reach"].flatMap(DatasetReach.init)
    else { return nil }
    self.split = split
    self.cacheRoot = cacheRoot
    self.cacheFolder = cacheFolder
    outputPath = output
    self.reach = reach
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("split", split)
    writer.member("cache_root", cacheRoot)
    writer.member("cache_folder", cacheFolder)
    writer.member("output", outputPath)
    writer.key("reach")
    reach.write(to: &writer)
    writer.endObject()
  }

  /// Has the dataset of a library write the split; returns its manifest with what was fetched for it.
  func answer(_ library: PluginLibrary) throws -> [UInt8] {
    let dataset = try DatasetInstance(
      library, component: try library.component(.dataset), configuration: Array("{}".utf8),
      observer: CallObserver(onLog: InspectorProcess.print))
    let downloader = Downloader(cacheRoot: cacheRoot, policy: reach.policy) { progress in
      // Each line is a sign of life for the parent, which passes it on.
      if let line = DatasetReport.words(progress) { writeToStandardError("\(line)\n") }
    }
    var fetched: [DownloadedFile] = []
    var isPinned = true
    let fetch = FetchService { url, sha256 throws(CallFailure) in
      do throws(DownloadError) {
        let file = try downloader.fetch(
          RemoteFile(
            url: url, sha256: sha256.isEmpty ? nil : sha256, folder: cacheFolder,
            name: try DatasetService.cacheName(of: url)))
        fetched.append(file)
        let holdsCommit = url.split(separator: "/").contains {
          $0.utf8.count == 40 && $0.allSatisfy(\.isHexDigit)
        }
        isPinned = isPinned && (!sha256.isEmpty || holdsCommit)
        return file.path
      } catch { throw CallFailure(status: .io, message: "\(error)") }
    }
    let manifest = try dataset.prepare(
      DatasetPreparation(split: split, cacheRoot: cacheRoot, outputPath: outputPath),
      fetch: fetch)
    var members = try JSONValue.parse(manifest).members ?? []
    members.removeAll { ["source_urls", "source_checksum", "pinned"].contains($0.key) }
    members.append(
      JSONMember(
        key: "source_urls",
        value: .array(fetched.map { .string(String($0.url.prefix { $0 != "?" })) })))
    var digest = SHA256()
    for file in fetched { digest.update(field: file.sha256) }
    let checksum = fetched.count == 1 ? fetched[0].sha256 : digest.finish().hex
    members.append(JSONMember(key: "source_checksum", value: .string("sha256:\(checksum)")))
    members.append(JSONMember(key: "pinned", value: .bool(isPinned)))
    return try JSONValue.object(members).serialized()
  }
}
