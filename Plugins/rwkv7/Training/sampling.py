"""Choosing the next token, as the World models' evaluation does it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tokenizer import END_OF_TEXT

BLANK_LINE = 261
# Tab, space and digits, which text repeats as a matter of course.
NEVER_PENALISED = frozenset({10, 33, *range(49, 59)})


@dataclass(frozen=True)
class Sampling:
    """Parameters of a stage; the names and defaults are those of a run configuration.

    Temperature 0 takes the most probable token; ``top_k`` 0 keeps all.
    """

    max_generate_tokens: int
    temperature: float = 0.3
    top_k: int = 50
    top_p: float = 0.3
    alpha_presence: float = 0.5
    alpha_frequency: float = 0.5
    alpha_decay: float = 0.99
    stop_tokens: tuple[int, ...] = (END_OF_TEXT, BLANK_LINE)
    ban_tokens: tuple[int, ...] = ()

    def greedy(self) -> "Sampling":
        """The same without chance and without penalties."""
        return replace(self, temperature=0, alpha_presence=0, alpha_frequency=0)


class Sampler:
    """Draws the tokens of one sequence and remembers which it has drawn."""

    def __init__(self, parameters: Sampling, seed: int) -> None:
        self._parameters = parameters
        self._rng = np.random.default_rng(seed)
        self._occurrences: dict[int, float] = {}

    def next(self, logits: NDArray[np.float32]) -> int:
        """The next token."""
        parameters = self._parameters
        scores = logits.astype(np.float64)
        scores[list(parameters.ban_tokens)] = -np.inf
        for token, count in self._occurrences.items():
            if token not in NEVER_PENALISED:
                scores[token] -= parameters.alpha_presence + parameters.alpha_frequency * count
        token = self._drawn(scores) if parameters.temperature else int(scores.argmax())
        for other in self._occurrences:
            self._occurrences[other] *= parameters.alpha_decay
        self._occurrences[token] = self._occurrences.get(token, 0) + 1
        return token

    def _drawn(self, scores: NDArray[np.float64]) -> int:
        """Cuts by ``top_k`` and ``top_p``, and only then applies the temperature."""
        parameters = self._parameters
        probabilities = np.exp(scores - scores.max())
        probabilities /= probabilities.sum()
        falling = np.sort(probabilities)[::-1]
        kept = int(np.searchsorted(falling.cumsum(), parameters.top_p)) + 1
        if parameters.top_k:
            kept = min(kept, parameters.top_k)
        probabilities[probabilities < falling[min(kept, len(falling)) - 1]] = 0
        probabilities **= 1 / parameters.temperature
        probabilities /= probabilities.sum()
        return int(self._rng.choice(len(probabilities), p=probabilities))
