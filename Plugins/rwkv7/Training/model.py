"""RWKV-7 ("x070") for training on a CPU, with the official names and shapes of the parameters."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import wkv

HEAD_SIZE = 64
GROUP_NORM_EPSILON = 64e-5
LOG_DECAY_LIMIT = -math.exp(-0.5)


class _BFloat16Product(torch.autograd.Function):
    """``x W^T`` with operands in bfloat16; result and gradients have 32 bits."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        flat, rounded = x.reshape(-1, x.shape[-1]).bfloat16(), weight.bfloat16()
        ctx.save_for_backward(flat, rounded)
        return (flat @ rounded.t()).float().view(*x.shape[:-1], weight.shape[0])

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor, Tensor]:
        flat, rounded = ctx.saved_tensors
        d = dy.reshape(-1, dy.shape[-1]).bfloat16()
        dx = (d @ rounded).float().view(*dy.shape[:-1], rounded.shape[1])
        return dx, (d.t() @ flat).float()


def bfloat16_product(x: Tensor, weight: Tensor) -> Tensor:
    """``x W^T``; faster than ``F.linear`` only on processors with bfloat16 instructions."""
    return _BFloat16Product.apply(x, weight)


@dataclass(frozen=True)
class Kernels:
    """The two operations that take the time; the defaults are exact and need no compiler."""

    product: Callable[[Tensor, Tensor], Tensor] = F.linear
    recurrence: wkv.Recurrence = wkv.chunked


class TimeMix(nn.Module):
    """The attention's place: a linear recurrence with a state matrix for each head."""

    def __init__(self, channels: int, layer: int, layers: int, kernels: Kernels) -> None:
        super().__init__()
        self._layer, self._heads, self._kernels = layer, channels // HEAD_SIZE, kernels
        self._initialise_mixing(channels, layer, layers)
        self._initialise_low_rank(channels, layer, layers)
        self.r_k = nn.Parameter(torch.full((self._heads, HEAD_SIZE), -0.04))
        self.receptance = _linear(channels, channels, 1.0)
        self.key = _linear(channels, channels, 0.1)
        self.value = _linear(channels, channels, 1.0)
        self.output = _linear(channels, channels, 0.0)
        self.ln_x = nn.GroupNorm(self._heads, channels, eps=GROUP_NORM_EPSILON)
        nn.init.constant_(self.ln_x.weight, ((1 + layer) / layers) ** 0.7)

    def _initialise_mixing(self, channels: int, layer: int, layers: int) -> None:
        remaining = 1 - layer / layers
        ramp = (torch.arange(channels) / channels).view(1, 1, channels)
        for name, power in (("r", 0.2), ("w", 0.9), ("k", 0.7), ("v", 0.7), ("a", 0.9), ("g", 0.2)):
            self.register_parameter(f"x_{name}", nn.Parameter(1 - ramp ** (power * remaining)))

    def _initialise_low_rank(self, channels: int, layer: int, layers: int) -> None:
        depth = layer / max(1, layers - 1)
        index = torch.arange(channels)
        ramp = index / (channels - 1)
        centred = ramp - 0.5
        zigzag = (index % HEAD_SIZE - (HEAD_SIZE - 1) / 2) / ((HEAD_SIZE - 1) / 2)
        zigzag = zigzag * zigzag.abs()
        decay = -6 + 6 * ramp ** (1 + depth**0.3)
        biases = {
            "w": (decay + 0.5 + zigzag * 2.5, 2.5),
            "a": (-0.19 + zigzag * 0.3 + centred * 0.4, 2.5),
            "v": (0.73 - centred * 0.4, 1.7),
            "g": (None, 5.0),
        }
        for name, (bias, factor) in biases.items():
            if name == "v" and layer == 0:
                continue
            rank = max(32, round(factor * channels**0.5 / 32) * 32)
            if bias is not None:
                self.register_parameter(f"{name}0", _vector(bias))
            self.register_parameter(f"{name}1", nn.Parameter(torch.zeros(channels, rank)))
            self.register_parameter(f"{name}2", nn.Parameter(_orthogonal(rank, channels, 0.1)))
        self.k_k = _vector(0.71 - centred * 0.1)
        self.k_a = _vector(torch.full((channels,), 1.02))

    def forward(self, x: Tensor, first_value: Tensor | None) -> tuple[Tensor, Tensor]:
        """The layer's output and the first layer's values, which all layers share."""
        batch, length, channels = x.shape
        product = self._kernels.product
        change = _shifted(x) - x
        xr, xw, xk, xv, xa, xg = (
            torch.addcmul(x, change, getattr(self, f"x_{name}")) for name in "rwkvag"
        )
        r = product(xr, self.receptance.weight)
        k = product(xk, self.key.weight)
        v = product(xv, self.value.weight)
        log_w = LOG_DECAY_LIMIT * torch.sigmoid(self.w0 + self._low_rank("w", xw, torch.tanh))
        a = torch.sigmoid(self.a0 + self._low_rank("a", xa))
        gate = self._low_rank("g", xg, torch.sigmoid)
        if first_value is None:
            first_value = v
        else:
            v = v + (first_value - v) * torch.sigmoid(self.v0 + self._low_rank("v", xv))

        def by_head(tensor: Tensor) -> Tensor:
            return tensor.view(batch, length, self._heads, HEAD_SIZE)

        removal = F.normalize(by_head(k * self.k_k), dim=-1)
        k = k * (1 + (a - 1) * self.k_a)
        r, k, v, log_w, a = map(by_head, (r, k, v, log_w, a))
        y = self._kernels.recurrence(r, log_w, k, v, -removal, removal * a)
        y = self.ln_x(y.reshape(batch * length, channels)).view(batch, length, channels)
        bonus = (r * k * self.r_k).sum(-1, keepdim=True) * v
        y = y + bonus.view(batch, length, channels)
        return product(y * gate, self.output.weight), first_value

    def _low_rank(
        self, name: str, x: Tensor, activation: Callable[[Tensor], Tensor] | None = None
    ) -> Tensor:
        inner = self._kernels.product(x, getattr(self, f"{name}1").t())
        if activation is not None:
            inner = activation(inner)
        return self._kernels.product(inner, getattr(self, f"{name}2").t())


