# The judge: reads jobs, has each program's processes started, runs the tests, writes the results. It is the only process
# that ever holds tests, and no program is ever forked from it.
import builtins
import importlib
import json
import os
import random
import resource
import socket
import struct
import sys
import time

import assertions
import contests
import plus
import wire
from channel import Clock, Process, Seed
from outcomes import Ended, Wrong
from remote import MODULES, Program
from shown import cut, shown

# Memory for reading a job, whose hidden tests may be a GiB; for judging it beyond what the program may have; and what a
# judge may have held that judges another job.
MOST_TO_READ = 8 << 30
SPARE = 1 << 30
MOST_KEPT = 1 << 30


def main(channel, zygote, filter, contained):
    """Judges the jobs that come on the descriptor `channel`, each with the seed that the zygote sends for it.

    To the zygote go, for each job: `D` and the seconds that it may take, as a double; `R` when the seed is to be
    collected; `W` before the result is written to the channel, and behind it `E`, or `L` when this was this judge's last.
    """
    while True:
        allow_memory(MOST_TO_READ)
        try:
            message, descriptors, _, _ = socket.recv_fds(zygote, 4, 1)
        except OSError:
            return
        if len(message) < 4:
            return
        seed = Seed(zygote, socket.socket(fileno=descriptors[0]), struct.unpack("<I", message)[0], filter)
        one(channel, seed, contained)
        seed.control.close()
        # One that has grown keeps what it cannot give back, which the next program's answers would lack.
        zygote.sendall(b"L" if peak() > MOST_KEPT else b"E")


