"""Small Python functions: HumanEval's way (complete a stub) and MBPP's way (write it whole)."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tasks.sample import Sample, sample

COMPLETION_PROMPT = (
    "User:You are a top-level code master. Complete the following code without any additional "
    "text or explanation:\n{stub}\n\nAssistant:{stub}"
)
FUNCTION_PROMPT = (
    "User: You are a top-level code master. Complete the following code without any additional "
    "text or explanation:\n{request}\nFunction signature: {signature}\n"
    "Write the full function definition.\n\nAssistant: <think></think>\n```python"
)

NUMBER_NAMES = ["x", "n", "a", "y", "k"]
TEXT_NAMES = ["s", "text", "word", "name"]
LIST_NAMES = ["items", "values", "nums", "xs"]
PAIR_NAMES = [("a", "b"), ("x", "y"), ("m", "n"), ("p", "q")]
LETTERS = "abcdefghklmnoprstuw"

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class CodeProblem:
    """A function of one expression, and arguments to call it with."""

    name: str
    parameters: tuple[str, ...]
    description: str
    expression: str
    calls: list[Arguments]

    @property
    def signature(self) -> str:
        """The line that begins the definition."""
        return f"def {self.name}({', '.join(self.parameters)}):"

    @property
    def body(self) -> str:
        """The line that ends the definition."""
        return f"    return {self.expression}"

    @property
    def stub(self) -> str:
        """The signature with a description below it, without the body."""
        return f'{self.signature}\n    """{self.description}"""'

    @property
    def request(self) -> str:
        """The description as a demand."""
        return f"Write a function. {self.description}"

    def tests(self, callee: str) -> list[str]:
        """Assertions about ``callee``; what they expect is what the function returns."""
        evaluate = eval(f"lambda {', '.join(self.parameters)}: {self.expression}")
        return [
            f"assert {callee}({', '.join(map(repr, call))}) == {evaluate(*call)!r}"
            for call in self.calls
        ]


@dataclass(frozen=True)
class _Words:
    """The names and constants that one problem is made of."""

    constant: int
    small: int
    number: str
    text: str
    list: str
    pair: tuple[str, str]
    letter: str
    even: str
    odd: str


@dataclass(frozen=True)
class _Family:
    """A kind of function; ``calls`` draws arguments for it."""

    name: str
    parameters: tuple[str, ...]
    description: str
    expression: str
    calls: Callable[[random.Random, _Words], list[Arguments]]


def draw(rng: random.Random) -> CodeProblem:
    """A problem at random."""
    constant = rng.randint(2, 12) if rng.random() < 0.5 else rng.randint(2, 99)
    number, text, listed = rng.choice(NUMBER_NAMES), rng.choice(TEXT_NAMES), rng.choice(LIST_NAMES)
    pair, letter = rng.choice(PAIR_NAMES), rng.choice(LETTERS)
    small = rng.randint(2, 9)
    even, odd = rng.choice(["is_even", "even"]), rng.choice(["is_odd", "odd"])
    words = _Words(constant, small, number, text, listed, pair, letter, even, odd)
    families = _families(words)
    family = families[rng.randrange(len(families))]
    return CodeProblem(
        family.name,
        family.parameters,
        family.description,
        family.expression,
        family.calls(rng, words),
    )


def completion(problem: CodeProblem) -> Sample:
    """HumanEval's way: the stub is given again where the answer begins."""
    return sample(COMPLETION_PROMPT.format(stub=problem.stub), f"\n{problem.body}")


def function(problem: CodeProblem) -> Sample:
    """MBPP's way: the whole definition in a fence that the prompt has opened."""
    prompt = FUNCTION_PROMPT.format(request=problem.request, signature=problem.signature)
    return sample(prompt, f"\n{problem.signature}\n{problem.body}\n```")


def _number_calls(rng: random.Random, words: _Words) -> list[Arguments]:
    drawn: list[Arguments] = [(rng.randint(-20, 50),) for _ in range(5)]
    return [*drawn, (0,), (words.constant,), (words.constant + 1,)]


def _pair_calls(rng: random.Random, words: _Words) -> list[Arguments]:
    drawn: list[Arguments] = [(rng.randint(-20, 50), rng.randint(1, 50)) for _ in range(6)]
    return [*drawn, (3, 3)]


def _list_calls(rng: random.Random, words: _Words) -> list[Arguments]:
    return [([rng.randint(-9, 30) for _ in range(rng.randint(2, 6))],) for _ in range(5)]


def _text_calls(rng: random.Random, words: _Words) -> list[Arguments]:
    drawn: list[Arguments] = [
        ("".join(rng.choice(LETTERS) for _ in range(rng.randint(3, 8))),) for _ in range(4)
    ]
    return [*drawn, (f"{words.letter}bcd{words.letter}",), ("Hello",)]


