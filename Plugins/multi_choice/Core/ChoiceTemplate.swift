// A benchmark's own raw prompt. It is cut into pieces once and filled in one pass: text from the data is never searched
// for placeholders.

/// A prompt text with named places.
package struct ChoiceTemplate: Sendable {
  /// What a template can ask for.
  package enum Slot: String, CaseIterable, Sendable {
    /// The examples, already written out.
    case shots = "<SHOTS>"
    /// The subject of the row, with blanks for `_`.
    case subject = "<SUBJECT>"
    /// The question.
    case question = "<Q>"
    /// The choices, a line each: `A. text`.
    case choices = "<CHOICES>"
  }

  private enum Piece: Sendable {
    case text(String)
    case slot(Slot)
  }

  private let pieces: [Piece]

  /// Cuts a template at its placeholders; any other `<...>` is plain text.
  package init(_ template: String) {
    var pieces: [Piece] = []
    var rest = template.unicodeScalars[...]
    var text = ""
    while let first = rest.first {
      if first == "<",
        let slot = Slot.allCases.first(where: { rest.starts(with: $0.rawValue.unicodeScalars) })
      {
        if !text.isEmpty { pieces.append(.text(text)) }
        text = ""
        pieces.append(.slot(slot))
        rest = rest.dropFirst(slot.rawValue.unicodeScalars.count)
      } else {
        text.unicodeScalars.append(first)
        rest = rest.dropFirst()
      }
    }
    if !text.isEmpty { pieces.append(.text(text)) }
    self.pieces = pieces
  }

  /// Whether the template has a place for something.
  package func has(_ slot: Slot) -> Bool {
    pieces.contains { piece in
      if case .slot(let own) = piece { own == slot } else { false }
    }
  }

  /// The template with its places filled by `write`.
  func fill(_ out: inout String, _ write: (Slot, inout String) -> Void) {
    for piece in pieces {
      switch piece {
      case .text(let text): out += text
      case .slot(let slot): write(slot, &out)
      }
    }
  }
}
