"""Scores weights on the benchmarks by real generation, with the numpy inference."""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import weights
from benchmarks import BENCHMARKS, Benchmark, Row, Run
from generation import Generator
from tokenizer import Tokenizer


def main() -> None:
    """Prints a line for each benchmark, and below it one for each group of its rows."""
    options = _options()
    tokenizer = Tokenizer(options.vocabulary)
    generator = Generator(weights.read(options.weights), tokenizer)
    average, passed = f"avg@{options.repeats}", f"pass@{options.repeats}"
    print(f"{'benchmark':38} {'rows':>5} {average:>8} {passed:>8}")
    for benchmark in BENCHMARKS:
        path = options.data / benchmark.data / "test.jsonl"
        if not path.exists() or options.only not in benchmark.name:
            continue
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        start = time.monotonic()
        verdicts = _verdicts(benchmark, rows[: options.limit], options, tokenizer, generator)
        seconds = time.monotonic() - start
        _print_scores(benchmark, rows, verdicts, seconds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, help="a safetensors file")
    parser.add_argument("vocabulary", type=Path, help="the vocabulary of the weights")
    parser.add_argument("data", type=Path, help="a folder with <benchmark>/test.jsonl")
    parser.add_argument("--repeats", type=int, default=1, help="tries at each row")
    parser.add_argument("--greedy", action="store_true", help="no chance and no penalties")
    parser.add_argument("--limit", type=int, help="only the first rows of each benchmark")
    parser.add_argument("--only", default="", help="only benchmarks whose name contains this")
    return parser.parse_args()


def _verdicts(
    benchmark: Benchmark,
    rows: list[Row],
    options: argparse.Namespace,
    tokenizer: Tokenizer,
    generator: Generator,
) -> list[list[bool]]:
    """For each row its verdicts, one for each repeat."""
    asked = [row for row in rows for _ in range(options.repeats)]
    run = Run(generator, tokenizer, range(len(asked)), options.greedy)
    judged = benchmark.judge(run, asked)
    return [judged[at : at + options.repeats] for at in range(0, len(judged), options.repeats)]


def _print_scores(
    benchmark: Benchmark, rows: list[Row], verdicts: list[list[bool]], seconds: float
) -> None:
    groups: dict[str, list[list[bool]]] = defaultdict(list)
    for row, tries in zip(rows, verdicts):
        for group in benchmark.group(row):
            groups[group].append(tries)
    print(f"{_scores(benchmark.name, verdicts)}  {seconds:6.1f} s", flush=True)
    for group, members in sorted(groups.items()):
        print(_scores(f"  {group}", members), flush=True)


def _scores(name: str, verdicts: Iterable[list[bool]]) -> str:
    tries = list(verdicts)
    average = sum(sum(row) / len(row) for row in tries) / len(tries)
    passed = sum(any(row) for row in tries) / len(tries)
    return f"{name:38} {len(tries):5} {100 * average:7.1f}% {100 * passed:7.1f}%"


if __name__ == "__main__":
    main()