def _families(words: _Words) -> list[_Family]:
    return [
        *_number_families(words),
        *_pair_families(words),
        *_list_families(words),
        *_text_families(words),
    ]


def _number_families(words: _Words) -> list[_Family]:
    x, k, small = words.number, words.constant, words.small
    rows = [
        (f"add_{k}", f"Return {x} plus {k}.", f"{x} + {k}"),
        (f"subtract_{k}", f"Return {x} minus {k}.", f"{x} - {k}"),
        (f"multiply_by_{k}", f"Return {x} times {k}.", f"{x} * {k}"),
        (f"remainder_{k}", f"Return the remainder of {x} divided by {k}.", f"{x} % {k}"),
        (f"power_{small}", f"Return {x} to the power of {small}.", f"{x} ** {small}"),
        (f"more_than_{k}", f"Return True if {x} is greater than {k}.", f"{x} > {k}"),
        (f"less_than_{k}", f"Return True if {x} is less than {k}.", f"{x} < {k}"),
        (f"equals_{k}", f"Return True if {x} is equal to {k}.", f"{x} == {k}"),
        (f"divisible_by_{k}", f"Return True if {x} is divisible by {k}.", f"{x} % {k} == 0"),
        (words.even, f"Return True if {x} is even.", f"{x} % 2 == 0"),
        (words.odd, f"Return True if {x} is odd.", f"{x} % 2 == 1"),
        ("negate", f"Return {x} with the opposite sign.", f"-{x}"),
        ("absolute", f"Return the absolute value of {x}.", f"abs({x})"),
        ("double", f"Return {x} times 2.", f"{x} * 2"),
        ("square", f"Return the square of {x}.", f"{x} * {x}"),
    ]
    return [_Family(name, (x,), text, code, _number_calls) for name, text, code in rows]


def _pair_families(words: _Words) -> list[_Family]:
    a, b = words.pair
    rows = [
        ("add", f"Return the sum of {a} and {b}.", f"{a} + {b}"),
        ("subtract", f"Return the difference of {a} and {b}.", f"{a} - {b}"),
        ("multiply", f"Return the product of {a} and {b}.", f"{a} * {b}"),
        ("larger", f"Return the larger of {a} and {b}.", f"max({a}, {b})"),
        ("smaller", f"Return the smaller of {a} and {b}.", f"min({a}, {b})"),
        ("same", f"Return True if {a} is equal to {b}.", f"{a} == {b}"),
    ]
    return [_Family(name, (a, b), text, code, _pair_calls) for name, text, code in rows]


def _list_families(words: _Words) -> list[_Family]:
    xs, n = words.list, words.small
    rows = [
        ("first", f"Return the first element of the list {xs}.", f"{xs}[0]"),
        ("last", f"Return the last element of the list {xs}.", f"{xs}[-1]"),
        ("total", f"Return the sum of the list {xs}.", f"sum({xs})"),
        ("largest", f"Return the largest element of the list {xs}.", f"max({xs})"),
        ("smallest", f"Return the smallest element of the list {xs}.", f"min({xs})"),
        ("size", f"Return the length of the list {xs}.", f"len({xs})"),
        ("sort", f"Return the list {xs} sorted.", f"sorted({xs})"),
        ("reverse", f"Return the list {xs} reversed.", f"{xs}[::-1]"),
        (f"first_{n}", f"Return the first {n} elements of the list {xs}.", f"{xs}[:{n}]"),
        (f"last_{n}", f"Return the last {n} elements of the list {xs}.", f"{xs}[-{n}:]"),
        (f"drop_{n}", f"Return the list {xs} without the first {n} elements.", f"{xs}[{n}:]"),
    ]
    return [_Family(name, (xs,), text, code, _list_calls) for name, text, code in rows]


def _text_families(words: _Words) -> list[_Family]:
    s, n, c = words.text, words.small, words.letter
    rows = [
        ("upper", f"Return the string {s} in upper case.", f"{s}.upper()"),
        ("lower", f"Return the string {s} in lower case.", f"{s}.lower()"),
        ("length", f"Return the length of the string {s}.", f"len({s})"),
        ("backwards", f"Return the string {s} reversed.", f"{s}[::-1]"),
        (f"repeat_{n}", f"Return the string {s} repeated {n} times.", f"{s} * {n}"),
        (
            f"count_{c}",
            f'Return how many times "{c}" is in the string {s}.',
            f'{s}.count("{c}")',
        ),
        (
            f"starts_with_{c}",
            f'Return True if the string {s} starts with "{c}".',
            f'{s}.startswith("{c}")',
        ),
        (
            f"ends_with_{c}",
            f'Return True if the string {s} ends with "{c}".',
            f'{s}.endswith("{c}")',
        ),
    ]
    return [_Family(name, (s,), text, code, _text_calls) for name, text, code in rows]
