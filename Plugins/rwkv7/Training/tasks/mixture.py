"""All tasks with their shares of the training, and the drawing of samples from either side."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tasks import arithmetic, choice, code, instructions
from tasks.sample import Sample, is_held_out


@dataclass(frozen=True)
class Task:
    """A way to draw samples; ``share`` is its part of the training mixture."""

    name: str
    share: float
    draw: Callable[[random.Random], Sample]


def _direct_choice(subject: str) -> Callable[[random.Random], Sample]:
    return lambda rng: choice.direct(choice.draw(rng, subject))


def _thinking_choice(subject: str) -> Callable[[random.Random], Sample]:
    return lambda rng: choice.thinking(choice.draw(rng, subject))


ARITHMETIC_THINKING = Task(
    "arithmetic/thinking", 0.20, lambda rng: arithmetic.thinking(arithmetic.draw(rng))
)
ARITHMETIC_DIRECT = Task(
    "arithmetic/direct", 0.05, lambda rng: arithmetic.direct(arithmetic.draw(rng))
)
CHOICE_THINKING = Task("choice/thinking", 0.14, lambda rng: choice.thinking(choice.draw(rng)))
CHOICE_DIRECT = Task("choice/direct", 0.0, lambda rng: choice.direct(choice.draw(rng)))
CODE_COMPLETION = Task("code/completion", 0.10, lambda rng: code.completion(code.draw(rng)))
CODE_FUNCTION = Task("code/function", 0.06, lambda rng: code.function(code.draw(rng)))
INSTRUCTIONS = Task("instructions", 0.18, lambda rng: instructions.answer(instructions.draw(rng)))

# Subjects that are hard without thinking have more of their own.
_DIRECT_SHARES = {
    "reading": 0.06,
    "arithmetic": 0.09,
    "number comparison": 0.07,
    "vocabulary": 0.05,
    "opposites": 0.04,
    "sequences": 0.06,
}
_THINKING_SHARES = {"arithmetic": 0.06, "reading": 0.03}

FAMILIES: tuple[Task, ...] = (
    ARITHMETIC_THINKING,
    ARITHMETIC_DIRECT,
    CHOICE_DIRECT,
    CHOICE_THINKING,
    CODE_COMPLETION,
    CODE_FUNCTION,
    INSTRUCTIONS,
)
"""One task for each form of prompt; the vocabulary is made of their texts."""

MIXTURE: tuple[Task, ...] = (
    ARITHMETIC_THINKING,
    ARITHMETIC_DIRECT,
    CHOICE_THINKING,
    CODE_COMPLETION,
    CODE_FUNCTION,
    INSTRUCTIONS,
    *(
        Task(f"choice/direct/{subject}", share, _direct_choice(subject))
        for subject, share in _DIRECT_SHARES.items()
    ),
    *(
        Task(f"choice/thinking/{subject}", share, _thinking_choice(subject))
        for subject, share in _THINKING_SHARES.items()
    ),
)
"""What the model is trained on; shares count relative to each other."""


def draw(
    rng: random.Random, tasks: Sequence[Task], shares: Sequence[float], held_out: bool
) -> Sample:
    """A sample of the wanted side, of tasks by their shares."""
    while True:
        drawn = rng.choices(tasks, shares)[0].draw(rng)
        if is_held_out(drawn.prompt) == held_out:
            return drawn


def draw_of(rng: random.Random, task: Task, held_out: bool) -> Sample:
    """A sample of the wanted side, of one task."""
    while True:
        drawn = task.draw(rng)
        if is_held_out(drawn.prompt) == held_out:
            return drawn
