"""Makes the vocabulary file: all bytes, the phrases of the prompts, and the tasks' commonest words.

Ids 1 to 256 are the bytes. Ids 257 to 261 and 295 are those of the World vocabulary, so that its
usual stop id 261 (a blank line) and ban id 295 (" <") keep their meaning.
"""

import argparse
import collections
import random
import re
from pathlib import Path

from tasks.mixture import FAMILIES

SIZE = 752
SEED = 7
SAMPLES_OF_EACH = 4000

FIXED = [bytes([byte]) for byte in range(256)] + [b"\t\t", b"\t\n", b"\t ", b"\n\t", b"\n\n"]
BAN_ID, BAN_TOKEN = 295, b" <"

_CODE_MASTER = (
    "You are a top-level code master. Complete the following code without any additional text or "
    "explanation:\n"
)
PHRASES = [
    # roles and frames
    "User:",
    "User: ",
    "Assistant:",
    "Assistant: The answer is",
    "User: You are a very talented expert in",
    " Answer this question:\n",
    f"User: {_CODE_MASTER}",
    f"User:{_CODE_MASTER}",
    "think",
    "</think>",
    "\nTherefore, the answer is",
    " \\(\\boxed{",
    "}\\",
    # arithmetic and choices
    "What is ",
    " + ",
    " - ",
    " more. How many ",
    " of them. How many ",
    " now?",
    " left?",
    "\nA. ",
    "\nB. ",
    "\nC. ",
    "\nD. ",
    " A",
    " B",
    " C",
    " D",
    "Which number comes next: ",
    "Which option is ",
    "Which number is the",
    "Which word is a",
    "What is the opposite of",
    # code
    "\n    ",
    '"""',
    '\n    """',
    "```",
    "```python",
    "\n    return ",
    "):",
    ", ",
    "::-",
    "Return True if ",
    "Write a function.",
    "\nFunction signature: ",
    "\nWrite the full function definition.",
    # instructions
    " <<",
    "<<",
    ">>",
    "\n* ",
    "* ",
    "******",
    "\n******\n",
    "P.S.",
    "', '",
    "'] in the response.",
    "Include keywords ['",
    "Do not include keywords ['",
    "Answer with",
    "Your answer must contain",
    " bullet points.",
    "Use the markdown bullet points such as:\n* This is point 1. \n* This is point 2",
    " a title, wrapped in double angular brackets,",
    " such as <<poem of joy>>.",
    "Answer with one of the following options: "
    "('My answer is yes.', 'My answer is no.', 'My answer is maybe.')",
    "Give two different responses.",
    "Responses and only responses should be separated by 6 asterisk symbols: ******.",
    "Entire output should be wrapped in JSON format.",
    "You can use markdown ticks such as ```.",
    "Your entire response should be in English, and in all",
    " lowercase letters. No capital letters are allowed.",
    " capital letters.",
    "Finish your response with this exact phrase ",
    "No other words should follow this phrase.",
    "In your entire response, refrain from the use of any commas.",
    "Wrap your entire response with double quotation marks.",
    "At the end of your response, please explicitly add a postscript starting with P.S.",
]


def words() -> list[str]:
    """Words of the tasks outside the phrases, those that save the most tokens first."""
    rng = random.Random(SEED)
    phrases = sorted((phrase for phrase in PHRASES if len(phrase) > 3), key=len, reverse=True)
    saved: collections.Counter[str] = collections.Counter()
    for task in FAMILIES:
        for _ in range(SAMPLES_OF_EACH):
            text = task.draw(rng).text
            for phrase in phrases:
                text = text.replace(phrase, "\x01")
            for word in re.findall(r" ?[A-Za-z]+", text):
                if len(word.strip()) > 1:
                    saved[word] += len(word) - 1
    return [word for word, _ in saved.most_common()]


def tokens() -> list[bytes]:
    """All tokens in the order of their ids, from id 1 on."""
    reserved = {*FIXED, BAN_TOKEN}
    wanted = dict.fromkeys(text.encode() for text in [*PHRASES, *words()])
    candidates = [token for token in wanted if token not in reserved]
    places = SIZE - 1 - len(FIXED) - 1
    if len(candidates) < places:
        raise ValueError(f"{places} places in the vocabulary, but only {len(candidates)} tokens")
    made = FIXED + sorted(candidates[:places], key=lambda token: (len(token), token))
    made.insert(BAN_ID - 1, BAN_TOKEN)
    return made


def line(number: int, token: bytes) -> str:
    """A line of the vocabulary file."""
    try:
        literal = repr(token.decode())
    except UnicodeDecodeError:
        literal = repr(token)
    return f"{number} {literal} {len(token)}\n"


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="the file to write")
    lines = [line(number, token) for number, token in enumerate(tokens(), start=1)]
    parser.parse_args().out.write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
