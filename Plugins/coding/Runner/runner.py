# The zygote: a warm Python that forks a seed for each job and never reads a job itself, so that no program finds tests in
# its memory. Jobs are read by the judge, another child of the zygote, from the channel that they share.
#
#   plugin -- job --> judge -- source, calls --> seed, which becomes the program
#   judge  -- result --> plugin;  zygote -- whether everything of the job is gone --> plugin
import gc
import json
import os
import random
import select
import signal
import socket
import struct
import sys
import time

# What programs import most, so that forking is all that a program costs; each page more makes every fork dearer.
import bisect, cmath, collections, copy, datetime, functools, heapq, itertools, math, operator, re, statistics, string, \
    threading, types, typing  # noqa: E401

import contests
import judge
import leftovers
import seed
import syscalls

CHANNEL = 3
LENGTH = struct.Struct("<I")
# How long a judge may take to read its job and say how long it needs.
FIRST_WORD_S = 120
# After so many jobs the judge is replaced, and with it whatever tests have left in its memory.
JOBS_OF_A_JUDGE = 100
# Where Debian keeps packages such as numpy; -S leaves them out, since what `site` runs is not ours.
PACKAGES = ("/usr/lib/python3/dist-packages", "/usr/local/lib/python3.{}/dist-packages".format(sys.version_info[1]))


def main(contained):
    """Serves jobs until the channel closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path += [path for path in PACKAGES if os.path.isdir(path)]
    random.seed(0)
    try:
        zygote = Zygote(contained)
    except syscalls.FilterError as error:
        send({"ready": 1, "python": sys.version.split()[0], "seccomp": "none", "message": str(error)})
        return
    try:
        zygote.warm()
        send({"ready": 1, "python": sys.version.split()[0], "seccomp": "notify" if zygote.wants_listener else "errno"})
        while zygote.serve():
            pass
    finally:
        zygote.leave()


def send(message):
    data = json.dumps(message).encode("utf-8", "replace")
    view = memoryview(LENGTH.pack(len(data)) + data)
    while view:
        view = view[os.write(CHANNEL, view):]


class Zygote:
    """Forks the processes of each job and sees to it that nothing of them stays."""

    def __init__(self, contained):
        self.contained = contained
        self.base = "/tmp"
        if not contained:
            import tempfile

            self.base = tempfile.mkdtemp(prefix="evalhost-coding-")
        self.filter = syscalls.Filter()
        self.channel = socket.socket(fileno=os.dup(CHANNEL))
        self.wants_listener = self.can_listen()
        self.judge = None

    def can_listen(self):
        """Tries the filter in a process of its own; raises when there can be none."""
        for wants_listener in (True, False):
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    self.filter.install(wants_listener)
                    code = 0
                finally:
                    os._exit(code)
            if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
                return wants_listener
        raise syscalls.FilterError("seccomp filters are not to be had")

    def warm(self):
        """Imports what a contest program's first lines import, and what the first job would."""
        exec(compile(contests.PRELUDE, "<prelude>", "exec"), {})
        sys.setrecursionlimit(1000)
        # What is here now is never looked at by a collection in a child, which would copy every page of it.
        gc.collect()
        gc.freeze()

    def serve(self):
        """Waits for a job and has it judged; false when there are no more."""
        if self.judge is None:
            self.judge = Judge(self)
        # Forked before the job is there, so that a job need not wait for it.
        pid, control = self.fork_seed()
        select.select([CHANNEL], [], [])
        if not self.channel.recv(1, socket.MSG_PEEK):
            return False
        self.judge.give(pid, control)
        control.close()
        goes_on = self.judge.watch(pid)
        taint = self.clean(pid)
        if not goes_on:
            return False
        send({"taint": taint} if taint else {"clean": True})
        return True

    def fork_seed(self):
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            self.be_seed(theirs, ours)
        theirs.close()
        return pid, ours

    def be_seed(self, control, other):
        try:
            self.channel.close()
            other.close()
            os.close(CHANNEL)
            self.judge.control.close()
            os.close(self.judge.notice)
            seed.main(control, self.base, self.filter, self.wants_listener)
        finally:
            os._exit(0)

    def clean(self, seed_pid):
        """Ends what is left of a job and removes its files; returns why that could not be done."""
        if not self.judge.has_collected:
            os.kill(seed_pid, signal.SIGKILL)
            os.waitpid(seed_pid, 0)
        self.judge.jobs += 1
        if self.judge.is_worn:
            self.judge.end()
            self.judge = None
            if self.contained:
                try:
                    # Everything in the sandbox but this process and the init.
                    os.kill(-1, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        return leftovers.remove(self.base)

    def leave(self):
        if not self.contained:
            import shutil

            shutil.rmtree(self.base, ignore_errors=True)


class Judge:
    """The judge's process as the zygote sees it."""

    def __init__(self, zygote):
        self.control, theirs = socket.socketpair()
        self.jobs = 0
        self.is_worn = False
        self.pid = os.fork()
        if self.pid == 0:
            self.be(zygote, theirs)
        theirs.close()
        self.notice = os.pidfd_open(self.pid)

    def be(self, zygote, control):
        code = 1
        try:
            self.control.close()
            judge.main(CHANNEL, control, zygote.filter, zygote.contained)
            code = 0
        except BaseException as error:
            import traceback
            traceback.print_exception(error, limit=-8)
        finally:
            os._exit(code)

    def give(self, pid, control):
        """Hands over the seed of the next job."""
        self.has_collected = False
        socket.send_fds(self.control, [struct.pack("<I", pid)], [control.fileno()])

    def watch(self, seed_pid):
        """Does what the judge asks for until its result is written; false when the channel is no longer to be trusted."""
        deadline = time.monotonic() + FIRST_WORD_S
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready = select.select([self.control, self.notice], [], [], left)[0]
            if self.control in ready:
                word = self.control.recv(1)
                if word in (b"E", b"L"):
                    self.is_worn = word == b"L" or self.jobs + 1 >= JOBS_OF_A_JUDGE
                    return True
                if word == b"D":
                    deadline = time.monotonic() + struct.unpack("<d", self.control.recv(8, socket.MSG_WAITALL))[0]
                elif word == b"R":
                    seed.send(self.control, seed.collect(seed_pid))
                    self.has_collected = True
                elif word == b"W":
                    # A result that is half written can only be written to its end.
                    deadline = None
                elif not word:
                    end = os.waitid(os.P_PIDFD, self.notice, os.WEXITED | os.WNOWAIT)
                    if end.si_code != os.CLD_EXITED and end.si_status == signal.SIGXCPU:
                        send({"outcome": "time", "message": "the program's answer takes too long to read"})
                        return False
                    what = "exit code" if end.si_code == os.CLD_EXITED else "signal"
                    message = f"the judge ended with {what} {end.si_status}"
                    send({"outcome": "harness_error", "broken": True, "message": message})
                    return False
            elif not ready:
                # The tests, or what the program gave them, take for ever.
                send({"outcome": "time", "wall": True})
                return False

    def end(self):
        self.control.close()
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.notice)
