"""What every family of tasks makes, and the rule that keeps test prompts out of the training."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """A piece of a training text; the model is trained on the targets, the rest is given."""

    text: str
    is_target: bool


@dataclass(frozen=True)
class Sample:
    """A training text.

    The first segment is the prompt. The end of text (token 0) must be predicted after every target;
    where another segment follows, it is only predicted and never fed.
    """

    segments: tuple[Segment, ...]

    @property
    def prompt(self) -> str:
        """The text that is given before the first target."""
        return self.segments[0].text

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(segment.text for segment in self.segments)


def sample(prompt: str, answer: str, *more: str) -> Sample:
    """A sample of texts that are in turn given and wanted."""
    texts = (prompt, answer, *more)
    return Sample(tuple(Segment(text, index % 2 == 1) for index, text in enumerate(texts)))


def is_held_out(prompt: str) -> bool:
    """Whether a prompt belongs to the test side: one in ten, by the SHA-1 of its UTF-8 text."""
    return hashlib.sha1(prompt.encode()).digest()[0] % 10 == 0
