"""Trains the demo model on a CPU.

The schedule counts steps, so that the same command gives the same training on the same machine:
a linear warm-up, a constant rate, and a linear fall to zero. Each process takes its part of every
batch. Every so many steps the model is tried on held-out samples, and each task's share becomes its
base share times (0.2 + its error rate).
"""

import argparse
import json
import random
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import distributed, multiprocessing

import allocation
import wkv
import wkv_native
from batches import Batch, batch, line, training_batches
from model import RWKV7, Kernels, bfloat16_product
from optimiser import Optimiser, Rates
from tasks import mixture
from tokenizer import Tokenizer

WARM_UP_STEPS = 40
GRADIENT_NORM_LIMIT = 1.0
PROBE_SEED = 123
LEAST_SHARE = 0.2


@dataclass(frozen=True)
class Options:
    """The command line."""

    vocabulary: Path
    out: Path
    steps: int
    processes: int
    layers: int
    channels: int
    tokens: int
    adam_rate: float
    muon_rate: float
    falling: float
    probe_every: int
    probe_samples: int
    seed: int
    start: Path | None
    pure: bool
    bfloat16: bool


@dataclass(frozen=True)
class Progress:
    """One line of the log.

    ``loss`` is the first process's mean since the line before; ``rates`` has, by task, the part of
    held-out samples that were wholly right.
    """

    step: int
    seconds: float
    loss: float
    tokens: int
    rates: dict[str, float]


class Trainer:
    """One process of the training."""

    def __init__(self, options: Options, rank: int) -> None:
        torch.manual_seed(options.seed)
        self._options, self._rank = options, rank
        kernels, self._multiple = _kernels(options)
        self._tokenizer = Tokenizer(options.vocabulary)
        self._model = RWKV7(self._tokenizer.size, options.channels, options.layers, kernels)
        if options.start:
            self._model.load_state_dict(torch.load(options.start, weights_only=True))
        self._parameters = list(self._model.parameters())
        rates = Rates(adam=options.adam_rate, muon=options.muon_rate)
        self._optimiser = Optimiser(self._model, rates)
        self._base_shares = [task.share for task in mixture.MIXTURE]
        self._shares = list(self._base_shares)
        self._batches = training_batches(
            self._tokenizer,
            random.Random(options.seed * 1000 + rank),
            options.tokens // options.processes,
            self._multiple,
            self._shares,
        )

    def run(self) -> None:
        """The whole training; the first process writes log and checkpoints."""
        options = self._options
        begin, fed, losses = time.monotonic(), 0, []
        for step in range(1, options.steps + 1):
            part = next(self._batches)
            fed += part.inputs.numel() * options.processes
            losses.append(self._step(part, self._rate_at(step)))
            if step % options.probe_every == 0 or step == options.steps:
                rates = self._probe()
                self._adapt_shares(rates)
                seconds = round(time.monotonic() - begin, 1)
                loss = round(sum(losses) / len(losses), 4)
                losses.clear()
                self._report(Progress(step, seconds, loss, fed, rates))

    def _rate_at(self, step: int) -> float:
        remaining = 1 - (step - 1) / self._options.steps
        return min(1.0, step / WARM_UP_STEPS, remaining / self._options.falling)

    def _step(self, part: Batch, rate: float) -> float:
        logits = self._model(part.inputs)
        losses = F.cross_entropy(logits.flatten(0, 1), part.targets.flatten(), reduction="none")
        loss = (losses * part.weights.flatten()).sum() / part.weights.sum()
        loss.backward()
        if self._options.processes > 1:
            self._average_gradients()
        torch.nn.utils.clip_grad_norm_(self._parameters, GRADIENT_NORM_LIMIT)
        self._optimiser.step(rate)
        self._model.zero_grad(set_to_none=True)
        return loss.item()

    def _average_gradients(self) -> None:
        flat = torch.cat([parameter.grad.flatten() for parameter in self._parameters])
        distributed.all_reduce(flat)
        flat /= self._options.processes
        sizes = [parameter.numel() for parameter in self._parameters]
        for parameter, gradient in zip(self._parameters, flat.split(sizes)):
            parameter.grad = gradient.view_as(parameter)

    @torch.no_grad()
    def _probe(self) -> dict[str, float]:
        """Tries held-out samples of each task, the true text being fed throughout.

        The tasks are divided among the processes.
        """
        tasks = mixture.MIXTURE
        rates = torch.zeros(len(tasks))
        for index in range(self._rank, len(tasks), self._options.processes):
            rng = random.Random(PROBE_SEED)
            drawn = [
                mixture.draw_of(rng, tasks[index], held_out=True)
                for _ in range(self._options.probe_samples)
            ]
            tried = batch([line(self._tokenizer, one) for one in drawn], self._multiple)
            chosen = self._model(tried.inputs).argmax(-1)
            is_right = (chosen == tried.targets) | (tried.weights == 0)
            rates[index] = is_right.all(1).float().mean()
        if self._options.processes > 1:
            distributed.all_reduce(rates)
        return {task.name: round(rate, 3) for task, rate in zip(tasks, rates.tolist())}

    def _adapt_shares(self, rates: dict[str, float]) -> None:
        self._shares[:] = [
            base * (LEAST_SHARE + 1 - rate) for base, rate in zip(self._base_shares, rates.values())
        ]

    def _report(self, progress: Progress) -> None:
        if self._rank != 0:
            return
        print(
            f"{progress.seconds:6.0f} s, step {progress.step}, loss {progress.loss:.4f}, "
            f"{progress.tokens / progress.seconds:.0f} tokens/s, {progress.rates}",
            flush=True,
        )
        with (self._options.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(vars(progress)) + "\n")
        torch.save(self._model.state_dict(), self._options.out / "checkpoint.pth")


