// What the [dataset] table of a plugin.toml says, as values: where a benchmark's rows come from and how each
// becomes a row that an evaluator reads. docs/datasets.md is its description for authors.
package import JSONFormat

/// A dataset plugin that is data alone, or what is known of a compiled one without loading it.
package struct DatasetDeclaration: Equatable, Sendable {
  /// The benchmark, such as `gsm8k`.
  package var benchmark: String
  /// The source of splits that name none of their own.
  package var source: String
  /// What a user must do before the source can be read; nil for open ones.
  package var gated: String?
  /// Its splits, in the order of the file; none twice.
  package var splits: [SplitDeclaration]
  /// How rows are made; nil where a library makes them.
  package var mapping: RowMapping?

  /// The split of a name.
  package func split(_ name: String) -> SplitDeclaration? { splits.first { $0.split == name } }
}

/// One split and where its rows are.
package struct SplitDeclaration: Equatable, Sendable {
  /// The split's name here, such as `test`.
  package var split: String
  /// The split's name at the source, which may be another one.
  package var sourceSplit: String
  /// Its source as a manifest names it: a hub name, a repository, a site.
  package var source: String
  /// The commit, tag or date that its places are pinned to; empty when they are not.
  package var revision: String
  /// The places of its rows, in the order in which they are read.
  package var files: [SourceFile]
  /// Rows that the prepared split must have; nil when that is not known.
  package var rows: Int?
  /// Rows that are dropped, beside those of the mapping.
  package var filters: [RowFilter]

  /// Whether `revision` is a whole commit.
  package var hasCommit: Bool {
    revision.utf8.count == 40 && revision.allSatisfy(\.isHexDigit)
  }

  /// Whether every place is pinned as far as the declaration can: by a digest, or by a whole commit.
  package var isPinned: Bool {
    files.allSatisfy { file in
      if file.sha256 != nil { return true }
      return switch file.place {
      case .local: true
      case .url(let url): hasCommit && url.contains(revision)
      case .hub: hasCommit
      }
    }
  }
}

/// One place of rows.
package struct SourceFile: Equatable, Sendable {
  /// Where it is.
  package enum Place: Equatable, Sendable {
    /// At an http or https URL.
    case url(String)
    /// Rows that the Hub serves for a set that exists only as Parquet.
    case hub(dataset: String, config: String, split: String)
    /// Beside the plugin.toml.
    case local(String)
  }

  /// Where it is.
  package var place: Place
  /// Lower-case hex SHA-256 of the file; nil when it is not pinned.
  package var sha256: String?
  /// How its rows are written.
  package var format: RowFormat
  /// Whether bare `NaN` and `Infinity`, which Python writes and JSON does not have, are let through as they stand.
  package var allowsPythonNumbers: Bool
  /// What it is packed in.
  package var packing: Packing
  /// Values of this file alone, which rows see as `@name`.
  package var variables: [FileVariable]
}

