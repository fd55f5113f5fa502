// The suggestion in "did you mean": the known name with the fewest edits.

/// The candidate nearest to a mistyped name, or nil when none is near enough to be meant.
///
/// Near enough is at most one edit for each three bytes, two at least. Of equals the first wins.
package func nearestName<Names: Sequence<String>>(to name: String, in candidates: Names) -> String?
{
  let wanted = Array(name.utf8)
  let limit = max(2, wanted.count / 3)
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(wanted, Array(candidate.utf8))
    if distance <= limit, distance < best?.distance ?? Int.max { best = (candidate, distance) }
  }
  return best?.name
}

/// Insertions, deletions and replacements that lead from one byte string to the other.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var row = Array(0...right.count)
  for (position, byte) in left.enumerated() {
    var diagonal = row[0]
    row[0] = position + 1
    for column in right.indices {
      let replaced = diagonal + (right[column] == byte ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
    }
  }
  return row[right.count]
}

/// The clause `; did you mean 'x'?`, or nothing when no candidate is near.
func suggestion<Names: Sequence<String>>(for name: String, in candidates: Names) -> String {
  nearestName(to: name, in: candidates).map { "; did you mean '\($0)'?" } ?? ""
}
