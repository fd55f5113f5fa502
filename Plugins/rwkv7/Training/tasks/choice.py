"""Multiple choice in six subjects.

With a chain of thought the content of the answer is written before its letter: a model this small
learns to recall the letter of a content, and not to find both at once.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tasks import arithmetic
from tasks.sample import Sample, sample

QUESTION = (
    "User: You are a very talented expert in {subject}. Answer this question:\n"
    "{question}\n{choices}"
)
DIRECT_PROMPT = QUESTION + "\n\nAssistant: The answer is"
THINKING_PROMPT = QUESTION + "\n\nAssistant: <think"
FINAL_PROMPT = "\nTherefore, the answer is"
LETTERS = "ABCD"

CATEGORIES = {
    "an animal": ["cat", "dog", "cow", "fish", "bird", "horse", "duck", "wolf"],
    "a color": ["red", "blue", "green", "white", "black", "pink", "brown", "gray"],
    "a fruit": ["apple", "pear", "plum", "lemon", "grape", "melon", "peach", "fig"],
    "a number": ["one", "two", "three", "four", "five", "six", "seven", "nine"],
    "a metal": ["iron", "gold", "tin", "zinc", "steel", "silver", "copper", "lead"],
}
OPPOSITES = [
    ("hot", "cold"),
    ("big", "little"),
    ("up", "down"),
    ("fast", "slow"),
    ("old", "new"),
    ("good", "bad"),
    ("day", "night"),
    ("wet", "dry"),
    ("open", "closed"),
    ("full", "empty"),
    ("happy", "sad"),
    ("left", "right"),
]
WORDS = sorted(
    {word for words in CATEGORIES.values() for word in words}
    | {word for pair in OPPOSITES for word in pair}
)


@dataclass(frozen=True)
class ChoiceProblem:
    """A question with its shuffled choices, the right letter, and the steps that lead there."""

    subject: str
    question: str
    choices: list[str]
    letter: str
    steps: list[str]


@dataclass(frozen=True)
class _Question:
    """A question before its choices are shuffled; the first choice is the right one."""

    text: str
    choices: list[str]
    steps: list[str]


def draw(rng: random.Random, subject: str | None = None, count: int | None = None) -> ChoiceProblem:
    """A problem at random, of any subject and of 2 to 4 choices where nothing else is asked for."""
    subject = subject or rng.choice(list(SUBJECTS))
    count = count or rng.choice((2, 3, 4, 4))
    asked = SUBJECTS[subject](rng, count)
    right = asked.choices[0]
    choices = asked.choices[:count]
    rng.shuffle(choices)
    letter = LETTERS[choices.index(right)]
    return ChoiceProblem(subject, asked.text, choices, letter, [*asked.steps, right, letter])


def direct(problem: ChoiceProblem) -> Sample:
    """The problem with its letter at once."""
    return sample(_filled(DIRECT_PROMPT, problem), f" {problem.letter}")


def thinking(problem: ChoiceProblem) -> Sample:
    """The problem in two stages: think, then name the letter."""
    return sample(
        _filled(THINKING_PROMPT, problem),
        ">\n" + "\n".join(problem.steps) + "\n</think>",
        FINAL_PROMPT,
        f" {problem.letter}",
    )


def _filled(template: str, problem: ChoiceProblem) -> str:
    lines = [f"{letter}. {text}" for letter, text in zip(LETTERS, problem.choices)]
    return template.format(
        subject=problem.subject, question=problem.question, choices="\n".join(lines)
    )


def _numbers(rng: random.Random, highs: tuple[int, ...]) -> list[int]:
    """Four different numbers of about as many digits as one of ``highs``."""
    high = rng.choice(highs)
    return rng.sample(range((high + 1) // 10, high + 1), 4)


def _neighbours(rng: random.Random, answer: int, lowest: int = 0) -> list[str]:
    """Three different wrong answers close to the right one, none below ``lowest``."""
    found: dict[int, None] = {}
    while len(found) < 3:
        distance = rng.choice((1, 2, 3, 10, 9, 11, rng.randint(1, 12)))
        value = answer + rng.choice((-1, 1)) * distance
        if value >= lowest and value != answer:
            found[value] = None
    return [str(value) for value in found]


def _reading(rng: random.Random, count: int) -> _Question:
    if rng.random() < 0.5:
        choices = [str(number) for number in _numbers(rng, (9, 99, 999))]
    else:
        choices = rng.sample(WORDS, 4)
    return _Question(f"Which option is {choices[0]}?", choices, [])


def _arithmetic(rng: random.Random, count: int) -> _Question:
    left, right = rng.randint(1, 20), rng.randint(1, 20)
    if rng.random() < 0.35:
        left, right = max(left, right), min(left, right)
        sign, answer = "-", left - right
        steps = arithmetic.subtraction_steps(left, right)
    else:
        sign, answer = "+", left + right
        steps = arithmetic.addition_steps(left, right)
    choices = [str(answer), *_neighbours(rng, answer)]
    return _Question(f"What is {left} {sign} {right}?", choices, steps)


def _comparison(rng: random.Random, count: int) -> _Question:
    wanted = rng.choice(["largest", "smallest"])
    numbers = _numbers(rng, (9, 99, 99, 99, 999))[:count]
    answer = max(numbers) if wanted == "largest" else min(numbers)
    numbers.remove(answer)
    choices = [str(number) for number in [answer, *numbers]]
    return _Question(f"Which number is the {wanted}?", choices, [])


def _vocabulary(rng: random.Random, count: int) -> _Question:
    categories = rng.sample(list(CATEGORIES), 4)
    choices = [rng.choice(CATEGORIES[category]) for category in categories]
    return _Question(f"Which word is {categories[0]}?", choices, [])


def _opposites(rng: random.Random, count: int) -> _Question:
    pairs = rng.sample(OPPOSITES, 4)
    asked = rng.randint(0, 1)
    choices = [pairs[0][1 - asked]] + [rng.choice(pair) for pair in pairs[1:]]
    return _Question(f"What is the opposite of {pairs[0][asked]}?", choices, [])


def _sequences(rng: random.Random, count: int) -> _Question:
    step, first = rng.randint(1, 6), rng.randint(1, 20)
    shown = [first, first + step, first + 2 * step]
    answer = first + 3 * step
    choices = [str(answer), *_neighbours(rng, answer, lowest=1)]
    question = "Which number comes next: " + ", ".join(map(str, shown)) + "?"
    return _Question(question, choices, [f"{shown[2]}+{step}={answer}"])


SUBJECTS: dict[str, Callable[[random.Random, int], _Question]] = {
    "reading": _reading,
    "arithmetic": _arithmetic,
    "number comparison": _comparison,
    "vocabulary": _vocabulary,
    "opposites": _opposites,
    "sequences": _sequences,
}
