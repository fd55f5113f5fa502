"""Muon for the blocks' weight matrices, AdamW for everything else."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Rates:
    """The learning rates at their highest, and Muon's constants."""

    adam: float = 3e-3
    muon: float = 0.02
    momentum: float = 0.95
    weight_decay: float = 0.01


class Optimiser:
    """Both methods behind one step."""

    def __init__(self, model: nn.Module, rates: Rates) -> None:
        self._rates = rates
        self._matrices: list[nn.Parameter] = []
        decays: list[nn.Parameter] = []
        others: list[nn.Parameter] = []
        for name, parameter in model.named_parameters():
            if parameter.ndim == 2 and "blocks" in name and name.endswith(".weight"):
                self._matrices.append(parameter)
            elif name.endswith("att.w0"):
                decays.append(parameter)
            else:
                others.append(parameter)
        self._momenta = [torch.zeros_like(matrix) for matrix in self._matrices]
        # The decays' bias learns twice as fast, as in the official trainer.
        groups = [{"params": others, "factor": 1.0}, {"params": decays, "factor": 2.0}]
        self._adam = torch.optim.AdamW(groups, betas=(0.9, 0.99), eps=1e-12, weight_decay=0.0)

    @torch.no_grad()
    def step(self, scale: float) -> None:
        """Updates all parameters by their gradients; ``scale`` multiplies the learning rates."""
        rates = self._rates
        for group in self._adam.param_groups:
            group["lr"] = rates.adam * scale * group["factor"]
        self._adam.step()
        rate = rates.muon * scale
        for matrix, momentum in zip(self._matrices, self._momenta):
            momentum.lerp_(matrix.grad, 1 - rates.momentum)
            update = orthogonalised(matrix.grad.lerp(momentum, rates.momentum))
            shape_factor = max(1, matrix.shape[0] / matrix.shape[1]) ** 0.5
            matrix.mul_(1 - rate * rates.weight_decay)
            matrix.add_(update, alpha=-rate * shape_factor)


def orthogonalised(matrix: Tensor) -> Tensor:
    """A matrix with its singular values brought near 1, by five quintic Newton-Schulz steps."""
    is_tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.t() if is_tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        gram = x @ x.t()
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.t() if is_tall else x
