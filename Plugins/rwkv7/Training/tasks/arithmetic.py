"""Sums and differences of numbers of up to three digits, bare or told as a story."""

import random
from dataclasses import dataclass

from tasks.sample import Sample, sample

THINKING_PROMPT = "User: {question}\n\nAssistant: <think"
FINAL_PROMPT = "\nTherefore, the answer is \\(\\boxed{"
DIRECT_PROMPT = "User: {question}\n\nAssistant:"

NAMES = ["Tom", "Ann", "Sam", "Mia", "Ben", "Eva"]
ITEMS = ["apples", "books", "coins", "cards", "pens", "eggs"]


@dataclass(frozen=True)
class ArithmeticProblem:
    """A question, its answer, and the column-wise steps that lead there."""

    question: str
    answer: int
    operation: str
    steps: list[str]


def addition_steps(left: int, right: int) -> list[str]:
    """Column addition from the lowest digit: ``7+5=12``, then ``2+1+1=4`` with the carry."""
    left_digits, right_digits = str(left)[::-1], str(right)[::-1]
    steps, carry = [], 0
    for place in range(max(len(left_digits), len(right_digits))):
        upper = _digit(left_digits, place)
        lower = _digit(right_digits, place)
        total = upper + lower + carry
        steps.append(f"{upper}+{lower}" + ("+1" if carry else "") + f"={total}")
        carry = total // 10
    return steps


def subtraction_steps(left: int, right: int) -> list[str]:
    """Column subtraction, ``left`` being the larger: ``13-5=8``, then ``2-1-1=0``."""
    left_digits, right_digits = str(left)[::-1], str(right)[::-1]
    steps, borrow = [], 0
    for place in range(len(left_digits)):
        upper = _digit(left_digits, place)
        lower = _digit(right_digits, place)
        difference = upper - borrow - lower
        borrowed = 10 if difference < 0 else 0
        suffix = "-1" if borrow else ""
        steps.append(f"{upper + borrowed}-{lower}{suffix}={difference + borrowed}")
        borrow = 1 if borrowed else 0
    return steps


def draw(rng: random.Random) -> ArithmeticProblem:
    """A problem at random."""
    left, right = _number(rng), _number(rng)
    subtracts = rng.random() < 0.45
    if subtracts and left < right:
        left, right = right, left
    if rng.random() < 0.7:
        sign = "-" if subtracts else "+"
        question = rng.choice(
            [f"What is {left} {sign} {right}?", f"Calculate {left} {sign} {right}."]
        )
    else:
        question = _story(rng, left, right, subtracts)
    if subtracts:
        answer, steps = left - right, subtraction_steps(left, right)
    else:
        answer, steps = left + right, addition_steps(left, right)
    operation = "subtraction" if subtracts else "addition"
    return ArithmeticProblem(question, answer, operation, [*steps, str(answer)])


def thinking(problem: ArithmeticProblem) -> Sample:
    """The problem in two stages: think, then complete an opened box."""
    return sample(
        THINKING_PROMPT.format(question=problem.question),
        ">\n" + "\n".join(problem.steps) + "\n</think>",
        FINAL_PROMPT,
        f"{problem.answer}}}\\)",
    )


def direct(problem: ArithmeticProblem) -> Sample:
    """The problem with its answer at once."""
    return sample(DIRECT_PROMPT.format(question=problem.question), f" {problem.answer}")


def _digit(reversed_digits: str, place: int) -> int:
    return int(reversed_digits[place]) if place < len(reversed_digits) else 0


def _number(rng: random.Random) -> int:
    digits = rng.choices((1, 2, 3), (0.25, 0.4, 0.35))[0]
    return rng.randint((0, 10, 100)[digits - 1], (9, 99, 999)[digits - 1])


def _story(rng: random.Random, left: int, right: int, subtracts: bool) -> str:
    name, item = rng.choice(NAMES), rng.choice(ITEMS)
    if subtracts:
        verb = rng.choice(["loses", "sells"])
        change, when = f"{right} of them", "left"
    else:
        verb = rng.choice(["buys", "finds"])
        change, when = f"{right} more", "now"
    return f"{name} has {left} {item} and {verb} {change}. How many {item} does {name} have {when}?"
