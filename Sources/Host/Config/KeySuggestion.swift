// "Did you mean": the nearest of the known words, by the number of slips that part them.

/// The slips between two words: a character more, fewer, other, or two neighbours swapped.
///
/// The optimal-string-alignment form of Damerau-Levenshtein: no stretch is edited twice.
package func editDistance(_ left: String, _ right: String) -> Int {
  let left = Array(left.unicodeScalars)
  let right = Array(right.unicodeScalars)
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for row in 0..<left.count {
    var current = [row + 1]
    for column in 0..<right.count {
      let change = left[row] == right[column] ? 0 : 1
      var best = min(last[column + 1] + 1, current[column] + 1, last[column] + change)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        best = min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    beforeLast = last
    last = current
  }
  return last[right.count]
}

/// The known word nearest to an unknown one, or nil when none is near enough to be meant.
///
/// One slip is allowed in words of up to four characters, two up to seven, three beyond.
package func nearestKey(to word: String, among known: [String]) -> String? {
  let length = word.unicodeScalars.count
  let allowed = length <= 4 ? 1 : length <= 7 ? 2 : 3
  let ranked = known.map { (word: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
  guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= allowed else {
    return nil
  }
  return best.word
}

/// The end of a sentence about an unknown word: the nearest known one, or all there are.
func suggestion(for word: String, among known: [String], quote: String = "'") -> String {
  if let nearest = nearestKey(to: word, among: known) {
    return "did you mean \(quote)\(nearest)\(quote)?"
  }
  return "known here: " + known.map { quote + $0 + quote }.joined(separator: ", ")
}
