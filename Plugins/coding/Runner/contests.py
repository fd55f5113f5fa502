# LiveCodeBench's tests: calls of one function, or runs of the whole program with a given input. What counts as equal is
# what its testing_util.py says; the names in PRELUDE are those that it gives to every program.
import base64
import json
import zlib
from decimal import Decimal, InvalidOperation

from channel import Process
from outcomes import Ended, Wrong
from shown import cut, shown

MODULES = ("string", "re", "datetime", "collections", "heapq", "bisect", "copy", "math", "random", "statistics",
           "itertools", "functools", "operator", "io", "sys", "json")
PRELUDE = "".join(f"from {name} import *\n" for name in MODULES + ("builtins", "typing")) \
    + "".join(f"import {name}\n" for name in MODULES) + "sys.setrecursionlimit(50000)\n"

MOST_DECODED = 1 << 30


def run_calls(judge, program):
    """Calls the function with each test's arguments, on one object for all tests."""
    name = judge.job["function"]
    try:
        holder = program.lookup("Solution")()
    except KeyError:
        holder = None
    except Ended:
        raise
    except Exception as error:
        raise judge.failure(error) from None
    try:
        function = program.lookup(name) if holder is None else getattr(holder, name)
    except (KeyError, AttributeError):
        raise Ended("missing_entry_point", message=f"no function '{name}'") from None
    tests = judge.job["tests"]
    judge.more["tests"] = len(tests)
    for number, test in enumerate(tests):
        judge.test = number
        arguments = [parsed(line) for line in test["input"].split("\n")]
        expected = parsed(test["output"])
        if judge.job["per_test"]:
            judge.clock.restart()
        try:
            got = function(*arguments)
        except (Ended, MemoryError):
            raise
        except BaseException as error:
            raise judge.failure(error) from None
        if isinstance(got, tuple):
            got = list(got)
        try:
            is_right = bool(got == expected)
        except (ArithmeticError, RecursionError):
            # A signalling NaN, or lists too deep to compare.
            is_right = False
        if not is_right:
            raise Wrong(input=cut(test["input"], 400), expected=shown(expected), got=shown(got))


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        raise Ended("harness_error", message=f"a test is no JSON: {cut(text, 100)}") from None


def run_programs(judge):
    """Runs the program once for each test, in a process of its own."""
    tests = judge.job["tests"]
    judge.more["tests"] = len(tests)
    limits = judge.job["limits"]
    for number, test in enumerate(tests):
        judge.test = number
        if judge.job["per_test"]:
            judge.clock.restart()
        process = judge.process = Process(
            judge.seed, limits, judge.clock, input=test["input"].encode("utf-8", "surrogatepass"))
        process.run_to_end()
        judge.offences += process.offences
        told = report(process)
        if told is not None:
            outcome = "memory" if told["type"] == "MemoryError" else "exception"
            if told["type"] in ("SyntaxError", "IndentationError", "TabError") and told["frame"].find(",") < 0:
                outcome = "compile_error"
            raise Ended(outcome, input=cut(test["input"], 400), **told)
        got = process.output.decode("utf-8", "replace")
        where = difference(got, test["output"])
        if where is not None:
            raise Wrong(input=cut(test["input"], 400), expected=cut(where[1], 400), got=cut(where[0], 400))
        if process.status["left"] and number + 1 < len(tests):
            # The next process would begin with the files of this one.
            raise Ended("exception", type="OSError", message=process.status["left"])


def report(process):
    """The exception that ended the program, which it wrote last to its error output."""
    end = process.errors.rfind(b"\0\1")
    start = process.errors.rfind(b"\0\1", 0, end) if end > 0 else -1
    if process.status["code"] == 0:
        return None
    if start < 0:
        return {"type": "EarlyExit", "message": f"the program ended by itself (exit code {process.status['code']})",
                "frame": "", "traceback": ""}
    parts = process.errors[start + 2:end].decode("utf-8", "replace").split("\0")
    del process.errors[start:]
    parts += [""] * (4 - len(parts))
    return dict(zip(("type", "message", "frame", "traceback"), parts))


def lines(text):
    return [line.strip() for line in text.strip().split("\n")]


def numbers(line):
    try:
        return [Decimal(word) for word in line.split()]
    except InvalidOperation:
        return None


def difference(got, expected):
    """Nothing when the output is right, else the part got and the part expected."""
    ours, theirs = lines(got), lines(expected)
    if len(ours) != len(theirs):
        return got.strip(), expected.strip()
    for our, their in zip(ours, theirs):
        if our == their:
            continue
        left, right = numbers(our), numbers(their)
        try:
            is_same = left is not None and left == right
        except InvalidOperation:
            # A signalling NaN compares with nothing.
            is_same = False
        if not is_same:
            return our, their
    return None


# MARK: Hidden tests

def decode_private(text):
    """The tests of `private_test_cases`: JSON, or base64 of zlib of a pickle of one text, which is JSON."""
    try:
        try:
            tests = json.loads(text)
        except ValueError:
            inflater = zlib.decompressobj()
            data = inflater.decompress(base64.b64decode(text, validate=True), MOST_DECODED)
            if inflater.unconsumed_tail:
                raise ValueError("more than 1 GiB") from None
            tests = json.loads(pickled_text(data))
    except (ValueError, zlib.error) as error:
        raise Ended("harness_error", message=f"private_test_cases cannot be read: {error}") from None
    return tests


def pickled_text(data):
    """The one text of a pickle that is nothing else; no other opcode is known here, so nothing is ever run."""
    at, text = 0, None
    while at < len(data):
        code = data[at]
        at += 1
        if code == 0x80:  # PROTO
            at += 1
        elif code == 0x95:  # FRAME
            at += 8
        elif code == 0x94:  # MEMOIZE
            pass
        elif code == 0x71:  # BINPUT
            at += 1
        elif code == 0x72:  # LONG_BINPUT
            at += 4
        elif code in (0x8C, 0x58, 0x8D):  # SHORT_BINUNICODE, BINUNICODE, BINUNICODE8
            size = {0x8C: 1, 0x58: 4, 0x8D: 8}[code]
            length = int.from_bytes(data[at:at + size], "little")
            at += size
            if text is not None or at + length > len(data):
                raise ValueError("a pickle that is not one text")
            text = data[at:at + length].decode("utf-8", "surrogatepass")
            at += length
        elif code == 0x2E and at == len(data):  # STOP
            if text is None:
                break
            return text
        else:
            raise ValueError(f"a pickle with opcode {code:#x}")
    raise ValueError("a pickle that is not one text")
