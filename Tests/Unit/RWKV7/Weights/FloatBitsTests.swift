// The conversions of 16-bit floats, for all 65,536 of each kind.

import RWKV7Core
import Testing

struct FloatBitsTests {
  /// All 65,536 bit patterns for which `isRight` is false.
  private func wrong(_ isRight: (UInt16) -> Bool) -> [UInt16] {
    (UInt16.min...UInt16.max).filter { !isRight($0) }
  }

  @Test func `every bfloat16 is the Float with the same upper half`() {
    let wrong = wrong { FloatBits.float32(fromBFloat16: $0).bitPattern == UInt32($0) << 16 }
    #expect(wrong == [])
  }

  @Test func `every bfloat16 survives the way to Float and back`() {
    let wrong = wrong { bits in
      let value = FloatBits.float32(fromBFloat16: bits)
      // A signalling NaN comes back as a quiet one.
      return FloatBits.bfloat16(from: value) == (value.isNaN ? bits | 0x0040 : bits)
    }
    #expect(wrong == [])
  }

  @Test func `every half has the value that its sign exponent and fraction say`() {
    let wrong = wrong { bits in
      let value = FloatBits.float32(fromFloat16: bits)
      let sign: Float = bits & 0x8000 == 0 ? 1 : -1
      let fraction = Float(bits & 0x3ff)
      let expected: Float
      switch Int(bits >> 10 & 0x1f) {
      case 0x1f where fraction > 0: return value.isNaN && value.sign == (sign < 0 ? .minus : .plus)
      case 0x1f: expected = sign * .infinity
      case 0: expected = sign * fraction * Float(sign: .plus, exponent: -24, significand: 1)
      case let exponent:
        let significand = 1 + fraction / 1024
        expected = sign * Float(sign: .plus, exponent: exponent - 15, significand: significand)
      }
      return value.bitPattern == expected.bitPattern
    }
    #expect(wrong == [])
  }

  @Test func `every half is what the standard library says`() {
    let wrong = wrong { bits in
      let value = FloatBits.float32(fromFloat16: bits)
      let expected = Float(Float16(bitPattern: bits))
      return value.isNaN ? expected.isNaN : value.bitPattern == expected.bitPattern
    }
    #expect(wrong == [])
  }

  @Test(
    arguments: [
      // Bits of the Float, and of the bfloat16 it becomes.
      (0x3f80_0000, 0x3f80), (0x3f80_7fff, 0x3f80), (0x3f80_8001, 0x3f81),
      // Halfway goes to the even one, down and up.
      (0x3f80_8000, 0x3f80), (0x3f81_8000, 0x3f82), (0xbf81_8000, 0xbf82), (0xbf80_8000, 0xbf80),
      // The fraction carries into the exponent; the largest become infinite.
      (0x3fff_ffff, 0x4000), (0x7f7f_7fff, 0x7f7f), (0x7f7f_8000, 0x7f80), (0xff7f_ffff, 0xff80),
      (0x7f80_0000, 0x7f80), (0xff80_0000, 0xff80),
      // Zeros, and the smallest subnormals.
      (0x0000_0000, 0x0000), (0x8000_0000, 0x8000), (0x0000_8000, 0x0000), (0x0000_8001, 0x0001),
      (0x8001_8000, 0x8002),
      // NaNs stay NaNs, also those whose payload is in the lower half only.
      (0x7f80_0001, 0x7fc0), (0x7fff_ffff, 0x7fff), (0xff80_0001, 0xffc0), (0xffff_ffff, 0xffff),
      (0x7fc0_0000, 0x7fc0),
    ] as [(UInt32, UInt16)])
  func `a Float becomes the nearest bfloat16`(bits: UInt32, expected: UInt16) {
    #expect(FloatBits.bfloat16(from: Float(bitPattern: bits)) == expected)
  }

  @Test func `no bfloat16 is nearer than the chosen one`() {
    var numbers = SeededNumbers(seed: 1)
    var wrong: [Float] = []
    for _ in 0..<20_000 {
      let value = Float(bitPattern: numbers.next(upperBound: 0x7f7f_0000 as UInt32))
      func distance(_ bits: UInt16) -> Double {
        abs(Double(FloatBits.float32(fromBFloat16: bits)) - Double(value))
      }
      let chosen = FloatBits.bfloat16(from: value)
      let others = [chosen &- 1, chosen &+ 1].filter { $0 < 0x7f80 }
      if others.contains(where: { distance($0) < distance(chosen) }) { wrong.append(value) }
    }
    #expect(wrong == [])
  }
}
