"""The World tokenizer: greedy longest match over bytes, from a vocabulary file.

A line of the file is ``id literal length``: a decimal id, a Python literal of text or bytes, and
the number of bytes. Id 0 is the end of text and has no line.
"""

import ast
from pathlib import Path

END_OF_TEXT = 0


class Tokenizer:
    """Turns text into token ids and back."""

    def __init__(self, path: Path) -> None:
        self._bytes_of = {END_OF_TEXT: b""}
        with path.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                number, rest = line.rstrip("\n").split(" ", 1)
                literal, length = rest.rsplit(" ", 1)
                value = ast.literal_eval(literal)
                token = value.encode() if isinstance(value, str) else value
                if len(token) != int(length):
                    raise ValueError(f"{path}: token {number} does not have {length} bytes")
                self._bytes_of[int(number)] = token
        self._id_of = {token: number for number, token in self._bytes_of.items() if number}
        missing = [byte for byte in range(256) if bytes([byte]) not in self._id_of]
        if missing:
            raise ValueError(f"{path}: no token for the bytes {missing}")
        self._lengths = sorted({len(token) for token in self._id_of}, reverse=True)

    @property
    def size(self) -> int:
        """The number of ids, that of the end of text included."""
        return max(self._bytes_of) + 1

    def encode(self, text: str) -> list[int]:
        """The ids of a text; every byte is a token, so there always are some."""
        data = text.encode()
        ids, position = [], 0
        while position < len(data):
            for length in self._lengths:
                number = self._id_of.get(data[position : position + length])
                if number is not None:
                    ids.append(number)
                    position += len(self._bytes_of[number])
                    break
        return ids

    def decode(self, ids: list[int]) -> str:
        """The text of ids; what is no UTF-8 is replaced."""
        return b"".join(self._bytes_of[number] for number in ids).decode("utf-8", "replace")