/// A value that all rows of a file share.
package struct FileVariable: Equatable, Sendable {
  /// Without the `@`.
  package var name: String
  package var value: String

  /// Pairs a name with its value.
  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// What a file is packed in.
package enum Packing: Equatable, Sendable {
  case none
  case gzip
  /// An archive, of which the members that match a pattern are read in the order of their names.
  case archive(ArchiveFormat, members: String)
}

/// The archives that are unpacked.
package enum ArchiveFormat: String, CaseIterable, Sendable {
  case zip
  case tar
  case tarGzip = "tar.gz"
}

/// How rows are written in a file.
package enum RowFormat: Equatable, Sendable {
  /// One JSON object a line; unwrapped, the row is the value of that object's only member.
  case jsonLines(unwraps: Bool)
  /// One array of objects, or one inside an object, below `member`.
  case json(member: [String])
  /// Lines of fields between `delimiter`; names from the first line unless they are given.
  case table(delimiter: UInt8, quotes: Bool, columns: [String]?)
  /// One element of a name for each row; attributes and child elements are its fields.
  case xml(element: String)
}

/// How a source row becomes a prepared row.
package struct RowMapping: Equatable, Sendable {
  /// Fields that are taken over under their own names, first in the prepared row.
  package var copied: [String]
  /// Fields that are made, in their order.
  package var fields: [FieldMapping]
  /// Choices and the letter of the right one, after the fields.
  package var choices: ChoiceMapping?
  /// Rows that are dropped.
  package var filters: [RowFilter]
  /// Known faults of the source that are mended, and counted.
  package var repairs: [RowRepair]
  /// Rows are put in the order of this field's text, byte for byte; nil leaves them in the source's.
  package var sort: FieldPath?

  /// Joins the parts.
  package init(
    copied: [String] = [], fields: [FieldMapping] = [], choices: ChoiceMapping? = nil,
    filters: [RowFilter] = [], repairs: [RowRepair] = [], sort: FieldPath? = nil
  ) {
    self.sort = sort
    self.copied = copied
    self.fields = fields
    self.choices = choices
    self.filters = filters
    self.repairs = repairs
  }
}

/// One field of the prepared row.
package struct FieldMapping: Equatable, Sendable {
  /// Where the value begins.
  package enum Origin: Equatable, Sendable {
    /// The first of these fields that is there and not null.
    case fields([FieldPath])
    case template(RowTemplate)
    case constant(JSONValue)
    /// The first whose condition holds.
    indirect case cases([FieldCase])
  }

  /// Its name in the prepared row.
  package var name: String
  package var origin: Origin
  /// What is done to the value, in order.
  package var steps: [Step]
  /// Whether a row without it is right, and the field then left out.
  package var isOptional: Bool
}

/// One way to make a field, and when it is the right one.
package struct FieldCase: Equatable, Sendable {
  /// Nil for the one that always is.
  package var condition: RowFilter?
  package var field: FieldMapping
}

/// A field of a source row: names and indexes from the row inwards, written `a.b.0`.
package struct FieldPath: Equatable, Hashable, Sendable {
  /// The parts; the first one is the row's own field, or `@name` for a variable of the file.
  package var parts: [String]

  /// Takes `a.b.0` apart; `\.` is a dot of a name.
  package init(_ text: String) {
    var parts = [""]
    var isEscaped = false
    for character in text {
      if isEscaped {
        parts[parts.count - 1].append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "." {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    self.parts = parts
  }

  /// The row's own field.
  package var root: String { parts[0] }
  /// As it is written.
  package var text: String { parts.joined(separator: ".") }
}

/// Choices of a question and which is right.
package struct ChoiceMapping: Equatable, Sendable {
  /// Where the choices are.
  package enum Origin: Equatable, Sendable {
    /// One field each.
    case columns([FieldPath])
    /// One field that holds a list.
    case list(FieldPath)
  }

  /// How the source says which one is right.
  package enum AnswerKind: String, CaseIterable, Sendable {
    /// `A` is the first.
    case letter
    /// 0 is the first.
    case index
    /// 1 is the first.
    case number
    /// It repeats the choice.
    case text
    /// The first choice is the right one, before they are shuffled.
    case first
    /// The last choice is.
    case last
  }

  package var origin: Origin
  /// How the answer is made; nil for `first` and `last`.
  package var answer: FieldMapping?
  package var kind: AnswerKind
  /// What is done to each choice.
  package var steps: [Step]
  /// Whether choices without text are left out.
  package var dropsEmpty: Bool
  /// Choices change places by one generator for the whole split; nil leaves them.
  package var shuffleSeed: UInt32?
}

/// Which rows are kept.
package struct RowFilter: Equatable, Sendable {
  /// What is asked of a field.
  package enum Test: Equatable, Sendable {
    /// Absent, null, or text without anything but blanks; an empty list or object.
    case empty
    /// As text one of these.
    case oneOf([String])
    /// Its text has a match of a regular expression.
    case matches(String)
    /// One of these holds; the filter's own field says nothing.
    indirect case any([RowFilter])
  }

  package var field: FieldPath
  package var test: Test
  /// Whether rows that pass the test are dropped, not those that do not.
  package var isNegated: Bool
}

/// A known fault of the source.
package struct RowRepair: Equatable, Sendable {
  /// The field that tells the row, and the text it begins with.
  package var field: FieldPath
  package var prefix: String
  /// What is set in the prepared row.
  package var values: [JSONMember]
}

/// Text with fields in `{}`; `{{` and `}}` are braces.
package struct RowTemplate: Equatable, Sendable {
  /// A part of it.
  package enum Piece: Equatable, Sendable {
    case text(String)
    case field(FieldPath)
  }

  package var pieces: [Piece]

  /// Cuts a text at its fields; nil when a brace has no partner.
  package init?(_ text: String) {
    pieces = []
    let bytes = Array(text.utf8)
    let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    var literal: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let isDouble = index + 1 < bytes.count && bytes[index + 1] == byte
      if byte == open || byte == close, isDouble {
        literal.append(byte)
        index += 2
      } else if byte == open {
        guard let end = bytes[index...].firstIndex(of: close), end > index + 1 else { return nil }
        if !literal.isEmpty { pieces.append(.text(String(decoding: literal, as: UTF8.self))) }
        literal = []
        let name = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
        pieces.append(.field(FieldPath(name)))
        index = end + 1
      } else if byte == close {
        return nil
      } else {
        literal.append(byte)
        index += 1
      }
    }
    if !literal.isEmpty { pieces.append(.text(String(decoding: literal, as: UTF8.self))) }
  }
}
