// What an answer is made of once its notation is gone: LaTeX commands, plain text and Unicode signs give the
// same tokens.

/// One token of an answer.
enum Token: Hashable, Sendable {
  /// Digits as `1234.50e-3`, without separators; letters are digits of a base that follows as a subscript.
  case number(String)
  /// A variable or a constant of one letter or a Greek name.
  case symbol(String)
  /// A known function or operator with an argument: `sin`, `sqrt`, `frac`, `sum`.
  case name(String)
  /// A run of letters that is neither: a unit, an answer in words.
  case word(String)
  /// An operator, a bracket or a separator, in one spelling for all notations.
  case mark(String)
}

/// A token and what stood before it.
struct PlacedToken: Sendable {
  var token: Token
  /// True when white space or the edge of a text command separates it from the token before.
  var isApart: Bool
}

/// Which way commas between digits are understood.
package enum CommaReading: Sendable {
  /// `1,234` is a number of thousands; other commas separate.
  case thousands
  /// Every comma separates.
  case separator
  /// A comma between digits is a decimal comma; points between groups of three are separators of thousands.
  case decimal
}
