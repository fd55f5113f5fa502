// Versions of plugins, as semver.org 2.0.0 spells them. Only the spelling matters here: the host
// compares versions for equality and never orders them.

/// Whether a text is a semantic version: `1.2.3`, `1.0.0-rc.1`, `1.0.0+build.5`.
package func isSemanticVersion(_ text: String) -> Bool {
  var core = Substring(text)
  if let plus = core.firstIndex(of: "+") {
    guard areIdentifiers(core[core.index(after: plus)...], areNumbersStrict: false) else {
      return false
    }
    core = core[..<plus]
  }
  if let dash = core.firstIndex(of: "-") {
    guard areIdentifiers(core[core.index(after: dash)...], areNumbersStrict: true) else {
      return false
    }
    core = core[..<dash]
  }
  let numbers = core.split(separator: ".", omittingEmptySubsequences: false)
  return numbers.count == 3 && numbers.allSatisfy { isNumber($0) && !hasLeadingZero($0) }
}

/// Dot-separated identifiers; those of digits alone may have no leading zero when strict.
private func areIdentifiers(_ text: Substring, areNumbersStrict: Bool) -> Bool {
  text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
    guard !part.isEmpty, part.utf8.allSatisfy(isIdentifierByte) else { return false }
    return !(areNumbersStrict && isNumber(part) && hasLeadingZero(part))
  }
}

private func isIdentifierByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"):
    true
  default: false
  }
}

private func isNumber(_ text: Substring) -> Bool {
  !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}

private func hasLeadingZero(_ text: Substring) -> Bool { text.utf8.count > 1 && text.first == "0" }
