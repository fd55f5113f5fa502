// Every dataset that ships: its declaration over a small source of its own format, row by row.
//
//   fixtures/<benchmark>/<split>.<anything>          the source's files in the order of the declaration's, rows of our own
//   fixtures/<benchmark>/<split>.prepared.jsonl      what must come out
//   fixtures/<benchmark>/<split>.counts.json         {"bad": n, "filtered": n, "repaired": n}, where not all 0
//
// A file for the Hub's rows API holds its rows, one a line. A split of many files may have fewer here: the first ones.

import Datasets
import Declarations
import Foundation
import JSONFormat
import Model
import PluginHost
import Posix
import Prepare
import TestSupport
import Testing

/// The repository's folder.
private let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()
private let fixtures = root.appendingPathComponent("Tests/Unit/Prepare/fixtures")

/// A split that has a fixture.
struct ShippedSplit: Sendable, CustomTestStringConvertible {
  var benchmark: String
  var split: String

  var testDescription: String { "\(benchmark)_\(split)" }

  static let all: [ShippedSplit] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: fixtures.path)) ?? []
    return names.sorted().flatMap { benchmark in
      let folder = fixtures.appendingPathComponent(benchmark)
      let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return files.sorted().filter { $0.hasSuffix(".prepared.jsonl") }.map {
        ShippedSplit(benchmark: benchmark, split: String($0.dropLast(".prepared.jsonl".count)))
      }
    }
  }()

  /// The source's files, in the order of their names.
  var sources: [String] {
    let folder = fixtures.appendingPathComponent(benchmark).path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.sorted().filter {
      $0.hasPrefix("\(split).") && !$0.hasSuffix(".prepared.jsonl") && !$0.hasSuffix(".counts.json")
    }.map { "\(folder)/\($0)" }
  }
}

struct ShippedDatasetTests {
  private static let plugins: [DatasetPlugin] = {
    let catalog = try? PluginCatalog.discover(
      folder: root.appendingPathComponent("Plugins").path)
    return (catalog?.entries ?? []).compactMap { entry in
      entry.manifest.dataset.map {
        DatasetPlugin(
          id: entry.manifest.id, version: entry.manifest.version,
          licence: entry.manifest.license, folder: entry.folder, declaration: $0)
      }
    }
  }()

  @Test(arguments: ShippedSplit.all)
  func `each source becomes the rows that its evaluator reads`(_ shipped: ShippedSplit) throws {
    var plugin = try #require(
      Self.plugins.first { $0.declaration.benchmark == shipped.benchmark },
      "no plugin for \(shipped.benchmark)")
    let sources = shipped.sources
    let place = try #require(
      plugin.declaration.splits.firstIndex { $0.split == shipped.split })
    // A fixture is smaller than what it stands for.
    plugin.declaration.splits[place].rows = nil
    let files = plugin.declaration.splits[place].files
    plugin.declaration.splits[place].files = Array(files.prefix(sources.count))
    let folder = try TemporaryFolder()
    var given = 0
    let fetch = SourceFetch { _, _, _ in
      defer { given += 1 }
      return LocalFile(path: sources[given], sha256: "00", url: "https://example.org/\(given)")
    }
    let counts = try Self.counts(shipped)
    let manifest = try Preparation(
      plugin: plugin, split: shipped.split,
      context: DatasetPrepareContext(
        dataRoot: folder.path, cacheRoot: folder.path, artifactRoot: nil, hostVersion: "test"),
      badRowLimit: counts[0], fetch: fetch
    ).run()
    let prepared = "\(folder.path)/\(shipped.benchmark)/\(shipped.split).jsonl"
    let expected = fixtures.appendingPathComponent(
      "\(shipped.benchmark)/\(shipped.split).prepared.jsonl"
    ).path
    let lines = try Self.lines(prepared)
    #expect(lines == (try Self.lines(expected)))
    #expect(manifest.rowCount == lines.count)
    let provenance = try JSONValue.parse(Array(manifest.provenance.utf8))
    let names = ["bad_rows", "filtered_rows", "repaired_rows"]
    #expect(names.map { provenance[$0]?.integer } == counts.map(Int64.init))
  }

  @Test func `every declaration has a fixture and names a licence`() throws {
    let covered = Set(ShippedSplit.all.map(\.benchmark))
    for plugin in Self.plugins where plugin.declaration.mapping != nil {
      #expect(covered.contains(plugin.declaration.benchmark), "\(plugin.id) has no fixture")
      #expect(!plugin.licence.isEmpty, "\(plugin.id) names no licence")
    }
    #expect(Self.plugins.count >= 1)
  }

  private static func lines(_ path: String) throws -> [String] {
    String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Bad, filtered and repaired rows that a fixture holds.
  private static func counts(_ shipped: ShippedSplit) throws -> [Int] {
    let path = fixtures.appendingPathComponent(
      "\(shipped.benchmark)/\(shipped.split).counts.json"
    ).path
    guard let bytes = try Files.readIfPresent(path) else { return [0, 0, 0] }
    let value = try JSONValue.parse(bytes)
    return ["bad", "filtered", "repaired"].map { Int(value[$0]?.integer ?? 0) }
  }
}
