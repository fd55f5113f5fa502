// Whole powers of real and complex balls.

/// A value times itself, by squaring.
///
/// `exponent` is not negative; `one` is the power to 0.
func powerBySquaring<Value>(
  _ base: Value, _ exponent: Int, one: Value, times: (Value, Value) -> Value
) -> Value {
  var result = one
  var base = base
  var rest = exponent
  while rest > 0 {
    if rest & 1 == 1 { result = times(result, base) }
    rest >>= 1
    if rest > 0 { base = times(base, base) }
  }
  return result
}