def _kernels(options: Options) -> tuple[Kernels, int]:
    """The kernels asked for, and what the length of a batch must be a multiple of."""
    product = bfloat16_product if options.bfloat16 else F.linear
    if options.pure:
        return Kernels(product), wkv.CHUNK
    try:
        return Kernels(product, wkv_native.compiled()), 1
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"wkv7.c cannot be compiled, so its work is done in plain torch: {error}")
        return Kernels(product), wkv.CHUNK


def _work(rank: int, options: Options, rendezvous: str) -> None:
    torch.set_num_threads(1)
    if options.processes > 1:
        distributed.init_process_group(
            "gloo", f"file://{rendezvous}", rank=rank, world_size=options.processes
        )
    try:
        Trainer(options, rank).run()
    finally:
        if options.processes > 1:
            distributed.destroy_process_group()


def _options() -> Options:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("vocabulary", type=Path, help="the vocabulary file")
    add("out", type=Path, help="the folder for log.jsonl and checkpoint.pth")
    add("--steps", type=int, default=6000)
    add("--processes", type=int, default=2, help="processes of one thread each")
    add("--layers", type=int, default=4)
    add("--channels", type=int, default=128, help="a multiple of 64")
    add("--tokens", type=int, default=3072, help="tokens of a step, of all processes together")
    add("--adam-rate", type=float, default=3e-3)
    add("--muon-rate", type=float, default=0.02)
    add("--falling", type=float, default=0.45, help="part of the steps in which the rate falls")
    add("--probe-every", type=int, default=100, help="steps between trials on held-out samples")
    add("--probe-samples", type=int, default=64, help="held-out samples of each task in a trial")
    add("--seed", type=int, default=1)
    add("--start", type=Path, help="a checkpoint to begin with")
    add("--pure", action="store_true", help="do without wkv7.c, for want of a compiler")
    add("--bfloat16", action="store_true", help="faster where the processor has AVX512-BF16")
    return Options(**vars(parser.parse_args()))


def main() -> None:
    """Trains in as many processes as were asked for."""
    allocation.restart_with_settings()
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        rendezvous = f"{folder}/rendezvous"
        if options.processes == 1:
            _work(0, options, rendezvous)
        else:
            multiprocessing.spawn(_work, (options, rendezvous), options.processes)


if __name__ == "__main__":
    main()
