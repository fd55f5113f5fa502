// Pairs that a review found judged wrongly, one group a fault.

import MathEqualCore
import Testing

struct ReviewedPairTests {
  @Test("the answer field of a JSON answer is read whole, with its braces, and nothing behind it")
  func jsonFields() {
    Pair.expectEqual([
      Pair(#"\text{Evelyn}"#, #"{"reasoning": "x", "answer": "\\text{Evelyn}"}"#),
      Pair(#"2+\sqrt{3}"#, #"{"answer": "2+\\sqrt{3}"}"#),
      Pair(#"\frac{1}{2}"#, #"{"answer": "\frac{1}{2}"}"#),
      Pair(#"90^\circ"#, #"{"answer": "90^{\\circ}"}"#),
      Pair(#"x^2+1"#, #"{"answer": "x^{2}+1"}"#),
      Pair(#"\{1,2\}"#, #"{"answer": "{1, 2}"}"#),
      Pair("5", #"{"answer": 5, "explanation": "2+3, not 6"}"#),
      Pair("1234", #"{"answer": 1,234}"#),
      Pair("1,2", #"{"answer": ["1", "2"]}"#),
      Pair("5", #"{'answer': '5'}"#),
      Pair("7", #"{"answer": "5"} No: the answer is 7."#),
      Pair("100100", #"{"answer": "100100_b"}"#),
    ])
    Pair.expectDifferent([
      Pair(#"\sqrt{3}"#, #"{"answer": "2+\\sqrt{3}"}"#),
      Pair("6", #"{"answer": 5, "explanation": "2+3, not 6"}"#),
    ])
  }

  @Test("what stands between answer tags is the answer")
  func tags() {
    Pair.expectEqual([
      Pair("5", "<think>hm</think><answer>5</answer>"),
      Pair(#"\frac12"#, #"<answer> $\frac{1}{2}$ </answer>"#),
      Pair("B", "<answer>B</answer>"),
      Pair("5", "<final_answer>5</final_answer>"),
      Pair("5", "[ANSWER]5[/ANSWER]"),
      Pair("5", "Take 7. <answer>The answer is 5.</answer>"),
    ])
    Pair.expectDifferent([Pair("7", "Take 7. <answer>5</answer>")])
  }

  @Test("a minus sign of any spelling stays with its number")
  func minusSigns() {
    Pair.expectEqual([
      Pair("-5", "The value is −5."),
      Pair("-5", "The value is –5."),
      Pair(#"-\frac12"#, "The slope is −1/2."),
      Pair("-5", "It is negative 5."),
      Pair(#"-20\%"#, "-20"),
      Pair("-12.5", #"-12.5\%"#),
      Pair(#"-30^\circ"#, "-30"),
      Pair("-5", #"-5^\circ\text{C}"#),
    ])
    Pair.expectDifferent([
      Pair("5", "The value is −5."),
      Pair("5", "The value is –5."),
      Pair("5", "It is negative 5."),
      Pair(#"20\%"#, "-20"),
    ])
  }

  @Test("rows that begin with a relation continue the row before")
  func alignedRows() {
    Pair.expectEqual([
      Pair("9", #"\begin{align*}x&=4+5\\&=9\end{align*}"#),
      Pair(
        "9", "We have\n\\[\n\\begin{aligned}\nx &= 4+5 \\\\\n&= 9.\n\\end{aligned}\n\\]"),
      Pair("9", #"\begin{array}{rcl}x&=&4+5\\&=&9\end{array}"#),
    ])
    Pair.expectDifferent([Pair("8", #"\begin{align*}x&=4+5\\&=9\end{align*}"#)])
  }

  @Test("'and' intersects conditions, 'or' unites them")
  func connectives() {
    Pair.expectEqual([
      Pair("[-2,7]", #"x\ge -2 \text{ and } x \le 7"#),
      Pair("(1,2)", "x>1 and x<2"),
      Pair("[1,2]", #"1\le x, x\le 2"#),
      Pair(#"(-\infty,1)\cup(2,\infty)"#, #"\{x | x<1 \text{ or } x>2\}"#),
      Pair("(1,2)", #"x > 1 \land x < 2"#),
      Pair(#"(-\infty,1)\cup(2,\infty)"#, #"x < 1 \lor x > 2"#),
      Pair("x>1, y<2", "y<2 and x>1"),
    ])
    Pair.expectDifferent([
      Pair(#"\{x | x < 1 \text{ or } x > 2\}"#, #"\emptyset"#),
      Pair("(1,2)", #"\{x | x>1 \text{ or } x<2\}"#),
      Pair("1<x<2", #"x>1 \text{ or } x<2"#),
      Pair(#"-2\le x\le7"#, #"x\ge-2\text{ or }x\le7"#),
      Pair(#"(-\infty,1)\cup(2,\infty)"#, #"x<1\text{ and }x>2"#),
    ])
  }

  @Test("numbers in words are read with all their words")
  func numberWords() {
    Pair.expectEqual([
      Pair("21", #"\text{twenty-one}"#), Pair("28", "twenty eight"),
      Pair(#"28\%"#, "twenty-eight percent"), Pair(#"\frac12"#, "one half"),
      Pair(#"\frac12"#, "one-half"), Pair(#"\frac23"#, "two-thirds"), Pair("5", "5 (five)"),
      Pair("5", #"\boxed{5 \text{ (five)}}"#),
    ])
    Pair.expectDifferent([
      Pair("19", "twenty-one"), Pair("12", "twenty-eight"), Pair("1", "one half"),
      Pair("1", "one third"), Pair("25", "5 (five)"),
    ])
  }

  @Test("a point may carry its name")
  func namedPoints() {
    Pair.expectEqual([
      Pair("(1,2)", "P(1,2)"), Pair("(1,2)", #"\boxed{P(1,2)}"#),
      Pair("(1,2)", #"D\left(1,2\right)"#), Pair("(1,2),(3,4)", "A(1,2), B(3,4)"),
    ])
    Pair.expectDifferent([Pair("(1,2)", "P(2,1)"), Pair("(1,2),(3,4)", "A(1,2), B(4,3)")])
  }

  @Test("inches with a power are a unit")
  func inches() {
    Pair.expectEqual([
      Pair("864", #"864\text{ in}^2"#), Pair("864", "864 in^2"), Pair("864", "864 in²"),
      Pair("864", #"864\text{ in.}^2"#), Pair("864", #"864\,\text{in}^3"#),
    ])
  }

  @Test("a number in another base is read however the base is written")
  func bases() {
    Pair.expectEqual([
      Pair("4210_{7}", "(4210)_7"), Pair("11_2", "(11)_{2}"), Pair("4210_7", "4210 base 7"),
      Pair("4210_7", "4210 in base 7"), Pair("4210_7", "4210 (base 7)"),
      Pair("4210_7", "The number is 4210 (base 7)."),
      Pair("4210_7", "The number is 4210_7."), Pair("4210_7", "The number is 4210_{7}."),
      Pair("5", "The value is _5_."), Pair("5", "The value is __5__ here."),
    ])
    Pair.expectDifferent([Pair("7", "The number is 4210 (base 7)."), Pair("4210_7", "4210 base 8")])
  }

  @Test("what prints nothing says nothing")
  func unprinted() {
    Pair.expectEqual([
      Pair("5", #"5\hspace{0.5cm}"#), Pair("5", #"5\phantom{0}"#),
      Pair("5", #"5\vphantom{\frac12}"#), Pair(#"\{1,2\}"#, #"\{1,\hspace{3pt}2\}"#),
      Pair("5", #"5 \tag{1}"#), Pair(#"\frac12"#, #"\nicefrac{1}{2}"#),
      Pair(#"\frac12"#, #"\sfrac{1}{2}"#),
    ])
    Pair.expectDifferent([Pair("0", #"5\phantom{0}"#), Pair("2.5", #"5\hspace{0.5cm}"#)])
  }

  @Test("bmod between numbers is an operation, and dots are no end of a list")
  func remainders() {
    Pair.expectEqual([Pair("1", #"7 \bmod 3"#), Pair("1,2,3,...", #"1,2,3,\ldots"#)])
    Pair.expectEqual([Pair("B", "Option B"), Pair("3.14", "3.14...")])
    Pair.expectDifferent([Pair("7", #"7 \bmod 3"#), Pair("1,2,3", "1,2,3,...")])
  }

  @Test("a sentence that names several numbers, a ratio, a time or a multiple of pi is read whole")
  func sentences() {
    Pair.expectEqual([
      Pair("1,2", "The roots are 1 and 2."), Pair("2,3,5", "The primes are 2, 3, and 5."),
      Pair("2:3", "The ratio is 2:3."),
      Pair(#"4:30\text{ p.m.}"#, "The movie ends at 4:30 p.m."),
      Pair(#"12\pi"#, "The area is 12π."),
      Pair("5", "Therefore, 5."), Pair("5", "Hence, $5$."),
    ])
    Pair.expectDifferent([Pair("3", "The ratio is 2:3."), Pair("12", "The area is 12π.")])
  }

  @Test("a matrix times a number, and a determinant, have their values")
  func matrices() {
    Pair.expectEqual([
      Pair(
        #"\begin{pmatrix}1/5\\2/5\end{pmatrix}"#, #"\frac15\begin{pmatrix}1\\2\end{pmatrix}"#),
      Pair("-2", #"\begin{vmatrix}1&2\\3&4\end{vmatrix}"#),
      Pair("-3", #"\begin{vmatrix}1&2&3\\4&5&6\\7&8&10\end{vmatrix}"#),
    ])
    Pair.expectDifferent([
      Pair(
        #"\begin{pmatrix}1/5\\2/5\end{pmatrix}"#, #"\frac15\begin{pmatrix}2\\1\end{pmatrix}"#),
      Pair("2", #"\begin{vmatrix}1&2\\3&4\end{vmatrix}"#),
    ])
  }

  @Test("names of events, residues and sets may stand before the value")
  func names() {
    Pair.expectEqual([
      Pair(#"P(X=2)=\frac13"#, #"\frac13"#), Pair(#"A \cap B=\{1,2\}"#, #"\{1,2\}"#),
      Pair("3", #"x\equiv 3\pmod{7}"#), Pair("1000000", "1{,}000,000"),
      Pair(#"(-\infty,1)\cup(2,\infty)"#, #"(-\infty,1)\text{ or }(2,\infty)"#),
      Pair(#"\frac12"#, #"1 \over 2"#),
    ])
    Pair.expectDifferent([
      Pair(#"P(X=2)=\frac13"#, #"\frac23"#), Pair("4", #"x\equiv 3\pmod{7}"#),
    ])
  }
}
