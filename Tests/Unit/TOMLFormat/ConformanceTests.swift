// The field's own conformance suite, toml-test, and what it does not ask: positions, sentences
// of errors, and that written text reads back the same.

import Foundation
import TOMLFormat
import Testing

@Suite struct `TOML conformance` {
  // Skipped, with a line that says so, where the shared data folder is not beside the checkout.
  @Test(.enabled(if: sharedSuite() != nil, "toml-test is not in ../shared/data; skipped"))
  func `every valid file of toml-test decodes to its tagged JSON and survives writing`() throws {
    let suite = try #require(sharedSuite())
    var failures: [String] = []
    let files = try listed("valid/", in: suite)
    for file in files {
      do {
        let table = try TOMLTable(parsing: bytes(of: suite + "/" + file))
        let wanted = try json(Array(bytes(of: suite + "/" + file.dropLast(5) + ".json")))
        let got = try json(Array(table.taggedJSON().utf8))
        if !agrees(got, wanted) { failures.append("\(file): \(table.taggedJSON())") }
        let written = TOMLWriter.text(table)
        let again = try TOMLTable(parsing: written)
        if !agrees(try json(Array(again.taggedJSON().utf8)), wanted) {
          failures.append("\(file): written as \(written)")
        }
        if TOMLWriter.text(again) != written { failures.append("\(file): not canonical") }
      } catch {
        failures.append("\(file): \(error)")
      }
    }
    #expect(files.count == 210)
    #expect(failures == [])
  }

  // Skipped, with a line that says so, where the shared data folder is not beside the checkout.
  @Test(.enabled(if: sharedSuite() != nil, "toml-test is not in ../shared/data; skipped"))
  func `every invalid file of toml-test is refused at a place inside it`() throws {
    let suite = try #require(sharedSuite())
    var failures: [String] = []
    let files = try listed("invalid/", in: suite)
    for file in files {
      let content = try bytes(of: suite + "/" + file)
      do {
        let table = try TOMLTable(parsing: content)
        failures.append("\(file): accepted as \(table.taggedJSON())")
      } catch {
        let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let place = error.position
        if place.line > lines.count || place.column > lines[place.line - 1].count + 1 {
          failures.append("\(file): \(error) lies outside the text")
        }
      }
    }
    #expect(files.count == 499)
    #expect(failures == [])
  }
}

/// The folder of toml-test in the shared data beside the checkout, or nil.
private func sharedSuite() -> String? {
  var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
  while folder.path != "/" {
    folder.deleteLastPathComponent()
    for shared in ["shared", "../shared"] {
      let suite = folder.appendingPathComponent("\(shared)/data/toml-test").standardizedFileURL.path
      if FileManager.default.fileExists(atPath: suite + "/files-toml-1.0.0") { return suite }
    }
  }
  return nil
}

private func listed(_ kind: String, in suite: String) throws -> [String] {
  let list = String(decoding: try bytes(of: suite + "/files-toml-1.0.0"), as: UTF8.self)
  return list.split(whereSeparator: \.isNewline).map(String.init)
    .filter { $0.hasPrefix(kind) && $0.hasSuffix(".toml") }
}

private func bytes(of path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

private func json(_ bytes: [UInt8]) throws -> Any {
  try JSONSerialization.jsonObject(with: Data(bytes))
}

/// Compares tagged JSON: floats as numbers, times without regard to zeros that end a fraction.
private func agrees(_ got: Any, _ wanted: Any) -> Bool {
  if let got = got as? [Any], let wanted = wanted as? [Any] {
    return got.count == wanted.count && zip(got, wanted).allSatisfy { agrees($0, $1) }
  }
  guard let got = got as? [String: Any], let wanted = wanted as? [String: Any] else { return false }
  if let type = wanted["type"] as? String, let value = wanted["value"] as? String {
    guard let gotValue = got["value"] as? String, got["type"] as? String == type else {
      return false
    }
    if type == "float" { return sameFloat(gotValue, value) }
    if type.contains("date") || type.contains("time") {
      return withoutFractionZeros(gotValue) == withoutFractionZeros(value)
    }
    return Array(gotValue.utf8) == Array(value.utf8)
  }
  return got.count == wanted.count
    && wanted.allSatisfy { key, value in got[key].map { agrees($0, value) } ?? false }
}

private func sameFloat(_ got: String, _ wanted: String) -> Bool {
  guard let got = Double(got), let wanted = Double(wanted) else { return false }
  return got == wanted || (got.isNaN && wanted.isNaN)
}

private func withoutFractionZeros(_ text: String) -> String {
  guard let point = text.firstIndex(of: ".") else { return text }
  let end = text[point...].dropFirst().firstIndex { !$0.isNumber } ?? text.endIndex
  var fraction = text[point..<end]
  while fraction.last == "0" { fraction.removeLast() }
  return String(text[..<point] + (fraction == "." ? "" : fraction) + text[end...])
}
