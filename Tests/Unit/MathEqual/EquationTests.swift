// Equations, and names in front of values.

import MathEqualCore
import Testing

struct EquationTests {
  static let equal: [Pair] = [
    Pair(#"x=5"#, #"5"#),
    Pair(#"5"#, #"x=5"#),
    Pair(#"x = 5"#, #"x=5.0"#),
    Pair(#"y=2x+3"#, #"2x+3"#),
    Pair(#"y = 2x+3"#, #"2x - y + 3 = 0"#),
    Pair(#"3x+4y=12"#, #"6x+8y=24"#),
    Pair(#"3x+4y=12"#, #"y = 3 - \frac{3}{4}x"#),
    Pair(#"x^2+y^2=13"#, #"y^2 + x^2 - 13 = 0"#),
    Pair(#"x=1,2"#, #"1,2"#),
    Pair(#"x_1 = 1, x_2 = 2"#, #"1,2"#),
    Pair(#"\sum_{k=1}^{10} k"#, #"55"#),
    Pair(#"f(x)=x^2"#, #"x^2"#),
    Pair(#"f(x)=x^2"#, #"y=x^2"#),
    Pair(#"a_n = 2n+1"#, #"2n+1"#),
    Pair(#"1 + 2 = 3"#, #"3"#),
    Pair(#"10x - 4y - 5z - 20 = 0"#, #"-10x+4y+5z+20=0"#),
    Pair(#"\frac{x^2}{16} - \frac{y^2}{9} = 1"#, #"9x^2-16y^2=144"#),
    Pair(#"x^2 + y^2 + 4x - 6y = 0"#, #"(x+2)^2+(y-3)^2=13"#),
    Pair(#"y = \frac{1}{2}x + 2"#, #"y = 0.5x+2"#),
    Pair(#"y - 3 = 2(x-1)"#, #"y = 2x + 1"#),
    Pair(#"\frac{dy}{dx} = 2x"#, #"2x"#),
    Pair(#"f'(x)=2x"#, #"2x"#),
    Pair(#"y = -2x"#, #"y=-2 x"#),
    Pair(#"-3"#, #"x=-3"#),
    Pair(#"x=1,y=2"#, #"x = 1, \quad y = 2"#),
    Pair(#"x=1,y=2"#, #"x=1; y=2"#),
    Pair(#"a_n=2^n-1"#, #"a_n = 2^{n}-1"#),
    Pair(#"3"#, #"x=3."#),
    Pair(#"n=11"#, #"11"#),
    Pair(#"-x = -1"#, #"x = 1"#),
    Pair(#"5 = x"#, #"x = 5"#),
    Pair(#"a = -3z"#, #"a+3z=0"#),
    Pair(#"\frac{x}{y} = 3"#, #"x = 3y"#),
    Pair(#"g(x)=x+1"#, #"x+1"#),
    Pair(#"(x-2)^2+(y+3)^2=25"#, #"x^2+y^2-4x+6y-12=0"#),
    Pair(#"y=\frac{2x}{x+1}"#, #"y(x+1)=2x"#),
    Pair(#"4x-5y=-50"#, #"y = \frac{4}{5}x + 10"#),
    Pair(#"E = \frac{m v^2}{2}"#, #"\frac{1}{2}mv^2"#),
    Pair(#"|x-1|=3"#, #"x=4, x=-2"#),
    Pair(#"y=5"#, #"f(x)=5"#),
    Pair(#"x=5"#, #"x=5.0"#),
    Pair(#"2x=10"#, #"x=5"#),
    Pair(#"2x^2=8"#, #"x^2=4"#),
  ]

  static let different: [Pair] = [
    Pair(#"x=5"#, #"y=5"#),
    Pair(#"y = 2x+3"#, #"2x + y + 3 = 0"#),
    Pair(#"x^2+y^2=13"#, #"13"#),
    Pair(#"x^2+y^2=13"#, #"x^2+y^2=12"#),
    Pair(#"x+y=1"#, #"1"#),
    Pair(#"x^2-5x+6=0"#, #"x=2"#),
    Pair(#"x^2 = 4"#, #"x=2"#),
    Pair(#"x=5"#, #"y=5"#),
    Pair(#"x^2=-4"#, #"x=2"#),
    Pair(#"x^2=5"#, #"x^2=6"#),
    Pair(#"x^2=2"#, #"x=1.4, x=-1.4"#),
    Pair(#"|x|=-1"#, #"x=1"#),
  ]

  @Test func `equations are equal up to a factor, and names may be left out`() {
    Pair.expectEqual(Self.equal)
  }

  @Test func `equations with other solutions are told apart`() {
    Pair.expectDifferent(Self.different)
  }
}
