"""How each benchmark is asked and judged: the prompts, stages and sampling of the evaluators."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import checks
from generation import Generator, Request
from sampling import Sampling
from tasks import arithmetic, choice, code, instructions
from tokenizer import END_OF_TEXT, Tokenizer

Row = dict[str, Any]

ARITHMETIC_THINKING = Sampling(128, temperature=0.3, top_k=500, top_p=0.4, alpha_frequency=0.1)
ARITHMETIC_FINAL = Sampling(
    16, temperature=1, top_k=1, alpha_presence=0, alpha_frequency=0, stop_tokens=(END_OF_TEXT,)
)
CHOICE_THINKING = Sampling(96, temperature=0.5, alpha_presence=1, alpha_frequency=0.1)
CODE = Sampling(
    96,
    temperature=0.6,
    top_p=0.6,
    alpha_presence=0.25,
    alpha_frequency=0.25,
    alpha_decay=0.996,
    stop_tokens=(END_OF_TEXT,),
)
# " <" would begin "<think>"; the evaluator of instructions bans it.
INSTRUCTIONS = Sampling(96, ban_tokens=(295,))


@dataclass(frozen=True)
class Run:
    """What a benchmark is run with; ``seeds`` has one seed for each row."""

    generator: Generator
    tokenizer: Tokenizer
    seeds: Sequence[int]
    is_greedy: bool

    def texts(self, prompts: Sequence[str], sampling: Sampling) -> list[str]:
        """The completions of prompts, one for each row."""
        used = sampling.greedy() if self.is_greedy else sampling
        requests = [Request(prompt, used, seed) for prompt, seed in zip(prompts, self.seeds)]
        return [completion.text for completion in self.generator.complete(requests)]

    def letters(self, prompts: Sequence[str]) -> list[str]:
        """The letter that is most probable after each prompt."""
        ids = [self.tokenizer.encode(f" {letter}")[0] for letter in choice.LETTERS]
        completions = self.generator.complete([Request(prompt) for prompt in prompts])
        return [choice.LETTERS[int(np.argmax(done.logits[ids]))] for done in completions]


@dataclass(frozen=True)
class Benchmark:
    """A benchmark in one mode; ``judge`` gives one verdict for each row."""

    name: str
    data: str
    judge: Callable[[Run, Sequence[Row]], list[bool]]
    group: Callable[[Row], list[str]]


def _arithmetic_thinking(run: Run, rows: Sequence[Row]) -> list[bool]:
    prompts = [arithmetic.THINKING_PROMPT.format(question=row["question"]) for row in rows]
    thoughts = run.texts(prompts, ARITHMETIC_THINKING)
    finals = [
        prompt + thought + arithmetic.FINAL_PROMPT for prompt, thought in zip(prompts, thoughts)
    ]
    answers = run.texts(finals, ARITHMETIC_FINAL)
    return [
        answer.split("}")[0].strip() == row["expected_answer"] for answer, row in zip(answers, rows)
    ]


def _arithmetic_direct(run: Run, rows: Sequence[Row]) -> list[bool]:
    prompts = [arithmetic.DIRECT_PROMPT.format(question=row["question"]) for row in rows]
    answers = run.texts(prompts, ARITHMETIC_THINKING)
    return [answer.strip() == row["expected_answer"] for answer, row in zip(answers, rows)]


def _choice_prompt(template: str, row: Row) -> str:
    choices = "\n".join(f"{letter}. {row[letter]}" for letter in choice.LETTERS)
    subject = row["subject"].replace("_", " ")
    return template.format(subject=subject, question=row["question"], choices=choices)


def _choice_direct(run: Run, rows: Sequence[Row]) -> list[bool]:
    letters = run.letters([_choice_prompt(choice.DIRECT_PROMPT, row) for row in rows])
    return [letter == row["answer"] for letter, row in zip(letters, rows)]


def _choice_thinking(run: Run, rows: Sequence[Row]) -> list[bool]:
    prompts = [_choice_prompt(choice.THINKING_PROMPT, row) for row in rows]
    thoughts = run.texts(prompts, CHOICE_THINKING)
    letters = run.letters(
        [prompt + thought + choice.FINAL_PROMPT for prompt, thought in zip(prompts, thoughts)]
    )
    return [letter == row["answer"] for letter, row in zip(letters, rows)]


def _code_completion(run: Run, rows: Sequence[Row]) -> list[bool]:
    stubs = ["\n".join(line for line in row["prompt"].splitlines() if line.strip()) for row in rows]
    bodies = run.texts([code.COMPLETION_PROMPT.format(stub=stub) for stub in stubs], CODE)
    return [
        checks.runs(f"{stub}{body}\n{row['test']}\ncheck({row['entry_point']})\n")
        for stub, body, row in zip(stubs, bodies, rows)
    ]


def _code_function(run: Run, rows: Sequence[Row]) -> list[bool]:
    prompts = []
    for row in rows:
        found = re.search(r"^def .*:$", row["code"], flags=re.MULTILINE)
        if found is None:
            raise ValueError(f"row {row['task_id']} has no function")
        prompts.append(code.FUNCTION_PROMPT.format(request=row["text"], signature=found[0]))
    functions = run.texts(prompts, CODE)
    return [
        checks.runs("\n".join([text.split("```")[0], *row["test_list"]]))
        for text, row in zip(functions, rows)
    ]


def _instructions(run: Run, rows: Sequence[Row]) -> list[bool]:
    prompts = [instructions.PROMPT.format(question=row["prompt"]) for row in rows]
    responses = run.texts(prompts, INSTRUCTIONS)
    return [
        all(
            checks.follows(name, arguments, response)
            for name, arguments in zip(row["instruction_id_list"], row["kwargs"])
        )
        for response, row in zip(responses, rows)
    ]


def _subject(row: Row) -> list[str]:
    return [row["subject"]] if "subject" in row else []


def _no_group(row: Row) -> list[str]:
    return []


BENCHMARKS = [
    Benchmark("arithmetic, thinking", "arithmetic", _arithmetic_thinking, _subject),
    Benchmark("arithmetic, direct", "arithmetic", _arithmetic_direct, _subject),
    Benchmark("choice, thinking", "choice", _choice_thinking, _subject),
    Benchmark("choice, direct", "choice", _choice_direct, _subject),
    Benchmark("code, completion", "code_completion", _code_completion, _no_group),
    Benchmark("code, function", "code_function", _code_function, _no_group),
    Benchmark(
        "instructions", "instructions", _instructions, lambda row: row["instruction_id_list"]
    ),
]
