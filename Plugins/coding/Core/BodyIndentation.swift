// The indentation of a body that a model wrote below a head. Models lose the first line's blanks, all
// of them, or take tabs; Python refuses what does not fit the head.

/// Makes a body fit the head above it.
enum BodyIndentation {
  /// Columns of the first line below the last function head of `head`; four when there is none.
  static func wanted(below head: [UInt8]) -> Int {
    let outline = PythonOutline(head)
    return firstLine(outline)?.indent ?? 4
  }

  /// The blanks before that line, as they stand.
  static func blanks(below head: [UInt8]) -> String {
    let outline = PythonOutline(head)
    guard let line = firstLine(outline) else { return "    " }
    return outline.text(line).prefix { $0 == 0x20 || $0 == 0x09 }.text
  }

  private static func firstLine(_ outline: PythonOutline) -> PythonOutline.Line? {
    let last = outline.lines.lastIndex {
      outline.isTop($0) && PythonOutline.functionName(outline.text($0)) != nil
    }
    guard let last else { return nil }
    return outline.lines[(last + 1)...].first { $0.isFresh && !$0.isBare && $0.indent > 0 }
  }

  /// The body with its lines moved as far as it takes to fit.
  ///
  /// A first line that the second shows to have lost its blanks gets them back; a body that is indented
  /// otherwise than the head is moved as a whole, up to what stands at the left of the page below it.
  static func mended(_ body: [UInt8], below head: [UInt8]) -> [UInt8] {
    let wanted = wanted(below: head)
    let untabbed = head.contains(UInt8(ascii: "\t")) ? body : withoutLeadingTabs(body)
    let outline = PythonOutline(untabbed)
    let written = outline.lines.filter { $0.isFresh && !$0.isBare }
    guard let first = written.first, first.indent != wanted else { return untabbed }
    let opensBlock = outline.text(first).trimmed.last == UInt8(ascii: ":")
    let second = written.dropFirst().first?.indent
    if let second, opensBlock ? second > wanted && second > first.indent : second == wanted {
      return moved(outline, by: wanted - first.indent) { $0.start == first.start }
    }
    let end = first.indent == 0 ? nil : written.first { $0.indent == 0 }?.start
    return moved(outline, by: wanted - first.indent) {
      ($0.isFresh || $0.isBare) && $0.start < end ?? .max
    }
  }

  /// The source with the chosen lines moved to the right, or to the left as far as they have spaces.
  static func moved(
    _ outline: PythonOutline, by columns: Int, _ isMoved: (PythonOutline.Line) -> Bool
  ) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(outline.source.count + 64)
    for (index, line) in outline.lines.enumerated() {
      if index > 0 { out.append(UInt8(ascii: "\n")) }
      var text = outline.text(line)
      if isMoved(line), !text.trimmed.isEmpty {
        if columns > 0 {
          out += [UInt8](repeating: 0x20, count: columns)
        } else {
          text = text.dropFirst(min(-columns, text.prefix { $0 == 0x20 }.count))
        }
      }
      out += text
    }
    if outline.source.last == UInt8(ascii: "\n") { out.append(UInt8(ascii: "\n")) }
    return out
  }

  /// Each tab before a line's first character as four spaces.
  private static func withoutLeadingTabs(_ body: [UInt8]) -> [UInt8] {
    guard body.contains(UInt8(ascii: "\t")) else { return body }
    var out: [UInt8] = []
    out.reserveCapacity(body.count + 64)
    var isLeading = true
    for byte in body {
      if isLeading, byte == UInt8(ascii: "\t") {
        out += [0x20, 0x20, 0x20, 0x20]
        continue
      }
      isLeading = byte == UInt8(ascii: "\n") || (isLeading && byte == 0x20)
      out.append(byte)
    }
    return out
  }
}
