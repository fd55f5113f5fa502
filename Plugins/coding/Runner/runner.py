# The zygote: a warm Python that forks a seed and a judge for each job, and never reads a job itself, so that no program
# finds an earlier one's tests in its memory.
#
#   plugin -- jobs --> judge (reads its job from the channel that it shares with the zygote)
#   judge  -- seconds it may take, result --> zygote -- result, then "is everything clean" --> plugin
import json
import os
import random
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time

# What programs import most, so that forking is all that a program costs.
import abc, array, bisect, cmath, collections, contextlib, copy, dataclasses, datetime, decimal, enum, fractions, \
    functools, hashlib, heapq, inspect, io, itertools, math, numbers, operator, queue, re, statistics, string, textwrap, \
    threading, types, typing  # noqa: E401

import contests
import judge
import seed
import syscalls

CHANNEL = 3
LENGTH = struct.Struct("<I")
# How long a judge may take to read its job and say how long it needs.
FIRST_WORD_S = 120
MOST_LEFT_FILES = 200
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
        self.base = "/tmp" if contained else tempfile.mkdtemp(prefix="evalhost-coding-")
        self.filter = syscalls.Filter()
        self.channel = socket.socket(fileno=os.dup(CHANNEL))
        self.wants_listener = self.can_listen()

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

    def serve(self):
        """Waits for a job and has it judged; false when there are no more."""
        select.select([CHANNEL], [], [])
        if not self.channel.recv(1, socket.MSG_PEEK):
            return False
        ours, theirs = socket.socketpair()
        read, write = os.pipe()
        seed_pid = os.fork()
        if seed_pid == 0:
            self.be_seed(theirs, (ours.fileno(), read, write))
        judge_pid = os.fork()
        if judge_pid == 0:
            self.be_judge(ours, write, (theirs.fileno(), read))
        for socket_end in (ours, theirs):
            socket_end.close()
        os.close(write)
        end = self.watch(judge_pid, read)
        os.close(read)
        taint = self.clean(judge_pid, seed_pid)
        send({"taint": taint} if taint else {"clean": True})
        return end

    def be_seed(self, control, others):
        try:
            self.channel.close()
            for descriptor in (CHANNEL, *others):
                os.close(descriptor)
            os.setsid()
            seed.main(control, self.base, self.filter, self.wants_listener)
        finally:
            os._exit(0)

    def be_judge(self, control, report, others):
        code = 1
        try:
            for descriptor in others:
                os.close(descriptor)
            judge.main(CHANNEL, control, report, self.filter, self.contained)
            code = 0
        except BaseException as error:
            import traceback
            traceback.print_exception(error, limit=-8)
        finally:
            os._exit(code)

    def watch(self, judge_pid, report):
        """Waits for the judge and passes its result on; false when the channel is no longer to be trusted."""
        notice = os.pidfd_open(judge_pid)
        try:
            deadline = time.monotonic() + FIRST_WORD_S
            if wait([report, notice], deadline):
                word = os.read(report, 8)
                if len(word) == 8:
                    deadline = time.monotonic() + struct.unpack("<d", word)[0]
            if wait([notice], deadline):
                end = os.waitid(os.P_PIDFD, notice, os.WEXITED | os.WNOWAIT)
                if end.si_code == os.CLD_EXITED and end.si_status == 0:
                    # By the kernel alone: what the result says of expected values never is in this memory.
                    while os.splice(report, CHANNEL, 1 << 16):
                        pass
                    return True
                what = f"exit code {end.si_status}" if end.si_code == os.CLD_EXITED else f"signal {end.si_status}"
                send({"outcome": "harness_error", "message": f"the judge ended with {what}"})
                return False
            # The tests, or what the program gave them, take for ever.
            send({"outcome": "time", "wall": True})
            return False
        finally:
            os.close(notice)

    def clean(self, judge_pid, seed_pid):
        """Ends what is left of a job and removes its files; returns why that could not be done."""
        if self.contained:
            try:
                # Everything in the sandbox but this process and the init.
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                pass
        else:
            # A program's process dies with its seed.
            for pid in (judge_pid, seed_pid):
                os.kill(pid, signal.SIGKILL)
        for pid in (judge_pid, seed_pid):
            os.waitpid(pid, 0)
        return remove(self.base)

    def leave(self):
        if not self.contained:
            shutil.rmtree(self.base, ignore_errors=True)


def wait(descriptors, deadline):
    """Whether one of them became readable before the deadline."""
    left = max(0.0, deadline - time.monotonic())
    return bool(select.select(descriptors, [], [], left)[0])


def remove(base):
    """Removes what a program left; returns a reason when that is more than a program should leave."""
    try:
        os.rmdir(os.path.join(base, "program"))
    except OSError:
        pass
    if not os.listdir(base):
        return None
    count = 0
    try:
        for place, folders, files in os.walk(base):
            count += len(folders) + len(files)
            if count > MOST_LEFT_FILES or place.count("/") > 12:
                return "the program left more files than are removed one by one"
            for name in folders:
                path = os.path.join(place, name)
                if not os.path.islink(path):
                    os.chmod(path, 0o700)
        for entry in os.scandir(base):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
    except (OSError, RecursionError) as error:
        return f"files of the program could not be removed: {type(error).__name__}"
    return None
