// Names of entries, which somebody else has chosen: only those that stay inside the folder, on any system.

/// A name that was found harmless.
struct EntryName: Equatable {
  /// The longest component that Linux file systems take, in bytes.
  private static let longestComponent = 255

  /// The components from the destination down; none for the destination itself.
  let components: [String]
  /// True when the name ends in a slash, as those of folders do.
  let endsInSlash: Bool

  /// The components with slashes between them.
  var path: String { components.joined(separator: "/") }

  /// Checks a name as it was packed; one leading "./" is dropped, because `tar c .` writes it.
  ///
  /// A backslash is refused although Linux allows it: it is a separator elsewhere, so a name with one means two
  /// different things. So are control characters, which no file of data has in its name.
  init(_ bytes: [UInt8], _ limits: UnpackLimits) throws(UnpackError) {
    guard bytes.count <= limits.pathBytes else {
      throw UnpackError(.tooLarge, "has a name longer than \(limits.pathBytes) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UnpackError(.unsupported, "has a name that is not UTF-8")
    }
    guard !bytes.contains(0) else {
      throw UnpackError(.hostile, "has a zero byte in its name")
    }
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw UnpackError(.hostile, "has control characters in its name")
    }
    guard !bytes.contains(UInt8(ascii: "\\")) else {
      throw UnpackError(.hostile, "has a backslash in its name")
    }
    guard bytes.first != UInt8(ascii: "/") else {
      throw UnpackError(.hostile, "has an absolute path as its name")
    }
    // Split as bytes: to a `String` a slash with a combining mark behind it is no slash.
    var parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if parts.count > 1, parts.first.map(EntryName.isDot) == true { parts.removeFirst() }
    endsInSlash = parts.count > 1 && parts.last?.isEmpty == true
    if endsInSlash { parts.removeLast() }
    // What is left of "./" and "." is the destination.
    let isDestination =
      parts.count == 1 && (EntryName.isDot(parts[0]) || parts[0].isEmpty && bytes.count == 2)
    if isDestination { parts = [] }
    try EntryName.check(parts, limits)
    components = parts.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func isDot(_ part: ArraySlice<UInt8>) -> Bool { part.elementsEqual(".".utf8) }

  private static func check(
    _ parts: [ArraySlice<UInt8>], _ limits: UnpackLimits
  ) throws(UnpackError) {
    guard parts.count <= limits.depth else {
      throw UnpackError(.tooLarge, "is more than \(limits.depth) folders deep")
    }
    for part in parts {
      if part.isEmpty { throw UnpackError(.hostile, "has an empty component in its name") }
      if isDot(part) || part.elementsEqual("..".utf8) {
        throw UnpackError(.hostile, "has a '.' or '..' in its name")
      }
      if part.count > longestComponent {
        throw UnpackError(
          .unsupported, "has a component longer than \(longestComponent) bytes in its name")
      }
    }
  }
}
