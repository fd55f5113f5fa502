// The elements that are open, and the rules about them: each end tag closes the last one opened, and
// there is one root.

/// A stack of element names.
struct XMLOpenElements: Sendable {
  /// Nesting beyond this is refused.
  static var depthLimit: Int { 256 }

  /// The names one after another.
  private var names: [UInt8] = []
  private var elements: [(nameStart: Int, line: Int)] = []
  /// Whether the root element has been opened.
  private(set) var hasRoot = false

  var depth: Int { elements.count }

  mutating func open(_ name: Span<UInt8>, line: Int) throws(TableError) {
    if depth == 0, hasRoot {
      throw TableError(line: line, message: "a second root element '<\(name.text)>' begins here")
    }
    if depth == Self.depthLimit {
      throw TableError(line: line, message: "more than \(Self.depthLimit) elements are open")
    }
    hasRoot = true
    elements.append((names.count, line))
    names.append(name)
  }

  /// Throws unless `name` is the last one opened.
  func check(closing name: Span<UInt8>, line: Int) throws(TableError) {
    guard let last = elements.last else {
      throw TableError(line: line, message: "'</\(name.text)>' closes nothing")
    }
    let open = names.span.extracting(last.nameStart...)
    if !open.hasSameBytes(as: name) {
      throw TableError(
        line: line,
        message: "'</\(name.text)>' stands where '<\(open.text)>' of line \(last.line) must close")
    }
  }

  mutating func closeLast() {
    guard let last = elements.popLast() else { return }
    names.removeSubrange(last.nameStart...)
  }

  /// What is wrong if the document ends now.
  func faultAtEnd(line: Int) -> TableError? {
    if let last = elements.last {
      let name = names.span.extracting(last.nameStart...).text
      return TableError(line: last.line, message: "the element '<\(name)>' never closes")
    }
    return hasRoot ? nil : TableError(line: line, message: "the file holds no element")
  }
}

extension Span<UInt8> {
  func hasSameBytes(as other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}
