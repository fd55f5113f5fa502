// Where something stands in a TOML text, and what is said when it cannot be read.

/// A place in a text: line and column, both from 1.
///
/// The column counts Unicode scalars, so a tab counts one and an emoji of one scalar counts one;
/// a byte order mark at the start of the text is not counted.
package struct SourcePosition: Equatable, Hashable, Comparable, Sendable {
  /// The line, from 1; lines end at LF, also inside CR LF.
  package var line: Int
  /// The column in Unicode scalars, from 1.
  package var column: Int

  /// The first character of a text.
  package static let start = SourcePosition(line: 1, column: 1)

  /// Makes a position from a line and a column, both from 1.
  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// Orders positions as a reader meets them.
  package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

extension SourcePosition: CustomStringConvertible {
  /// The position as `line:column`.
  package var description: String { "\(line):\(column)" }
}

/// Why a text is not TOML 1.0: what is wrong and what to do about it, and where.
package struct TOMLError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One sentence without the position, in lower case, without a full stop.
  package var message: String
  /// The first character that is wrong.
  package var position: SourcePosition

  /// Makes an error from its sentence and its place.
  package init(message: String, position: SourcePosition) {
    self.message = message
    self.position = position
  }

  /// The error as `line:column: message`.
  package var description: String { "\(position): \(message)" }
}
