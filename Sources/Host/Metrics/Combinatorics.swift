// The one piece of combinatorics behind pass@k and pass^k.

/// The chance that k draws without replacement from n things are all among the m marked ones.
///
/// That is C(m, k) / C(n, k), computed as a product of ratios in 0...1, so that nothing overflows.
/// The product is also C(n-k, n-m) / C(n, n-m), which has n - m factors instead of k; the shorter
/// one is taken. The relative error is at most two units in the last place a factor.
///
/// - Parameters:
///   - m: How many of the n are marked; 0...n.
///   - k: How many are drawn; 1...n.
///   - n: How many there are.
/// - Returns: The chance, in 0...1.
func chanceAllMarked(_ m: Int, draws k: Int, outOf n: Int) -> Double {
  if m < k { return 0 }
  if k == 1 { return Double(m) / Double(n) }
  let (factors, less) = k <= n - m ? (k, n - m) : (n - m, k)
  var chance = 1.0
  for i in 0..<factors {
    chance *= Double(n - less - i) / Double(n - i)
  }
  return chance
}

/// The unbiased estimate of pass@k for one sample: the chance that k of its n tries hold a pass.
///
/// 1 - C(n-c, k) / C(n, k), for c passes in n tries (Chen et al. 2021, "Evaluating Large Language
/// Models Trained on Code"). The caller has made sure that n >= k.
func passAtK(passed c: Int, of n: Int, k: Int) -> Double {
  if k == 1 { return Double(c) / Double(n) }
  return 1 - chanceAllMarked(n - c, draws: k, outOf: n)
}

/// The unbiased estimate of pass^k for one sample: the chance that k of its n tries all pass.
///
/// C(c, k) / C(n, k), for c passes in n tries (Yao et al. 2024, "tau-bench"). The caller has made
/// sure that n >= k.
func passHatK(passed c: Int, of n: Int, k: Int) -> Double {
  chanceAllMarked(c, draws: k, outOf: n)
}
