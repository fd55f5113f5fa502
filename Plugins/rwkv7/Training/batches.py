"""From samples to tensors of token ids, targets and weights."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from tasks import mixture
from tasks.sample import Sample
from tokenizer import END_OF_TEXT, Tokenizer

POOL = 600


@dataclass(frozen=True)
class Line:
    """A sample's ids, the id wanted after each, and whether that one counts (1) or not (0)."""

    inputs: list[int]
    targets: list[int]
    weights: list[float]


@dataclass(frozen=True)
class Batch:
    """Lines of about the same length, filled up with token 0 of weight 0; all ``[B, T]``."""

    inputs: Tensor
    targets: Tensor
    weights: Tensor


def line(tokenizer: Tokenizer, sample: Sample) -> Line:
    """The sample as ids behind a leading end of text, which every prompt begins with.

    After a target the end of text is wanted. What is given next begins in its place, so the first
    token of a given text that follows a target is never wanted.
    """
    inputs, targets, weights = [END_OF_TEXT], [], []
    for segment in sample.segments:
        ids = tokenizer.encode(segment.text)
        inputs += ids
        if segment.is_target:
            targets += [*ids, END_OF_TEXT]
            weights += [1.0] * (len(ids) + 1)
        else:
            wanted = ids[1:] if targets else ids
            targets += wanted
            weights += [0.0] * len(wanted)
    return Line(inputs, targets, weights)


def batch(lines: Sequence[Line], multiple: int) -> Batch:
    """The lines in one batch, whose length is a multiple of ``multiple``."""
    longest = max(len(line.inputs) for line in lines)
    length = -(-longest // multiple) * multiple
    inputs = torch.zeros(len(lines), length, dtype=torch.long)
    targets = torch.zeros_like(inputs)
    weights = torch.zeros(len(lines), length)
    for row, line in enumerate(lines):
        end = len(line.inputs)
        inputs[row, :end] = torch.tensor(line.inputs)
        targets[row, :end] = torch.tensor(line.targets)
        weights[row, :end] = torch.tensor(line.weights)
    return Batch(inputs, targets, weights)


def training_batches(
    tokenizer: Tokenizer, rng: random.Random, tokens: int, multiple: int, shares: list[float]
) -> Iterator[Batch]:
    """Batches of at most ``tokens`` tokens without end.

    Lines are sorted by length within a pool, so that little is filled up. ``shares`` may change
    meanwhile; the next pool is drawn by what they are then.
    """
    while True:
        drawn = [mixture.draw(rng, mixture.MIXTURE, shares, held_out=False) for _ in range(POOL)]
        lines = [line(tokenizer, sample) for sample in drawn]
        lines.sort(key=lambda line: len(line.inputs) + rng.random() * 8)
        groups = _groups(lines, tokens)
        rng.shuffle(groups)
        for group in groups:
            yield batch(group, multiple)


def _groups(lines: Sequence[Line], tokens: int) -> list[list[Line]]:
    groups: list[list[Line]] = []
    longest = 0
    for line in lines:
        longest = max(longest, len(line.inputs))
        if groups and longest * (len(groups[-1]) + 1) <= tokens:
            groups[-1].append(line)
        else:
            groups.append([line])
            longest = len(line.inputs)
    return groups
