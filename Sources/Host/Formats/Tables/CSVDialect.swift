// Which bytes part the fields of a table, and whether quotes mean anything in it.

/// The flavour of a table of delimited fields.
package struct CSVDialect: Equatable, Sendable {
  /// The byte between two fields.
  package let delimiter: UInt8
  /// Whether a field may stand in quotes, and then hold delimiters, line ends and doubled quotes.
  package let isQuoted: Bool

  /// Fields parted by `delimiter`; nil for a byte that cannot part fields.
  ///
  /// It must be ASCII and neither a line end nor, in a quoted flavour, the quote.
  package init?(delimiter: UInt8, isQuoted: Bool = true) {
    guard delimiter < 0x80, delimiter != .lineFeed, delimiter != .carriageReturn,
      !(isQuoted && delimiter == .quote)
    else { return nil }
    self.init(checked: delimiter, isQuoted: isQuoted)
  }

  private init(checked delimiter: UInt8, isQuoted: Bool) {
    self.delimiter = delimiter
    self.isQuoted = isQuoted
  }

  /// Commas and quotes, as RFC 4180 has it.
  package static let csv = CSVDialect(checked: UInt8(ascii: ","), isQuoted: true)
  /// Tabs and quotes, as spreadsheets and pandas write it.
  package static let tsv = CSVDialect(checked: .tab, isQuoted: true)
  /// Tabs and no quoting at all: the text/tab-separated-values that IANA registers.
  package static let plainTSV = CSVDialect(checked: .tab, isQuoted: false)
}
