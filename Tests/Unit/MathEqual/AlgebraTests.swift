// Polynomials, rational functions, factorials and sums in variables.

import MathEqualCore
import Testing

struct AlgebraTests {
  static let equal: [Pair] = [
    Pair(#"\frac{a}{b}"#, #"a/b"#),
    Pair(#"1.5e3"#, #"1500"#),
    Pair(#"1500"#, #"1.5E3"#),
    Pair(#"6.02 \times 10^{23}"#, #"6.02e23"#),
    Pair(#"x^2+2x+1"#, #"(x+1)^2"#),
    Pair(#"(x+1)(x-1)"#, #"x^2-1"#),
    Pair(#"\frac{x^2-1}{x-1}"#, #"x+1"#),
    Pair(#"\frac{1}{x}+\frac{1}{y}"#, #"\frac{x+y}{xy}"#),
    Pair(#"a^2b"#, #"ba^2"#),
    Pair(#"x^{n+1}"#, #"x \cdot x^n"#),
    Pair(#"1 and 2"#, #"1, 2"#),
    Pair(#"152A_{11}"#, #"152A_{11}"#),
    Pair(#"x^2"#, #"x²"#),
    Pair(#"\frac{x}{2}"#, #"0.5x"#),
    Pair(#"-x"#, #"(-1)x"#),
    Pair(#"n!"#, #"n \cdot (n-1)!"#),
    Pair(#"\frac{n!}{(n-1)!}"#, #"n"#),
    Pair(#"\binom{n}{2}"#, #"\frac{n(n-1)}{2}"#),
    Pair(#"(-1)^{n+1}"#, #"-(-1)^n"#),
    Pair(#"(a+5)(b+2)"#, #"(b+2)(a+5)"#),
    Pair(#"19, 46, and 82"#, #"19, 46, 82"#),
    Pair(#"3x-2"#, #"3x−2"#),
    Pair(#"a/b/c"#, #"\frac{a}{bc}"#),
    Pair(#"5x"#, #"x5"#),
    Pair(#"f^{-1}(x) = \frac{x-3}{2}"#, #"\frac{x-3}{2}"#),
    Pair(#"3 - 2f(x)"#, #"3-2f(x)"#),
    Pair(#"x^3 + 3x - 6"#, #"-6+3x+x^3"#),
    Pair(#"9"#, #"9 (mod 11)"#),
    Pair(#"x(x+1)"#, #"x\bigl(x+1\bigr)"#),
    Pair(#"\frac{x+2}{7}"#, #"\frac{x}{7}+\frac{2}{7}"#),
    Pair(#"\int_0^1 x^2 dx"#, #"\int_{0}^{1} x^2\,dx"#),
    Pair(#"\lim_{x\to 0} f(x)"#, #"\lim_{x \to 0} f(x)"#),
    Pair(#"|x-2|"#, #"|2-x|"#),
    Pair(#"\frac{1}{3}, \frac{2}{3}"#, #"1/3 and 2/3"#),
    Pair(#"2^{n+1}-1"#, #"2\cdot 2^n - 1"#),
    Pair(#"\frac{n(n+1)}{2}"#, #"\binom{n+1}{2}"#),
    Pair(#"\frac{(2n)!}{n!n!}"#, #"\binom{2n}{n}"#),
    Pair(#"10^{-5}"#, #"1e-5"#),
    Pair(#"x^{2}y^{3}"#, #"y^3x^2"#),
    Pair(#"three-fourths"#, #"three-fourths"#),
    Pair(#"\frac{a}{a+b}"#, #"\frac{1}{1+\frac{b}{a}}"#),
    Pair(#"\frac{x^2-4}{x-2}"#, #"x + 2"#),
    Pair(#"\frac{2x-7}{(x+1)(x-2)}"#, #"\frac{3}{x+1} - \frac{1}{x-2}"#),
    Pair(#"x^2 - 2x + 8"#, #"(x-1)^2+7"#),
    Pair(#"p+q-r"#, #"-r+p+q"#),
    Pair(#"21y+14"#, #"7(3y+2)"#),
    Pair(#"7z^{96}(4z+1)"#, #"28z^{97} + 7z^{96}"#),
    Pair(#"\frac{h^2}{m}"#, #"h^2/m"#),
    Pair(#"x^4+x^2-10x-24"#, #"x^4 + x^2 - 10 x - 24"#),
    Pair(#"6.67 \times 10^{-11}"#, #"6.67e-11"#),
    Pair(#"\frac12 at^2"#, #"\frac{at^2}{2}"#),
    Pair(#"v_0t+\frac12at^2"#, #"v_0 t + \frac{1}{2} a t^2"#),
    Pair(#"\frac{mg}{k}"#, #"\frac{gm}{k}"#),
    Pair(#"5"#, #"5 ft"#),
    Pair(#"5"#, #"5ft"#),
    Pair(#"6"#, #"6 in"#),
    Pair(#"mg"#, #"gm"#),
  ]

  static let different: [Pair] = [
    Pair(#"x^2+2x+1"#, #"(x-1)^2"#),
    Pair(#"a^2b"#, #"ab^2"#),
    Pair(#"3 - 2f(x)"#, #"3-2f(y)"#),
    Pair(#"|x-2|"#, #"|x+2|"#),
  ]

  @Test func `expressions in variables are equal as functions`() {
    Pair.expectEqual(Self.equal)
  }

  @Test func `expressions that differ anywhere are told apart`() {
    Pair.expectDifferent(Self.different)
  }
}
