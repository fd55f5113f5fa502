// exp and log against the C library, whose own error is below one unit in the last place.

import Foundation
import RWKV7Core
import Testing

struct DeterministicMathTests {
  @Test func `exp is within 1e-15 of the result`() {
    var random = RandomGenerator(seed: 41)
    var worst = 0.0
    for _ in 0..<40_000 {
      let x = (random.nextUnit() - 0.5) * 1416
      let expected = Foundation.exp(x)
      worst = max(worst, abs(DeterministicMath.exp(x) - expected) / expected)
    }
    for _ in 0..<40_000 {
      let x = (random.nextUnit() - 0.5) * 4
      let expected = Foundation.exp(x)
      worst = max(worst, abs(DeterministicMath.exp(x) - expected) / expected)
    }
    print("exp: greatest relative error \(worst)")
    #expect(worst < 1e-15)
  }

  @Test func `log is within 1e-15 of the result or of the distance to 1`() {
    var random = RandomGenerator(seed: 42)
    var worst = 0.0
    for round in 0..<80_000 {
      let x =
        round % 2 == 0
        ? Foundation.exp((random.nextUnit() - 0.5) * 1400) : 0.5 + random.nextUnit() * 1.5
      let expected = Foundation.log(x)
      worst = max(
        worst, abs(DeterministicMath.log(x) - expected) / max(abs(expected), abs(x - 1), 1e-300))
    }
    print("log: greatest relative error \(worst)")
    #expect(worst < 1e-15)
  }

  @Test func `the ends of the ranges are as IEEE 754 has them`() {
    #expect(DeterministicMath.exp(0) == 1)
    #expect(DeterministicMath.exp(-.infinity) == 0)
    #expect(DeterministicMath.exp(-1e300) == 0)
    #expect(DeterministicMath.exp(.infinity) == .infinity)
    #expect(DeterministicMath.exp(709.7) < .infinity)
    #expect(DeterministicMath.exp(710) == .infinity)
    #expect(DeterministicMath.exp(-745) == .leastNonzeroMagnitude)
    #expect(DeterministicMath.exp(.nan).isNaN)
    #expect(DeterministicMath.log(1) == 0)
    #expect(DeterministicMath.log(0) == -.infinity)
    #expect(DeterministicMath.log(-1).isNaN)
    #expect(DeterministicMath.log(.nan).isNaN)
    #expect(DeterministicMath.log(.infinity) == .infinity)
    #expect(abs(DeterministicMath.log(.leastNonzeroMagnitude) + 744.4400719213812) < 1e-12)
  }

  @Test func `the power of two is within 2e-7 and eight at once are as one`() {
    var worst = 0.0
    for step in 0...6_300 {
      let x = Float(step) * -0.02
      let one = DeterministicMath.exp2(x)
      worst = max(worst, abs(Double(one) / Foundation.exp2(Double(x)) - 1))
      let eight = DeterministicMath.exp2(SIMD8<Float>(repeating: 0).replacing(with: x, where: lane))
      #expect(eight[3].bitPattern == one.bitPattern && eight[0] == 1)
    }
    print("exp2: greatest relative error \(worst)")
    #expect(worst < 2e-7)
    #expect(DeterministicMath.exp2(Float(0)) == 1)
  }

  private var lane: SIMDMask<SIMD8<Int32>> {
    var mask = SIMDMask<SIMD8<Int32>>(repeating: false)
    mask[3] = true
    return mask
  }

  @Test func `exp of four negative numbers is that of each`() {
    var random = RandomGenerator(seed: 43)
    for _ in 0..<3000 {
      let x = SIMD4<Double>(
        -random.nextUnit(), -40 * random.nextUnit(), -700 * random.nextUnit(), 0)
      let all = DeterministicMath.expOfNegative(x)
      for index in 0..<4 { #expect(all[index] == DeterministicMath.exp(x[index])) }
    }
    let outer = DeterministicMath.expOfNegative([-.infinity, -701, -1e300, -0.0])
    #expect(outer == [0, 0, 0, 1])
  }

  /// The bits that a program in another language with the same operations gives.
  @Test func `the bits are the same everywhere`() {
    let powers: [(Double, UInt64)] = [
      (-0.1, 0x3FEC_F46D_99D5_2B3A), (-1.0, 0x3FD7_8B56_362C_EF38),
      (-37.25, 0x3C93_278B_CD70_E981), (0.3, 0x3FF5_9905_8C8C_1A96),
      (88.5, 0x47E9_9B98_7155_FE28), (-699.0, 0x00E7_8694_FE9F_73CC), (-744.0, 2),
    ]
    for (x, bits) in powers { #expect(DeterministicMath.exp(x).bitPattern == bits) }
    let logarithms: [(Double, UInt64)] = [
      (0.1, 0xC002_6BB1_BBB5_5515), (3.0, 0x3FF1_93EA_7AAD_030B),
      (1e+300, 0x4085_9634_47F8_7FB5), (1.0000001, 0x3E7A_D7F2_847B_6491),
      (65536.5, 0x4026_2E43_FEF9_F9EF),
    ]
    for (x, bits) in logarithms { #expect(DeterministicMath.log(x).bitPattern == bits) }
    let halvings: [(Float, UInt32)] = [
      (0, 0x3F80_0000), (-0.1, 0x3F6E_DB40), (-0.5, 0x3F35_04F2), (-1.25, 0x3ED7_44FC),
      (-17.3, 0x36CF_EFCC), (-39.99, 0x2B80_E3E2),
    ]
    for (x, bits) in halvings { #expect(DeterministicMath.exp2(x).bitPattern == bits) }
  }
}
