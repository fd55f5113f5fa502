# The program's functions and values as the judge's tests see them: proxies whose calls run in the program's process and
# come back as plain data.
import builtins
import importlib
import resource
import time

import wire
from outcomes import Ended


# Modules that tests may use because the program has imported them: none does anything when it is imported.
MODULES = frozenset((
    "array", "bisect", "calendar", "cmath", "collections", "copy", "datetime", "decimal", "fractions", "functools",
    "heapq", "itertools", "json", "math", "numbers", "operator", "random", "re", "statistics", "string", "sys", "time",
    "typing", "unicodedata"))


class Remote:
    """A value of the program that is no plain data. Two are equal when they are the same."""

    def __init__(self, program, number, kind, is_callable):
        self.__dict__.update(_program=program, _number=number, _kind=kind)

    def _ask(self, operation, *arguments, **named):
        return self._program.ask(operation, self, arguments, named)

    def __call__(self, *arguments, **named):
        return self._ask("call", *arguments, **named)

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._ask("attribute", name)

    def __setattr__(self, name, value):
        self._ask("set attribute", name, value)

    def __setitem__(self, key, value):
        self._ask("set item", key, value)

    def __getitem__(self, key):
        return self._ask("item", key)

    def __len__(self):
        return self._ask("length")

    def __iter__(self):
        return self._ask("iterate")

    def __next__(self):
        return self._ask("next")

    # No `__contains__`: `in` goes over the parts and compares them here. An object of the program's could say that
    # everything is in it.

    def __bool__(self):
        return True

    def __eq__(self, other):
        # Never asked of the program: an object of its own could say that it is equal to anything.
        return isinstance(other, Remote) and other._number == self._number

    def __hash__(self):
        return hash(self._number)

    def __str__(self):
        return str(self._ask("text"))

    def __repr__(self):
        return f"<{self._kind} of the program>"


# Bytes of an answer that a slow machine reads in a second of CPU time.
READ_PER_SECOND = 2e6
# Bytes of an answer that are read in no time, whatever they are.
LARGE = 1 << 15


def allow(seconds):
    """Lets the kernel end the judge when its next step takes more CPU seconds than that; nothing means no end."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    most = hard if seconds is None else int(time.process_time() + seconds) + 1
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


class Program:
    """The program's process, loaded and ready for calls."""

    def __init__(self, process):
        self.process = process
        self.values = {}

    def load(self):
        """Waits until the program has loaded; what it raises is the end."""
        kind, value = self.answer()
        if kind == b"S":
            raise Ended("compile_error", **facts(value))
        if kind == b"E":
            self.end_by(value)
        if kind != b"V":
            self.broken()

    def lookup(self, name):
        """A global name of the program; `KeyError` when it has none such."""
        self.process.send(b"G" + wire.Encoder(self.number).encode(name))
        kind, value = self.answer()
        if kind == b"M":
            raise KeyError(name)
        if kind == b"I":
            # A module of the standard library is the judge's own.
            if type(value) is str and value in MODULES:
                return importlib.import_module(value)
            raise KeyError(name)
        if kind == b"E":
            self.raise_error(value)
        return value

    def ask(self, operation, target, arguments, named):
        try:
            request = wire.Encoder(self.number).encode((operation, target, arguments, named))
        except wire.TooLarge as error:
            # Tests are small: only what the program gave them can be so much.
            raise Ended("exception", type="ValueError", message=f"the program's answer cannot be given back: {error}") \
                from None
        self.process.send(b"C" + request)
        kind, value = self.answer()
        if kind == b"E":
            self.raise_error(value, operation)
        if kind != b"V" or type(value) is not tuple or len(value) != 2:
            self.broken()
        result, changed = value
        if type(changed) is tuple and len(changed) == len(arguments):
            for old, new in zip(arguments, changed):
                replace(old, new)
        return result

    def answer(self):
        data = self.process.receive()
        if len(data) > LARGE:
            # A set or mapping can be made so that reading it takes for ever, in one step that nothing here interrupts.
            allow(5 + len(data) / READ_PER_SECOND)
        try:
            return data[:1], wire.Decoder(data[1:], self.value).decode()
        except wire.WireError as error:
            raise Ended("exception", type="BrokenChannel", message=f"the program's answer cannot be read: {error}") \
                from None
        except MemoryError:
            raise Ended("memory", message="the program's answer is too large") from None
        finally:
            if len(data) > LARGE:
                allow(None)

    def number(self, value):
        if isinstance(value, Remote):
            return value._number, True
        raise wire.WireError(f"a {type(value).__name__} of the tests cannot be given to the program")

    def value(self, number, kind, is_callable):
        return Remote(self, number, kind[:100], is_callable)

    def broken(self):
        raise Ended("exception", type="BrokenChannel", message="the program answered what was not asked")

    def raise_error(self, value, operation=None):
        """Raises in the tests what the program raised: the nearest built-in type, so that a test can expect it."""
        told = facts(value)
        if told["type"] == "MemoryError":
            raise Ended("memory", **told)
        names = value.get("bases") if type(value) is dict else None
        for name in names if type(names) is list else []:
            kind = getattr(builtins, name, None) if type(name) is str else None
            if isinstance(kind, type) and issubclass(kind, BaseException):
                break
        else:
            kind = Exception
        if issubclass(kind, StopIteration) and operation != "next":
            # It would end a `map` of the tests early, which then holds for all that it has seen.
            kind = RuntimeError
        try:
            error = kind(told["message"])
        except Exception:
            error = Exception(told["message"])
        error.of_program = told
        raise error

    def end_by(self, value):
        told = facts(value)
        raise Ended("memory" if told["type"] == "MemoryError" else "exception", **told)


def facts(value):
    """What is known of an exception, of the right types and sizes whatever the program sent."""
    if type(value) is not dict:
        value = {}
    told = {}
    for key, most in (("type", 200), ("message", 2000), ("frame", 200), ("traceback", 4000)):
        text = value.get(key)
        told[key] = text[:most] if type(text) is str else ""
    told["type"] = told["type"] or "Exception"
    return told


def replace(old, new):
    """Makes a container of the tests what the program made of its copy."""
    if type(old) is not type(new):
        return
    if isinstance(old, (list, bytearray)):
        old[:] = new
    elif isinstance(old, dict):
        if old != new or list(old) != list(new):
            old.clear()
            old.update(new)
    elif isinstance(old, set):
        old.clear()
        old.update(new)
