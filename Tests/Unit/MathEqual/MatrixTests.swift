// Matrices, vectors and systems.

import MathEqualCore
import Testing

struct MatrixTests {
  static let equal: [Pair] = [
    Pair(#"\begin{pmatrix}1\\2\end{pmatrix}"#, #"\begin{bmatrix}1\\2\end{bmatrix}"#),
    Pair(#"\begin{pmatrix}1\\2\end{pmatrix}"#, #"(1,2)"#),
    Pair(
      #"\begin{pmatrix}1&2\\3&4\end{pmatrix}"#, #"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}"#),
    Pair(
      #"\begin{pmatrix} 1/\sqrt{2} & 1/\sqrt{2} \\ -1/\sqrt{2} & 1/\sqrt{2} \end{pmatrix}"#,
      #"\begin{pmatrix} \frac{\sqrt2}{2} & \frac{\sqrt2}{2} \\ -\frac{\sqrt2}{2} & \frac{\sqrt2}{2} \end{pmatrix}"#
    ),
    Pair(#"\langle 1,2\rangle"#, #"(1,2)"#),
    Pair(#"\begin{cases}x=1\\y=2\end{cases}"#, #"x=1, y=2"#),
    Pair(#"(1,2)"#, #"\begin{cases}x=1\\y=2\end{cases}"#),
    Pair(
      #"\begin{pmatrix}\frac{1}{3\sqrt[3]{x}^2}&0&0\\0&1&0\\-\sin(x)&0&0\end{pmatrix}"#,
      #"\begin{pmatrix}\frac{1}{3x^{2/3}}&0&0\\0&1&0\\-\sin(x)&0&0\end{pmatrix}"#),
    Pair(#"2 \mathbf{i} + 3 \mathbf{j}"#, #"2i+3j"#),
    Pair(
      #"\begin{cases} x & x>0 \\ -x & x\le 0\end{cases}"#,
      #"\begin{cases} x & \text{if } x>0 \\ -x & \text{if } x\le 0\end{cases}"#),
  ]

  static let different: [Pair] = [
    Pair(#"\begin{pmatrix}1\\2\end{pmatrix}"#, #"\begin{pmatrix}2\\1\end{pmatrix}"#),
    Pair(#"\begin{pmatrix}1&2\\3&4\end{pmatrix}"#, #"\begin{pmatrix}1&3\\2&4\end{pmatrix}"#),
    Pair(
      #"\begin{cases} x & x>0 \\ -x & x\le 0\end{cases}"#,
      #"\begin{cases} -x & x>0 \\ x & x\le 0\end{cases}"#),
  ]

  @Test func `matrices, vectors and systems are equal entry by entry`() {
    Pair.expectEqual(Self.equal)
  }

  @Test func `matrices that differ in an entry are told apart`() {
    Pair.expectDifferent(Self.different)
  }
}
