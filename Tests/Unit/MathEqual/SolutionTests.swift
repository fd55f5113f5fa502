// Whole solutions, with the answer somewhere in them.

import MathEqualCore
import Testing

struct SolutionTests {
  static let equal: [Pair] = [
    Pair(#"\boxed{5}"#, #"5"#),
    Pair(#"5"#, #"The answer is 5."#),
    Pair(#"42"#, #"So we get 6*7 = 42. #### 42"#),
    Pair(#"18"#, #"Janet sells 16 - 3 - 4 = 9 eggs. She makes 9 * 2 = $18 every day. #### 18"#),
    Pair(#"18"#, #"She makes $18 every day at the farmer's market."#),
    Pair(#"\frac{1}{2}"#, #"The probability is $\frac{1}{2}$."#),
    Pair(#"3"#, #"Therefore, the answer is **3**."#),
    Pair(#"3"#, #"Answer: 3"#),
    Pair(#"3"#, #"Answer: \boxed{3}"#),
    Pair(#"3"#, #"<think>maybe \boxed{4}</think> The answer is \boxed{3}."#),
    Pair(#"3"#, #"<think>so it must be 3. \boxed{3}</think>"#),
    Pair(#"\frac{2}{3}"#, #"The final answer is $\boxed{\frac{2}{3}}$. I hope it is correct."#),
    Pair(#"(2,3)"#, #"The point is $(2,3)$"#),
    Pair(#"7"#, #"There are 7 ways to do it"#),
    Pair(#"B"#, #"The correct answer is (B)."#),
    Pair(#"B"#, #"The answer is B"#),
    Pair(#"B"#, #"\boxed{\text{B}}"#),
    Pair(#"Evelyn"#, #"The answer is Evelyn."#),
    Pair(#"\text{Evelyn}"#, #"\boxed{\text{Evelyn}}"#),
    Pair(#"2\sqrt{3}"#, #"The length is \(2\sqrt{3}\) cm."#),
    Pair(#"1,2"#, #"The solutions are $x=1$ and $x=2$."#),
    Pair(#"10"#, #"\boxed{10\text{ cm}}"#),
    Pair(#"3, 5"#, #"\boxed{3} \text{ and } \boxed{5}"#),
    Pair(#"5"#, #"\boxed{5}\#n\#nSo the answer is \boxed{5}"#),
    Pair(#"5"#, #"First, \boxed{3}. Then we get \boxed{5}."#),
    Pair(#"1"#, #"\fbox{1}"#),
    Pair(#"\frac{3}{4}"#, #"\boxed {\frac{3}{4}}"#),
    Pair(#"7"#, #"\boxed7"#),
    Pair(#"7"#, #"$\boxed 7$"#),
    Pair(#"\{1,2\}"#, #"\boxed{\{1,2\}}"#),
    Pair(#"\boxed{x=1},\boxed{y=2}"#, #"(1,2)"#),
    Pair(#"858"#, #"答案是８５８"#),
    Pair(#"25"#, #"उत्तर २५ है"#),
    Pair(#"1/2"#, #"\frac{1}{2}}$. So the answer is"#),
  ]

  static let different: [Pair] = [
    Pair(#"3"#, #"the answer is 4"#)
  ]

  @Test func `the answer of a solution is found and compared`() {
    Pair.expectEqual(Self.equal)
  }

  @Test func `a wrong answer in a solution is told apart`() {
    Pair.expectDifferent(Self.different)
  }
}
