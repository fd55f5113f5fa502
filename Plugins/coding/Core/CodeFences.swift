// Blocks of code in Markdown, as models write them: fences that are indented, glued to a line of
// text, never closed, or longer than three backquotes.

/// The fenced blocks of a text, in order.
struct CodeFences {
  /// One block.
  struct Block {
    /// What stands in it, without the indentation of its fence.
    let content: [UInt8]
    /// The language that it names, in small letters; empty when it names none.
    let language: String
    /// Whether its closing fence is there.
    let isClosed: Bool

    /// Whether it may be Python: it says so, or says nothing.
    var mayBePython: Bool { language.isEmpty || language.hasPrefix("py") }
  }

  let blocks: [Block]

  /// The blocks of `text`.
  ///
  /// - Parameters:
  ///   - text: Markdown.
  ///   - isOpen: Whether the prompt ended with an open fence, so that `text` begins inside a block.
  init(_ text: [UInt8], isOpen: Bool) {
    let fences = Self.fences(text)
    var blocks: [Block] = []
    var open: (content: Int, ticks: Int, indent: Int, language: String)?
    if isOpen { open = (0, 3, 0, "python") }
    var index = 0
    while index < fences.count {
      let fence = fences[index]
      index += 1
      if let begun = open {
        guard fence.count >= begun.ticks else { continue }
        blocks.append(
          Self.block(text[begun.content..<fence.start], begun.indent, begun.language, true))
        open = nil
        continue
      }
      let start = fence.start + fence.count
      let isInline = index < fences.count && fences[index].start < fence.lineEnd
      let info = text[start..<min(fence.lineEnd, start + Self.longestInfo)]
      let word = info.drop(while: \.isBlank).prefix { !$0.isBlank && $0 != UInt8(ascii: "{") }
      if isInline {
        // Opened and closed on one line: the first word is the language only if it names Python.
        let isNamed = ["py", "python", "python3"].contains(word.text.lowercased())
        let content = isNamed ? word.endIndex : start
        let blanks = text[content..<fence.lineEnd].prefix(while: \.isBlank).count
        open = (content + blanks, fence.count, 0, isNamed ? "python" : "")
      } else {
        let content = min(fence.lineEnd + 1, text.count)
        open = (content, fence.count, fence.indent, word.text.lowercased())
      }
    }
    if let begun = open {
      blocks.append(Self.block(text[begun.content...], begun.indent, begun.language, false))
    }
    self.blocks = blocks
  }

  /// Bytes of a fence's line that are looked at for the language.
  private static let longestInfo = 64

  private struct Fence {
    let start: Int
    let count: Int
    /// Blanks before it on its line; 0 when anything else is.
    let indent: Int
    let lineEnd: Int
  }

  /// Every run of three or more backquotes, found line by line so that no line is searched twice.
  private static func fences(_ text: [UInt8]) -> [Fence] {
    let ticks = Array("```".utf8)
    var fences: [Fence] = []
    var lineStart = 0
    while lineStart < text.count {
      let lineEnd = text[lineStart...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      let line = text[lineStart..<lineEnd]
      let blanks = line.prefix { $0 == 0x20 }.count
      var at = line.firstPlace(of: ticks)
      while let start = at {
        let end = line[start...].firstIndex { $0 != ticks[0] } ?? lineEnd
        let indent = start == lineStart + blanks ? blanks : 0
        fences.append(Fence(start: start, count: end - start, indent: indent, lineEnd: lineEnd))
        at = line.firstPlace(of: ticks, from: end)
      }
      lineStart = lineEnd + 1
    }
    return fences
  }

  private static func block(
    _ content: ArraySlice<UInt8>, _ indent: Int, _ language: String, _ isClosed: Bool
  ) -> Block {
    guard indent > 0 else {
      return Block(content: Array(content), language: language, isClosed: isClosed)
    }
    var bare: [UInt8] = []
    bare.reserveCapacity(content.count)
    var left = indent
    for byte in content {
      if left > 0 && byte == 0x20 {
        left -= 1
        continue
      }
      left = byte == UInt8(ascii: "\n") ? indent : 0
      bare.append(byte)
    }
    return Block(content: bare, language: language, isClosed: isClosed)
  }

  /// What LiveCodeBench takes: the lines between the last two that hold a fence; nothing when there
  /// are fewer than two.
  static func betweenLastTwoLines(of text: [UInt8]) -> ArraySlice<UInt8>? {
    let ticks = Array("```".utf8)
    let feed = UInt8(ascii: "\n")
    guard let closing = text.lastPlace(of: ticks) else { return nil }
    guard let closingLine = text[..<closing].lastIndex(of: feed) else { return nil }
    guard let opening = text[..<closingLine].lastPlace(of: ticks) else { return nil }
    let openingEnd = text[opening...].firstIndex(of: feed) ?? closingLine
    return openingEnd < closingLine ? text[(openingEnd + 1)..<closingLine] : []
  }
}