def peak():
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def allow_memory(size):
    """A judge with too much to do with what a program says must not take the machine with it."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


def one(channel, seed, contained):
    """Judges one job and writes its result."""
    began = time.monotonic()
    Ended.first = None
    job = json.loads(receive(channel, struct.unpack("<I", receive(channel, 4))[0]))
    limits = job["limits"]
    fault = decode_tests(job)
    # As much as the program itself, for a reference solution and for answers, which take more room here than there.
    allow_memory(peak() + (limits["memory_mb"] << 20) + SPARE)
    rounds = max(1, len(job.get("tests") or [])) if job["per_test"] else 1
    seed.zygote.sendall(b"D" + struct.pack("<d", rounds * limits["wall_s"] + 60))
    # Nothing of an earlier job's tests may show in this one's.
    random.seed(0)
    sys.setrecursionlimit(5000)
    judge = Judge(job, seed, contained)
    result = {"id": job["id"]}
    result.update(fault or judge.run())
    result["cpu_s"] = round(judge.clock.total(), 4)
    result["wall_s"] = round(time.monotonic() - began, 4)
    # Not as escapes: one of half a surrogate pair is no JSON for strict readers.
    data = json.dumps(result, ensure_ascii=False).encode("utf-8", "replace")
    seed.zygote.sendall(b"W")
    view = memoryview(struct.pack("<I", len(data)) + data)
    while view:
        view = view[os.write(channel, view):]


def receive(descriptor, count):
    parts = []
    while count:
        part = os.read(descriptor, min(count, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def decode_tests(job):
    """Puts the hidden tests behind the others; returns the result when they cannot be read."""
    encoded = job.pop("encoded_tests", None)
    if encoded is not None:
        try:
            job["tests"] = list(job.get("tests") or []) + contests.decode_private(encoded)
        except Ended as ended:
            return {"outcome": ended.outcome, **ended.facts}
    return None


class Judge:
    """Runs one job."""

    def __init__(self, job, seed, contained):
        self.job = job
        self.seed = seed
        self.contained = contained
        self.clock = Clock(job["limits"])
        self.process = None
        self.test = None
        self.more = {}
        self.offences = []

    def run(self):
        try:
            {"asserts": self.asserts, "inputs": self.inputs, "calls": self.calls, "stdin": self.stdin}[self.job["kind"]]()
            result = {"outcome": "passed"}
        except Wrong as wrong:
            result = {"outcome": "wrong_answer", **wrong.facts}
        except Ended as ended:
            result = {"outcome": ended.outcome, **ended.facts}
        except MemoryError:
            result = {"outcome": "memory", "message": "the program's answers need too much memory"}
        except wire.WireError as error:
            result = {"outcome": "harness_error", "message": str(error)}
        except BaseException as error:
            # Whatever the program raised where no test was running is its own failure too.
            if not hasattr(error, "of_program"):
                raise
            result = {"outcome": "exception", **error.of_program}
        if Ended.first is not None and result["outcome"] == "passed":
            # A test has caught what says that the program is at its end.
            result = {"outcome": Ended.first.outcome, **Ended.first.facts}
        if self.process is not None:
            self.offences += self.process.offences
            if result["outcome"] != "passed":
                result.setdefault("stderr", self.process.error_text())
            self.process.end()
        if self.offences:
            result["violation"] = ", ".join(dict.fromkeys(self.offences))
            # What it tried is why it failed, unless its time ran out first; that it was killed may be its own doing.
            if result["outcome"] in ("exception", "wrong_answer", "missing_entry_point", "memory"):
                result["outcome"] = "sandbox_violation"
        result.update(self.more)
        if self.test is not None and result["outcome"] != "passed":
            result["test"] = self.test
        return {key: value for key, value in result.items() if value not in ("", None)}

    def source(self, prelude, is_main):
        """What the seed gets."""
        if "\0" in self.job["program"]:
            raise Ended("compile_error", type="ValueError", message="source code cannot contain null bytes")
        limits = dict(self.job["limits"])
        if self.job["per_test"] and not is_main:
            # One process serves all tests, each of which has the time to itself.
            limits["cpu_s"] *= max(1, len(self.job.get("tests") or []))
        return {
            "source": prelude + "\0" + self.job["program"], "limits": limits, "is_main": is_main,
            "contained": self.contained,
        }

    def start(self, prelude=""):
        """The program in a process of its own, loaded."""
        self.process = Process(self.seed, self.job["limits"], self.clock, self.source(prelude, is_main=False))
        program = Program(self.process)
        program.load()
        return program

    # MARK: Asserts

    def asserts(self):
        """Test source runs here; what it does not know is the program's."""
        program = self.start()
        entry = self.job.get("entry_point") or None
        names = TestNames(program, entry, self.job["tests"])
        self.more["tests"] = len(self.job["tests"])
        self.prelude(names, entry)
        if entry is not None:
            try:
                names[entry] = program.lookup(entry)
            except KeyError:
                raise Ended("missing_entry_point", type="NameError", message=f"name '{entry}' is not defined") from None
        one = len(self.job["tests"]) == 1
        for number, source in enumerate(self.job["tests"]):
            self.test = None if one else number
            try:
                exec(compile(source, f"<test {number}>", "exec"), names, names)
            except (Ended, MemoryError, wire.WireError):
                raise
            except BaseException as error:
                self.look_closer(error, source, names, one)
                raise self.failure(error) from None

    def look_closer(self, error, source, names, one):
        """Runs a test that has failed again, so that it says which assert it was and what was on both sides.

        That it has failed is settled: what comes of this only adds to the result.
        """
        if not isinstance(error, AssertionError) or hasattr(error, "of_program"):
            return
        recorder = assertions.Recorder()
        names.update(recorder.names())
        random.seed(0)
        try:
            exec(assertions.compiled(source, "<test>"), names, names)
        except AssertionError as again:
            error.__dict__.update(again.__dict__)
            if one and recorder.asserts:
                self.test = recorder.asserts - 1
        except (Exception, SystemExit, Ended):
            pass

    def prelude(self, names, entry):
        source = self.job.get("prelude") or ""
        if not source:
            return
        try:
            exec(compile(source, "<prelude>", "exec"), names, names)
        except Exception:
            # A head that is no Python by itself only leaves its helpers out.
            pass
        names.pop(entry, None)

    def failure(self, error):
        """What an exception in the tests means: the program's own, a comparison that failed, or a test at fault."""
        told = getattr(error, "of_program", None)
        if told is not None:
            return Ended("exception", **told)
        try:
            message = repr(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        except Exception:
            # It holds a value of the program's that has no text, such as a whole number too long to write.
            message = ""
        message = cut(message, 2000)
        if isinstance(error, AssertionError):
            facts = {"type": "AssertionError", "message": message}
            if hasattr(error, "sides"):
                facts["got"], facts["expected"] = (shown(side) for side in error.sides)
            elif hasattr(error, "condition"):
                facts["expected"] = error.condition
            return Wrong(**facts)
        # The tests could do nothing with what the program gave them: that is a wrong answer too.
        return Ended("exception", type=type(error).__name__, message=message, frame="in the tests")

    # MARK: The other kinds

    def inputs(self):
        program = self.start()
        function = self.function(program, self.job["entry_point"])
        plus.run(self, program, function)

    def function(self, program, name):
        try:
            return program.lookup(name)
        except KeyError:
            raise Ended("missing_entry_point", type="NameError", message=f"name '{name}' is not defined") from None

    def calls(self):
        contests.run_calls(self, self.start(contests.PRELUDE))

    def stdin(self):
        self.seed.give(self.source(contests.PRELUDE, is_main=True))
        contests.run_programs(self)


class TestNames(dict):
    """The global names of the tests: their own, then the function they test, the judge's built-ins, the program's."""

    def __init__(self, program, entry, tests):
        super().__init__(__builtins__=builtins, __name__="tests")
        self.program = program
        self.entry = entry
        self.tests = tests

    def __missing__(self, name):
        # A built-in that the program has made its own is not used to judge it.
        if hasattr(builtins, name):
            return getattr(builtins, name)
        try:
            value = self.program.lookup(name)
        except KeyError:
            raise NameError(f"name '{name}' is not defined") from None
        if name in MODULES and assertions.takes_attribute_of(name, self.tests):
            # A program that has a `math` of its own must not say with it what is close to what.
            value = importlib.import_module(name)
        self[name] = value
        return value
