"""RWKV-7 inference in numpy, one token a step for many sequences at once.

It is written from the formulas and shares nothing with the training's model, so that the two check
each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

LAYER_NORM_EPSILON = 1e-5
GROUP_NORM_EPSILON = 64e-5


@dataclass(frozen=True)
class LayerState:
    """What a layer remembers of each sequence.

    The shifts are the normalised inputs of the previous token, ``[B, C]``; ``matrix`` is
    ``[B, H, N, N]`` with a value's index before a key's.
    """

    attention_shift: Array
    feed_forward_shift: Array
    matrix: Array

    def clear(self, sequence: int) -> None:
        """Forgets a sequence."""
        self.attention_shift[sequence] = 0
        self.feed_forward_shift[sequence] = 0
        self.matrix[sequence] = 0


class Inference:
    """A model with the state of a fixed number of sequences."""

    def __init__(self, tensors: Mapping[str, Array], sequences: int) -> None:
        self._tensors = {name: np.squeeze(tensor) for name, tensor in tensors.items()}
        self._heads, self._size = tensors["blocks.0.att.r_k"].shape
        layers = 1 + max(int(name.split(".")[1]) for name in tensors if name.startswith("blocks."))
        channels = self._heads * self._size
        self._states = [
            LayerState(
                np.zeros((sequences, channels), np.float32),
                np.zeros((sequences, channels), np.float32),
                np.zeros((sequences, self._heads, self._size, self._size), np.float32),
            )
            for _ in range(layers)
        ]

    def clear(self, sequence: int) -> None:
        """Begins a sequence anew."""
        for state in self._states:
            state.clear(sequence)

    def step(self, tokens: NDArray[np.int64]) -> Array:
        """Feeds one token to every sequence; returns the logits ``[B, V]`` of the next ones."""
        embedded = self._tensors["emb.weight"][tokens]
        x = self._layer_norm(embedded, "blocks.0.ln0")
        first_value: Array | None = None
        for index, state in enumerate(self._states):
            block = f"blocks.{index}"
            attended, first_value = self._attend(
                f"{block}.att", self._layer_norm(x, f"{block}.ln1"), state, first_value
            )
            x = x + attended
            x = x + self._feed_forward(f"{block}.ffn", self._layer_norm(x, f"{block}.ln2"), state)
        return self._linear(self._layer_norm(x, "ln_out"), "head")

    def _attend(
        self, name: str, x: Array, state: LayerState, first_value: Array | None
    ) -> tuple[Array, Array]:
        def tensor(part: str) -> Array:
            return self._tensors[f"{name}.{part}"]

        change = state.attention_shift - x
        state.attention_shift[:] = x
        xr, xw, xk, xv, xa, xg = (x + change * tensor(f"x_{part}") for part in "rwkvag")

        r = self._linear(xr, f"{name}.receptance")
        k = self._linear(xk, f"{name}.key")
        v = self._linear(xv, f"{name}.value")
        w = tensor("w0") + np.tanh(xw @ tensor("w1")) @ tensor("w2")
        decay = np.exp(-np.exp(np.float32(-0.5)) * _sigmoid(w))
        a = _sigmoid(tensor("a0") + xa @ tensor("a1") @ tensor("a2"))
        gate = _sigmoid(xg @ tensor("g1")) @ tensor("g2")
        if first_value is None:
            first_value = v
        else:
            v = v + (first_value - v) * _sigmoid(tensor("v0") + xv @ tensor("v1") @ tensor("v2"))

        removal = self._by_head(k * tensor("k_k"))
        norm = np.sqrt((removal * removal).sum(-1, keepdims=True))
        removal = removal / np.maximum(norm, 1e-12)
        k = k * (1 + (a - 1) * tensor("k_a"))
        r, k, v_heads, decay, a = map(self._by_head, (r, k, v, decay, a))

        matrix = state.matrix
        removed = -(matrix @ removal[..., None])
        matrix *= decay[:, :, None, :]
        matrix += removed * (removal * a)[:, :, None, :]
        matrix += v_heads[..., None] * k[:, :, None, :]
        y = (matrix @ r[..., None])[..., 0]

        y = (y - y.mean(-1, keepdims=True)) / np.sqrt(y.var(-1, keepdims=True) + GROUP_NORM_EPSILON)
        y = y.reshape(x.shape) * tensor("ln_x.weight") + tensor("ln_x.bias")
        bonus = (r * k * tensor("r_k").reshape(self._heads, self._size)).sum(-1, keepdims=True)
        y = y + (bonus * v_heads).reshape(x.shape)
        return self._linear(y * gate, f"{name}.output"), first_value

    def _feed_forward(self, name: str, x: Array, state: LayerState) -> Array:
        mixed = x + (state.feed_forward_shift - x) * self._tensors[f"{name}.x_k"]
        state.feed_forward_shift[:] = x
        hidden = np.maximum(self._linear(mixed, f"{name}.key"), 0)
        return self._linear(hidden * hidden, f"{name}.value")

    def _linear(self, x: Array, name: str) -> Array:
        return x @ self._tensors[f"{name}.weight"].T

    def _layer_norm(self, x: Array, name: str) -> Array:
        centred = x - x.mean(-1, keepdims=True)
        scale = np.sqrt((centred * centred).mean(-1, keepdims=True) + LAYER_NORM_EPSILON)
        return centred / scale * self._tensors[f"{name}.weight"] + self._tensors[f"{name}.bias"]

    def _by_head(self, x: Array) -> Array:
        return x.reshape(-1, self._heads, self._size)


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))
