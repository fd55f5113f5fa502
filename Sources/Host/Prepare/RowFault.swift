// Why a source row cannot become a prepared one.

/// A bad row.
package struct RowFault: Error, Equatable, Sendable {
  /// What is wrong with it, naming the field.
  package var reason: String

  /// Says what is wrong.
  package init(_ reason: String) { self.reason = reason }
}
