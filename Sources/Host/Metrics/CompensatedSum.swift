// Neumaier's compensated sum: the rounding error of every addition is kept and added at the end, so
// that a sum of millions of terms is right to about one unit in the last place.

/// A running sum that loses no digits to the size of what was summed before.
struct CompensatedSum {
  private var sum = 0.0
  private var lost = 0.0

  mutating func add(_ term: Double) {
    let next = sum + term
    lost += sum.magnitude >= term.magnitude ? (sum - next) + term : (term - next) + sum
    sum = next
  }

  var value: Double { sum + lost }
}
