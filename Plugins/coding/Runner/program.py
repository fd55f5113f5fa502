# The process in which a program runs. Everything up to the system-call filter is ours; from then on the process is the
# program's, and nothing that it says is believed.
import atexit
import linecache
import operator
import os
import random
import resource
import signal
import socket
import sys
import threading
import traceback
import types

import wire

CHANNEL = 3
NAME = "<program>"


def run(job, descriptors, base, filter, wants_listener):
    """Becomes the program: never returns. `descriptors` are its input, output, error output and channel."""
    is_main = job["is_main"]
    try:
        keep_only(descriptors)
        limit(job["limits"], job["contained"])
        place = os.path.join(base, "program")
        os.makedirs(place, exist_ok=True)
        os.chdir(place)
        # An order of its own in every run, the same in every run.
        random.seed(0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        channel = socket.socket(fileno=CHANNEL)
        # PR_SET_PDEATHSIG: ends with the seed. Behind the filter it cannot be taken back.
        filter.libc.prctl(1, signal.SIGKILL, 0, 0, 0)
        listener = filter.install(wants_listener)
        if listener is None:
            channel.sendall(b"F")
        else:
            socket.send_fds(channel, [b"L"], [listener])
            os.close(listener)
        source = job["source"]
        del job
        linecache.cache[NAME] = (len(source), None, source.splitlines(True), NAME)
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(70)
    if is_main:
        channel.close()
        run_main(source)
    Server(channel).serve(source)
    os._exit(0)


def keep_only(descriptors):
    lifted = [os.dup2(descriptor, 64 + place) for place, descriptor in enumerate(descriptors)]
    os.closerange(0, 64)
    os.closerange(68, 4096)
    for place, descriptor in enumerate(lifted):
        os.dup2(descriptor, place, inheritable=True)
        os.close(descriptor)
    os.setsid()


def limit(limits, contained):
    memory = limits["memory_mb"] << 20
    processor = int(limits["cpu_s"]) + 2
    for which, value in (
        (resource.RLIMIT_CPU, processor), (resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]), (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_MSGQUEUE, 0), (resource.RLIMIT_MEMLOCK, 0),
    ):
        lower(which, value)
    if contained:
        # Counted in the sandbox alone there; elsewhere with all else that the user runs.
        lower(resource.RLIMIT_NPROC, limits["threads"] + 8)


def lower(which, value):
    """Sets a limit for good, within what the evaluator itself may."""
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def describe(error):
    """What a person and the judge need to know of an exception, as plain data."""
    frame = ""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == NAME:
            frame = f"line {trace.tb_lineno}, in {code.co_name}"
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename == NAME:
        frame = f"line {error.lineno}"
    try:
        message = str(error)[:2000]
        if isinstance(error, SyntaxError):
            # As the official harnesses say it, whose source has no name.
            message = message.replace(NAME, "<string>")
    except BaseException as other:
        message = f"(its message raises {type(other).__name__})"
    try:
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__, limit=-12))[-4000:]
    except BaseException:
        text = ""
    bases = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    return {"type": type(error).__name__, "bases": bases[:8], "message": message, "frame": frame, "traceback": text,
            "number": error.errno if isinstance(error, OSError) else None}


def run_main(source):
    """Runs a whole program as Python itself would, from its input to its output."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    sys.argv = [NAME]
    sys.stdin = open(0, "r", encoding="utf-8", errors="surrogateescape", newline=None)
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape")
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    code = 0
    try:
        prelude, _, body = source.partition("\0")
        exec(compile(prelude, "<prelude>", "exec"), module.__dict__)
        exec(compile(body, NAME, "exec"), module.__dict__)
    except SystemExit:
        pass
    except BaseException as error:
        report(error)
        code = 71
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
    except BaseException as error:
        report(error)
        code = 71
    os._exit(code)


def report(error):
    # The last line of the error output, which the judge reads.
    facts = describe(error)
    line = "\0".join([facts["type"], facts["message"][:600].replace("\0", " "), facts["frame"], facts["traceback"][-2000:]])
    data = b"\0\1" + line.encode("utf-8", "replace") + b"\0\1"
    try:
        sys.stderr.flush()
        os.write(2, data)
    except BaseException:
        pass


class Server:
    """Answers the judge's calls of the program's functions."""

    def __init__(self, channel):
        self.channel = channel
        self.waiting = bytearray()
        self.values = []
        self.numbers = {}
        self.namespace = {}

    def serve(self, source):
        prelude, _, body = source.partition("\0")
        if prelude:
            self.namespace["__name__"] = "solution"
            exec(compile(prelude, "<prelude>", "exec"), self.namespace)
        try:
            code = compile(body, NAME, "exec")
        except BaseException as error:
            self.reply(b"S", describe(error))
            return
        self.answer(lambda: exec(code, self.namespace))
        while True:
            request = self.receive()
            if request is None:
                return
            kind, data = request[:1], request[1:]
            arguments = wire.Decoder(data, self.handle).decode()
            if kind == b"G":
                self.get(arguments)
            else:
                self.answer(lambda: self.call(arguments), data)

    def get(self, name):
        if name not in self.namespace:
            return self.reply(b"M", None)
        value = self.namespace[name]
        if isinstance(value, types.ModuleType):
            return self.reply(b"I", value.__name__)
        self.answer(lambda: value)

    def call(self, arguments):
        operation, target, positional, named = arguments
        result = OPERATIONS[operation](target, positional, named)
        return result, arguments

    def answer(self, work, request=None):
        try:
            value = work()
            if request is None:
                self.reply(b"V", value)
                return
            result, arguments = value
            # What the call changed in its arguments is sent back; nothing when they are as they were.
            is_changed = is_mutable(arguments[2]) and wire.Encoder(self.number_of).encode(arguments) != request
            self.reply(b"V", (result, arguments[2] if is_changed else None))
        except BaseException as error:
            self.reply(b"E", describe(error))

    def number_of(self, value):
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.values)
            self.values.append(value)
        return number, callable(value)

    def handle(self, number, name, is_callable):
        return self.values[number]

    def reply(self, kind, value):
        # An empty frame first: what is computed is computed, and writing it takes a while.
        data = kind + wire.Encoder(self.number_of, lambda: self.channel.sendall(bytes(4))).encode(value)
        self.channel.sendall(wire.LENGTH.pack(len(data)) + data)

    def receive(self):
        head = self.read(4)
        return head and self.read(wire.LENGTH.unpack(head)[0])

    def read(self, count):
        while len(self.waiting) < count:
            part = self.channel.recv(1 << 16)
            if not part:
                return None
            self.waiting += part
        data = bytes(self.waiting[:count])
        del self.waiting[:count]
        return data


def is_mutable(values):
    return any(isinstance(value, (list, dict, set, bytearray)) for value in values)


OPERATIONS = {
    "call": lambda target, positional, named: target(*positional, **named),
    "set attribute": lambda target, positional, named: setattr(target, *positional),
    "set item": lambda target, positional, named: operator.setitem(target, *positional),
    "attribute": lambda target, positional, named: getattr(target, positional[0]),
    "item": lambda target, positional, named: target[positional[0]],
    "length": lambda target, positional, named: len(target),
    "iterate": lambda target, positional, named: iter(target),
    "next": lambda target, positional, named: next(target),
    "text": lambda target, positional, named: str(target),
}
