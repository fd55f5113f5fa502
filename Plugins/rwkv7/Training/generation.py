"""Continuous batching over the numpy inference: a slot that is done takes up the next request."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inference import Inference
from sampling import Sampler, Sampling
from tokenizer import END_OF_TEXT, Tokenizer


@dataclass(frozen=True)
class Request:
    """A prompt to continue; without ``sampling`` only the logits after the prompt are wanted."""

    prompt: str
    sampling: Sampling | None = None
    seed: int = 0


@dataclass
class Completion:
    """What came of a request; ``logits`` follow the prompt."""

    logits: NDArray[np.float32]
    text: str = ""


@dataclass
class _Slot:
    """A request under way: the token to feed now, what is still to feed, what was generated."""

    index: int
    sampler: Sampler | None
    token: int
    pending: deque[int]
    generated: list[int] = field(default_factory=list)


class Generator:
    """Answers requests with one model."""

    def __init__(
        self, tensors: dict[str, NDArray[np.float32]], tokenizer: Tokenizer, slots: int = 64
    ) -> None:
        self._inference = Inference(tensors, slots)
        self._tokenizer = tokenizer
        self._slots: list[_Slot | None] = [None] * slots

    def complete(self, requests: Sequence[Request]) -> list[Completion]:
        """The completions in the order of the requests."""
        waiting = deque(enumerate(requests))
        completions: list[Completion | None] = [None] * len(requests)
        while True:
            for place, slot in enumerate(self._slots):
                if slot is None and waiting:
                    self._slots[place] = self._begun(place, *waiting.popleft())
            if not any(self._slots):
                break
            fed = [slot.token if slot else END_OF_TEXT for slot in self._slots]
            logits = self._inference.step(np.array(fed))
            for place, slot in enumerate(self._slots):
                if slot is None:
                    continue
                if slot.pending:
                    slot.token = slot.pending.popleft()
                elif self._is_done(slot, logits[place], requests[slot.index], completions):
                    self._slots[place] = None
        return [completion for completion in completions if completion is not None]

    def _begun(self, place: int, index: int, request: Request) -> _Slot:
        self._inference.clear(place)
        sampler = Sampler(request.sampling, request.seed) if request.sampling else None
        pending = deque(self._tokenizer.encode(request.prompt))
        return _Slot(index, sampler, END_OF_TEXT, pending)

    def _is_done(
        self,
        slot: _Slot,
        logits: NDArray[np.float32],
        request: Request,
        completions: list[Completion | None],
    ) -> bool:
        """Takes the next token; true when the request has all it asked for."""
        completion = completions[slot.index]
        if completion is None:
            completion = completions[slot.index] = Completion(logits.copy())
        if slot.sampler is None or request.sampling is None:
            return True
        token = slot.sampler.next(logits)
        if token not in request.sampling.stop_tokens:
            slot.generated.append(token)
            slot.token = token
            if len(slot.generated) < request.sampling.max_generate_tokens:
                return False
        completion.text = self._tokenizer.decode(slot.generated)
        return True
