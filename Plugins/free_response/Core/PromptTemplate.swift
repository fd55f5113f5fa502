// Templates of prompts. A template is cut into pieces once; filling writes the pieces one after the
// other, so text from the data is never searched for placeholders.

/// A prompt text with named places such as `<Q>`.
package struct PromptTemplate: Sendable {
  /// What a template can ask for.
  package enum Slot: String, CaseIterable, Sendable {
    /// The question of the row.
    case question = "<Q>"
    /// The subject of the row.
    case subject = "<SUBJECT>"
    /// The few-shot examples, already written out.
    case shots = "<SHOTS>"
  }

  private enum Piece: Sendable {
    case text(String)
    case slot(Slot)
  }

  private let pieces: [Piece]

  /// Cuts a template at its placeholders; any other `<...>` is plain text.
  ///
  /// `ending` is put behind it as it is.
  package init(_ template: String, ending: String = "") {
    let bytes = Array(template.utf8)
    var pieces: [Piece] = []
    var textStart = 0
    var index = 0
    func closeText(at end: Int) {
      if end > textStart {
        pieces.append(.text(String(decoding: bytes[textStart..<end], as: UTF8.self)))
      }
    }
    scan: while index < bytes.count {
      if bytes[index] == UInt8(ascii: "<") {
        for slot in Slot.allCases where bytes[index...].starts(with: slot.rawValue.utf8) {
          closeText(at: index)
          pieces.append(.slot(slot))
          index += slot.rawValue.utf8.count
          textStart = index
          continue scan
        }
      }
      index += 1
    }
    closeText(at: bytes.count)
    if !ending.isEmpty { pieces.append(.text(ending)) }
    self.pieces = pieces
  }

  /// The template with its places filled, in one pass.
  package func filled(question: String, subject: String = "", shots: String = "") -> String {
    var out = String()
    out.reserveCapacity(question.utf8.count + shots.utf8.count + 64)
    for piece in pieces {
      switch piece {
      case .text(let text): out += text
      case .slot(.question): out += question
      case .slot(.subject): out += subject
      case .slot(.shots): out += shots
      }
    }
    return out
  }
}
