// The document while it is being read. A header may add to a table that an earlier header only
// implied, and a dotted key only to tables that dotted keys made; values, inline tables among
// them, are closed. Those rules need to know how each table came to be, which the finished
// TOMLTable does not keep.

/// A table under construction.
final class TableNode {
  /// How the table came to be, which decides who may add to it.
  enum Origin {
    /// By its own header, or as an element of an array of tables, or as the root.
    case header
    /// As the parent of a table with a header: its own header may still come, once.
    case implied
    /// By a dotted key: only further dotted keys of the same section, or sub-tables, add to it.
    case dotted
  }

  enum Item {
    case value(TOMLValue)
    case table(TableNode)
    case tables([TableNode])
  }

  var origin: Origin
  var position: SourcePosition
  private(set) var keys: [TOMLKeyPart] = []
  private var items: [[UInt8]: Item] = [:]

  init(_ origin: Origin, at position: SourcePosition) {
    self.origin = origin
    self.position = position
  }

  func item(_ part: TOMLKeyPart) -> Item? { items[part.bytes] }

  /// Where a key that is there was first written.
  func firstPosition(_ part: TOMLKeyPart) -> SourcePosition {
    keys.first { $0.bytes == part.bytes }?.position ?? position
  }

  func set(_ part: TOMLKeyPart, _ item: Item) {
    if items.updateValue(item, forKey: part.bytes) == nil { keys.append(part) }
  }

  /// The finished table.
  func frozen() -> TOMLTable {
    var table = TOMLTable()
    for key in keys {
      guard let item = items[key.bytes] else { continue }
      let value =
        switch item {
        case .value(let value): value
        case .table(let node): TOMLValue(.table(node.frozen()), at: node.position)
        case .tables(let nodes):
          TOMLValue(
            .array(nodes.map { TOMLValue(.table($0.frozen()), at: $0.position) }),
            at: nodes.first?.position ?? key.position)
        }
      table.set(TOMLEntry(key: key.text, keyPosition: key.position, value: value))
    }
    return table
  }
}

/// One part of a dotted key.
struct TOMLKeyPart {
  var text: String
  var position: SourcePosition
  var bytes: [UInt8]

  init(text: String, position: SourcePosition) {
    self.text = text
    self.position = position
    bytes = Array(text.utf8)
  }
}

extension TableNode {
  /// The table a header names, made or found; `[a.b]`.
  func openTable(_ path: [TOMLKeyPart], at position: SourcePosition) throws(TOMLError) -> TableNode
  {
    let (parent, last) = try parent(of: path)
    switch parent.item(last) {
    case nil:
      let node = TableNode(.header, at: position)
      parent.set(last, .table(node))
      return node
    case .table(let node) where node.origin == .implied:
      node.origin = .header
      node.position = position
      return node
    case .table:
      throw last.alreadyDefined(
        "a table", at: parent.firstPosition(last), "put its keys under one header")
    case .tables:
      throw last.alreadyDefined(
        "an array of tables", at: parent.firstPosition(last), "add an element with double brackets")
    case .value:
      throw last.alreadyDefined("a value", at: parent.firstPosition(last), "rename one of the two")
    }
  }

  /// A new element of the array of tables a header names; `[[a.b]]`.
  func appendTable(
    _ path: [TOMLKeyPart], at position: SourcePosition
  ) throws(TOMLError) -> TableNode {
    let (parent, last) = try parent(of: path)
    let node = TableNode(.header, at: position)
    switch parent.item(last) {
    case nil: parent.set(last, .tables([node]))
    case .tables(let nodes): parent.set(last, .tables(nodes + [node]))
    case .table:
      throw last.alreadyDefined("a table", at: parent.firstPosition(last), "rename one of the two")
    case .value:
      throw last.alreadyDefined(
        "a value", at: parent.firstPosition(last), "an inline array cannot be added to; rename one")
    }
    return node
  }

  /// Puts a value under a dotted key.
  func insert(_ path: [TOMLKeyPart], _ value: TOMLValue) throws(TOMLError) {
    var node = self
    for part in path.dropLast() {
      switch node.item(part) {
      case nil:
        let made = TableNode(.dotted, at: part.position)
        node.set(part, .table(made))
        node = made
      case .table(let found) where found.origin == .dotted: node = found
      case .table, .tables:
        throw part.alreadyDefined(
          "a table with a header", at: node.firstPosition(part), "add the key under that header")
      case .value:
        throw part.alreadyDefined(
          "a value", at: node.firstPosition(part), "a value cannot be extended by a dotted key")
      }
    }
    guard let last = path.last else { return }
    guard node.item(last) == nil else {
      throw last.alreadyDefined("a key", at: node.firstPosition(last), "remove one of the two")
    }
    node.set(last, .value(value))
  }

  private func parent(
    of path: [TOMLKeyPart]
  ) throws(TOMLError) -> (node: TableNode, last: TOMLKeyPart) {
    var node = self
    for part in path.dropLast() {
      switch node.item(part) {
      case nil:
        let made = TableNode(.implied, at: part.position)
        node.set(part, .table(made))
        node = made
      case .table(let found): node = found
      case .tables(let found): node = found.last ?? node
      case .value:
        throw part.alreadyDefined(
          "a value", at: node.firstPosition(part), "a value cannot be extended by a header")
      }
    }
    // A header has at least one part: the grammar refuses an empty key.
    return (node, path.last ?? TOMLKeyPart(text: "", position: position))
  }
}

extension TOMLKeyPart {
  func alreadyDefined(_ what: String, at first: SourcePosition, _ remedy: String) -> TOMLError {
    TOMLError(
      message: "'\(text)' is already defined as \(what) at line \(first.line); \(remedy)",
      position: position)
  }
}
