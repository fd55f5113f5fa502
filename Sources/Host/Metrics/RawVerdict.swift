// What comes in: one verdict as it was read, before anybody has checked it. Nothing here is trusted;
// the normaliser alone turns such rows into something that a metric accepts.
//
// There are four kinds of "not correct", and they are never mixed: fail, unparsed and error are
// outcomes, and a verdict that is missing is none at all; `Coverage` counts it.

package import Model

extension Outcome {
  /// Whether the model was judged at all: everything but `error`.
  package var isJudged: Bool { self != .error }
}

/// One verdict as it was read from a store or a file, not yet checked.
package struct RawVerdict: Sendable, Equatable {
  /// The sample's place in its split, from 0; nil when the row had none or it was not an integer.
  package var sampleIndex: Int64?
  /// The try's number, from 0; nil when the row had none or it was not an integer.
  package var repeatIndex: Int64?
  /// The outcome's code, which should be a raw value of `Outcome`.
  package var outcomeCode: Int
  /// A hash of the normalised answer, for majority votes and to tell conflicts; 0 when there is none.
  package var answerHash: UInt64
  /// The sample's group, as `NameTable` interned it; -1 when it has none.
  package var group: Int32

  /// Makes a row out of what was read; nothing is checked here.
  package init(
    sampleIndex: Int64?, repeatIndex: Int64?, outcomeCode: Int, answerHash: UInt64 = 0,
    group: Int32 = -1
  ) {
    self.sampleIndex = sampleIndex
    self.repeatIndex = repeatIndex
    self.outcomeCode = outcomeCode
    self.answerHash = answerHash
    self.group = group
  }
}

/// Names interned to small integers, so that a million rows hold no strings.
package struct NameTable: Sendable {
  /// The names, each at the place that is its id.
  package private(set) var names: [String] = []
  private var ids: [String: Int32] = [:]

  /// Makes a table with no names.
  package init() {}

  /// The id of a name, from 0 in order of first use; a new name is added.
  package mutating func id(of name: String) -> Int32 {
    if let known = ids[name] { return known }
    let id = Int32(names.count)
    names.append(name)
    ids[name] = id
    return id
  }
}
