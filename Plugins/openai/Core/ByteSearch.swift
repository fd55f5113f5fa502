// Finding bytes in bytes.

extension [UInt8] {
  /// Where `needle`, which is not empty, first begins at or after `start`.
  func firstPlace(of needle: [UInt8], from start: Int = 0) -> Int? {
    let last = count - needle.count
    guard let first = needle.first, start <= last else { return nil }
    for at in start...last where self[at] == first {
      if self[at..<(at + needle.count)].elementsEqual(needle) { return at }
    }
    return nil
  }
}