class ChannelMix(nn.Module):
    """The feed-forward network, with squared ReLU."""

    def __init__(self, channels: int, layer: int, layers: int, kernels: Kernels) -> None:
        super().__init__()
        self._kernels = kernels
        ramp = (torch.arange(channels) / channels).view(1, 1, channels)
        self.x_k = nn.Parameter(1 - ramp ** ((1 - layer / layers) ** 4))
        self.key = _linear(channels, 4 * channels, 1.0)
        self.value = _linear(4 * channels, channels, 0.0)

    def forward(self, x: Tensor) -> Tensor:
        """The layer's output."""
        mixed = torch.addcmul(x, _shifted(x) - x, self.x_k)
        hidden = torch.relu(self._kernels.product(mixed, self.key.weight))
        return self._kernels.product(hidden * hidden, self.value.weight)


class Block(nn.Module):
    """One layer; the first one also normalises the embedding."""

    def __init__(self, channels: int, layer: int, layers: int, kernels: Kernels) -> None:
        super().__init__()
        self.ln0 = nn.LayerNorm(channels) if layer == 0 else None
        self.ln1 = nn.LayerNorm(channels)
        self.ln2 = nn.LayerNorm(channels)
        self.att = TimeMix(channels, layer, layers, kernels)
        self.ffn = ChannelMix(channels, layer, layers, kernels)

    def forward(self, x: Tensor, first_value: Tensor | None) -> tuple[Tensor, Tensor]:
        """The block's output and the first layer's values."""
        if self.ln0 is not None:
            x = self.ln0(x)
        attended, first_value = self.att(self.ln1(x), first_value)
        x = x + attended
        return x + self.ffn(self.ln2(x)), first_value


class RWKV7(nn.Module):
    """The whole model: token ids ``[B, T]`` to logits ``[B, T, V]``."""

    def __init__(self, vocabulary: int, channels: int, layers: int, kernels: Kernels) -> None:
        super().__init__()
        self._kernels = kernels
        self.emb = nn.Embedding(vocabulary, channels)
        self.blocks = nn.ModuleList(Block(channels, i, layers, kernels) for i in range(layers))
        self.ln_out = nn.LayerNorm(channels)
        self.head = nn.Linear(channels, vocabulary, bias=False)
        nn.init.uniform_(self.emb.weight, -1e-4, 1e-4)
        nn.init.orthogonal_(self.head.weight, gain=0.5 * max(1, vocabulary / channels) ** 0.5)

    def forward(self, tokens: Tensor) -> Tensor:
        """The logits of the token after each position."""
        x, first_value = self.emb(tokens), None
        for block in self.blocks:
            x, first_value = block(x, first_value)
        return self._kernels.product(self.ln_out(x), self.head.weight)


def _shifted(x: Tensor) -> Tensor:
    """Every position's predecessor; zero before the first."""
    return F.pad(x, (0, 0, 1, -1))


def _vector(values: Tensor) -> nn.Parameter:
    return nn.Parameter(values.reshape(1, 1, -1).float().clone())


def _orthogonal(rows: int, columns: int, scale: float) -> Tensor:
    return nn.init.orthogonal_(
        torch.empty(rows, columns), gain=scale * max(1, rows / columns) ** 0.5
    )


def _linear(inputs: int, outputs: int, gain: float) -> nn.Linear:
    linear = nn.Linear(inputs, outputs, bias=False)
    if gain == 0:
        nn.init.zeros_(linear.weight)
    else:
        nn.init.orthogonal_(linear.weight, gain=gain)
    return linear
