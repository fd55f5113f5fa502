// What can be done to a value on its way into the prepared row.

/// One thing that is done to a value; a value that it cannot be done to makes a bad row.
package indirect enum Step: Equatable, Sendable {
  /// Which of two places is meant where a text stands more than once.
  package enum End: Equatable, Sendable {
    case first
    case last
  }

  /// Blanks, or the characters given, are taken from both ends.
  case strip(String?)
  /// These characters are taken from the end.
  case stripEnd(String)
  /// Each run of blanks becomes one space, those at the ends none.
  case collapse
  case lower
  case upper
  /// Every place of these texts is removed.
  case remove([String])
  case replace(String, with: String)
  /// What stands before the text; all of it where the text is not there.
  case before(String, End)
  /// What stands after the text, which must be there.
  case after(String, End)
  /// The first group of a regular expression's first match, or all of the match; it must match.
  case match(String)
  /// Every match of a regular expression is replaced; `$1` is its first group.
  case substitute(String, with: String)
  /// What the last `\boxed{}` or `\fbox{}` holds, with its inner braces; it must be there.
  case boxed
  /// The last line that is not blank.
  case lastLine
  /// A decimal number, which loses a fraction that is zero: `18.0` becomes `18`.
  case plainNumber
  case prefix(String)
  case suffix(String)
  /// A text of the list becomes another one; it must be one of the list unless there is a last resort.
  case map([TextPair], otherwise: String?)
  /// A list of texts becomes one text.
  case join(String)
  /// Text that is JSON becomes what it says.
  case parseJSON
  /// A number, of text that is one.
  case number
  /// A whole number, of text that is one.
  case integer
  /// Text, of a number or a truth value.
  case text
  /// The mean of a list of numbers.
  case mean
  /// `true` or `false` as text: whether a number is above another.
  case above(Double)
  /// The first of several ways that can be gone.
  case either([[Step]])
}

/// A text and what it becomes.
package struct TextPair: Equatable, Sendable {
  package var from: String
  package var to: String
}
