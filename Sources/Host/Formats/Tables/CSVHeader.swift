// The names of a table's columns, from its first record or from the caller.

/// Turns what a header holds into names that are all there and all different.
enum CSVHeader {
  /// The names in the header record; a column without one is named by its position.
  ///
  /// So the index column that pandas writes without a name is `column1`.
  static func names(in record: TableRecord) throws(TableError) -> [String] {
    let names = (0..<record.count).map { index in
      let name = record.text(at: index)
      return name.isEmpty ? TableRecord.positionalName(index) : name
    }
    try check(names, line: record.start.line)
    return names
  }

  static func check(_ names: [String], line: Int) throws(TableError) {
    var positions: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      if name.isEmpty {
        throw TableError(line: line, message: "the name of column \(index + 1) is empty")
      }
      if let earlier = positions.updateValue(index, forKey: name) {
        throw TableError(
          line: line,
          message: "columns \(earlier + 1) and \(index + 1) are both named '\(name)'; "
            + "give each column a name of its own")
      }
    }
  }
}
