// Sets of real numbers as pieces from one end to the other, in order, so that unions, inequalities and
// conditions compare however they are written.

/// An end of a piece.
struct Endpoint: Sendable {
  /// The number; for an infinite end it does not matter.
  var node: Node
  /// -1 or 1 for an infinite end, else 0.
  var infinity: Int
  /// Whether the end belongs to the set.
  var isClosed: Bool
}

/// An interval or a point.
struct Piece: Sendable {
  var lower: Endpoint
  var upper: Endpoint
}

/// A union of pieces.
struct RealSet: Sendable {
  var pieces: [Piece]

  static let everything = RealSet(pieces: [
    Piece(
      lower: Endpoint(node: .empty, infinity: -1, isClosed: false),
      upper: Endpoint(node: .empty, infinity: 1, isClosed: false))
  ])

  static func point(_ node: Node) -> RealSet {
    let end = Endpoint(node: node, infinity: 0, isClosed: true)
    return RealSet(pieces: [Piece(lower: end, upper: end)])
  }

  static func ray(from node: Node, isClosed: Bool) -> RealSet {
    RealSet(pieces: [
      Piece(
        lower: Endpoint(node: node, infinity: 0, isClosed: isClosed),
        upper: Endpoint(node: .empty, infinity: 1, isClosed: false))
    ])
  }

  static func ray(to node: Node, isClosed: Bool) -> RealSet {
    RealSet(pieces: [
      Piece(
        lower: Endpoint(node: .empty, infinity: -1, isClosed: false),
        upper: Endpoint(node: node, infinity: 0, isClosed: isClosed))
    ])
  }
}

/// The arithmetic of sets: ends are ordered by their proven values.
struct RealSetArithmetic: Sendable {
  var budget: Budget

  /// -1, 0 or 1 as the left number is smaller, equal or greater; throws `notScalar` when that cannot be told.
  mutating func order(_ left: Endpoint, _ right: Endpoint) throws(MathError) -> Int {
    if left.infinity != 0 || right.infinity != 0 {
      return left.infinity == right.infinity ? 0 : left.infinity < right.infinity ? -1 : 1
    }
    if left.node == right.node { return 0 }
    if let a = left.node.literal, let b = right.node.literal {
      return a.value == b.value ? 0 : a.value < b.value ? -1 : 1
    }
    let difference = Node.sum([left.node, .negative(right.node)])
    guard difference.variables.isEmpty else { throw .notScalar }
    var normalizer = Normalizer(budget)
    let exact = try? normalizer.fraction(difference)
    budget = normalizer.budget
    if exact?.top.isZero == true { return 0 }
    guard
      let value = try NumericComparison.value(
        difference, SamplePoint(index: 0, isWhole: false), &budget),
      value.imaginary == nil
    else { throw .notScalar }
    if value.real.isPositive { return 1 }
    return value.real.isBelowZero ? -1 : 0
  }

  /// The set in order, without empty pieces, pieces that touch joined.
  mutating func normal(_ set: RealSet) throws(MathError) -> RealSet {
    if set.pieces.count > 40 { throw .tooLarge("it has too many pieces") }
    var sorted: [Piece] = []
    for piece in set.pieces {
      let order = try order(piece.lower, piece.upper)
      if order > 0 || (order == 0 && !(piece.lower.isClosed && piece.upper.isClosed)) { continue }
      var place = sorted.count
      while place > 0, try isBefore(piece.lower, sorted[place - 1].lower) { place -= 1 }
      sorted.insert(piece, at: place)
    }
    var joined: [Piece] = []
    for piece in sorted {
      guard let last = joined.last else {
        joined.append(piece)
        continue
      }
      let gap = try order(piece.lower, last.upper)
      if gap < 0 || (gap == 0 && (piece.lower.isClosed || last.upper.isClosed)) {
        let end = try order(piece.upper, last.upper)
        if end > 0 || (end == 0 && piece.upper.isClosed) {
          joined[joined.count - 1].upper = piece.upper
        }
      } else {
        joined.append(piece)
      }
    }
    return RealSet(pieces: joined)
  }

  private mutating func isBefore(_ left: Endpoint, _ right: Endpoint) throws(MathError) -> Bool {
    let order = try order(left, right)
    return order < 0 || (order == 0 && left.isClosed && !right.isClosed)
  }

  mutating func union(_ left: RealSet, _ right: RealSet) throws(MathError) -> RealSet {
    try normal(RealSet(pieces: left.pieces + right.pieces))
  }

  mutating func intersection(_ left: RealSet, _ right: RealSet) throws(MathError) -> RealSet {
    var pieces: [Piece] = []
    for a in left.pieces {
      for b in right.pieces {
        let low = try order(a.lower, b.lower)
        let high = try order(a.upper, b.upper)
        var lower = low >= 0 ? a.lower : b.lower
        var upper = high <= 0 ? a.upper : b.upper
        if low == 0 { lower.isClosed = a.lower.isClosed && b.lower.isClosed }
        if high == 0 { upper.isClosed = a.upper.isClosed && b.upper.isClosed }
        pieces.append(Piece(lower: lower, upper: upper))
      }
    }
    return try normal(RealSet(pieces: pieces))
  }

  /// What is not in the set.
  mutating func complement(_ set: RealSet) throws(MathError) -> RealSet {
    var pieces: [Piece] = []
    var lower = Endpoint(node: .empty, infinity: -1, isClosed: false)
    for piece in try normal(set).pieces {
      if piece.lower.infinity == 0 {
        pieces.append(
          Piece(
            lower: lower,
            upper: Endpoint(node: piece.lower.node, infinity: 0, isClosed: !piece.lower.isClosed)))
      }
      lower = Endpoint(
        node: piece.upper.node, infinity: piece.upper.infinity, isClosed: !piece.upper.isClosed)
      if piece.upper.infinity != 0 { return RealSet(pieces: pieces) }
    }
    pieces.append(Piece(lower: lower, upper: Endpoint(node: .empty, infinity: 1, isClosed: false)))
    return RealSet(pieces: pieces)
  }

  /// The numbers whose absolute value is in the set.
  mutating func preimageOfAbsolute(_ set: RealSet) throws(MathError) -> RealSet {
    let positive = try intersection(set, .ray(from: .integer(0), isClosed: true))
    let mirrored = positive.pieces.map { piece in
      Piece(lower: mirror(piece.upper), upper: mirror(piece.lower))
    }
    return try normal(RealSet(pieces: positive.pieces + mirrored))
  }

  private func mirror(_ end: Endpoint) -> Endpoint {
    let node: Node = end.node.literal?.value.isZero == true ? end.node : .negative(end.node)
    return Endpoint(node: node, infinity: -end.infinity, isClosed: end.isClosed)
  }
}
