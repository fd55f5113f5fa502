# The judge's view of a process of the program: requests and answers, what it prints, how long it takes, how it ends.
# Whatever the process does, every wait here comes to an end.
import os
import select
import signal
import socket
import time

import seed as seeds
import syscalls
import wire
from outcomes import Ended


# Bytes of an answer that a slow machine writes in a second of CPU time.
WRITTEN_PER_SECOND = 2e6


class Clock:
    """How long the program may still take: CPU time decides, the clock on the wall ends what only waits."""

    def __init__(self, limits):
        self.limits = limits
        self.spent = 0.0
        self.identity = None
        self.next_look = 0.0
        self.restart()

    def restart(self):
        """The limits hold from now on."""
        self.began = time.monotonic()
        self.mark = self.total()
        self.processor_limit = self.limits["cpu_s"]

    def allow(self, seconds):
        """The next call may take so many CPU seconds, within what the whole job may."""
        self.processor_limit = min(self.limits["cpu_s"], self.total() - self.mark + seconds)

    def begin_writing(self):
        """The program has computed what it was asked for, and writes it."""
        self.written_from = self.total()
        self.saved_limit = self.processor_limit
        self.processor_limit += self.limits["cpu_s"]

    def end_writing(self, seconds):
        """It has written; up to so many seconds of that do not count."""
        self.mark += min(seconds, self.total() - self.written_from)
        self.processor_limit = self.saved_limit

    def follow(self, pid):
        """Counts a process that has just begun to the time of the others."""
        self.spent = self.total()
        # The clock of another process, as clock_getcpuclockid(3) makes its number.
        self.identity = (~pid << 3) | 2

    def total(self):
        """CPU seconds of all processes so far."""
        if self.identity is None:
            return self.spent
        try:
            return self.spent + time.clock_gettime(self.identity)
        except OSError:
            return self.spent

    def freeze(self, seconds):
        """The process has ended after so many CPU seconds."""
        self.spent += seconds
        self.identity = None

    def is_due(self):
        """Whether it is worth looking at the limits again: they are looked at every few milliseconds."""
        now = time.monotonic()
        if now < self.next_look:
            return False
        self.next_look = now + 0.004
        return True

    def over(self):
        """Which limit has been passed: "cpu", "wall" or None."""
        if self.total() - self.mark > self.processor_limit:
            return "cpu"
        if time.monotonic() - self.began > self.limits["wall_s"]:
            return "wall"
        return None

    def milliseconds_left(self):
        if time.monotonic() < self.next_look:
            return 5
        processor = self.processor_limit - (self.total() - self.mark)
        wall = self.limits["wall_s"] - (time.monotonic() - self.began)
        return max(1, int(1000 * min(processor, wall)) + 1)


class Seed:
    """The judge's end of a job's seed and of the zygote that is its parent."""

    def __init__(self, zygote, control, pid, filter):
        self.zygote = zygote
        self.control = control
        self.pid = pid
        self.filter = filter

    def give(self, job, descriptors=()):
        """Hands over the program's source and limits, and the descriptors that it is to have."""
        seeds.send(self.control, job, descriptors)

    def collect(self):
        """Has the zygote collect the seed, which has ended or was just killed."""
        self.zygote.sendall(b"R")
        return seeds.receive_message(self.zygote)


class Process:
    """A process of the program: the seed itself, or one that the seed forks for a whole program."""

    def __init__(self, seed, limits, clock, job=None, input=None):
        self.seed = seed
        self.limits = limits
        self.clock = clock
        self.is_main = job is None
        # Near where the kernel ends it, whatever the clock here says; its own count may be a little less.
        self.processor_end = int((job["limits"] if job else limits)["cpu_s"]) + 1.5
        self.input = memoryview(input) if input is not None else None
        self.output = bytearray()
        self.errors = bytearray()
        self.waiting = bytearray()
        self.printed = 0
        self.listener = None
        self.has_ended = False
        self.status = None
        self.poll = select.poll()
        self.start(job)
        self.expect_filter()

    def start(self, job):
        self.out, out = os.pipe()
        self.err, err = os.pipe()
        if self.input is None:
            self.into, source = None, os.open("/dev/null", os.O_RDONLY)
        else:
            source, self.into = os.pipe()
            os.set_blocking(self.into, False)
            self.poll.register(self.into, select.POLLOUT)
        if self.is_main:
            self.channel, theirs = socket.socketpair()
            socket.send_fds(self.seed.control, [b"S"], [source, out, err, theirs.fileno()])
            theirs.close()
            self.pid = seeds.receive_message(self.seed.control)["pid"]
        else:
            self.channel, self.pid = self.seed.control, self.seed.pid
            self.seed.give(job, [source, out, err])
        for descriptor in (source, out, err):
            os.close(descriptor)
        self.end_notice = os.pidfd_open(self.pid)
        self.clock.follow(self.pid)
        for descriptor in (self.out, self.err):
            os.set_blocking(descriptor, False)
            self.poll.register(descriptor, select.POLLIN)
        self.poll.register(self.end_notice, select.POLLIN)

    def expect_filter(self):
        """Takes the filter's listener; until then nothing of the program has run in the process."""
        self.channel.settimeout(60)
        try:
            message, descriptors, _, _ = socket.recv_fds(self.channel, 1, 1)
        except OSError:
            message, descriptors = b"", []
        self.channel.setblocking(False)
        self.channel_number = self.channel.fileno()
        self.poll.register(self.channel, select.POLLIN)
        if message == b"L" and descriptors:
            self.listener = syscalls.Listener(descriptors[0], self.seed.filter)
            self.poll.register(descriptors[0], select.POLLIN)
        elif message != b"F":
            self.end()
            raise Ended("harness_error", message="the program's process could not be set up: " + self.error_text())
        if self.is_main:
            # A whole program has no channel; one that opened it would find nobody.
            self.poll.unregister(self.channel)
            self.channel.close()

    @property
    def offences(self):
        return self.listener.offences if self.listener else []

    def error_text(self):
        return self.errors[-1000:].decode("utf-8", "replace").strip()

    # MARK: Requests

    def send(self, data):
        """Sends a request; the program may be slow to take it, or never take it."""
        view = memoryview(wire.LENGTH.pack(len(data)) + data)
        while view:
            try:
                view = view[self.channel.send(view):]
            except BlockingIOError:
                self.poll.modify(self.channel, select.POLLIN | select.POLLOUT)
                self.wait()
                self.poll.modify(self.channel, select.POLLIN)
            except OSError:
                self.has_left()

    def receive(self):
        """The program's next answer."""
        length = self.length()
        if length == 0:
            # A large answer is being written, which is not the program's time, in proportion to its size.
            self.clock.begin_writing()
            length = self.length()
            self.clock.end_writing(0.5 + length / WRITTEN_PER_SECOND)
        if not 0 < length <= wire.MOST_BYTES + 1024:
            raise Ended("exception", type="BrokenChannel", message="the program broke the channel to the judge")
        return self.read(length)

    def length(self):
        return wire.LENGTH.unpack(self.read(4))[0]

    def read(self, count):
        while len(self.waiting) < count:
            self.wait()
            if not self.channel_is_readable:
                continue
            try:
                part = self.channel.recv(max(1 << 16, min(count, 1 << 20)))
            except BlockingIOError:
                continue
            except OSError:
                part = b""
            if not part:
                self.has_left()
            self.waiting += part
        data = bytes(self.waiting[:count])
        del self.waiting[:count]
        return data

    def has_left(self):
        """The channel is closed: says why, which is the program's end or its own doing."""
        try:
            self.poll.unregister(self.channel)
        except KeyError:
            pass
        until = time.monotonic() + 1
        while not self.has_ended and time.monotonic() < until:
            self.handle(self.poll.poll(100))
        if not self.has_ended:
            self.end()
            raise Ended("exception", type="BrokenChannel", message="the program closed the channel to the judge")
        self.collect()
        self.raise_for_end()
        raise Ended("exception", type="EarlyExit",
                    message=f"the program ended by itself (exit code {self.status['code']})")

    # MARK: Waiting

    def wait(self):
        """Waits until something happens or a limit is passed."""
        self.handle(self.poll.poll(self.clock.milliseconds_left()))
        reason = self.clock.over() if self.clock.is_due() else None
        if reason is not None:
            self.end()
            raise Ended("time", wall=reason == "wall")
        if self.printed > self.limits["output_bytes"]:
            self.end()
            raise Ended("output_limit", message=f"more than {self.limits['output_bytes']} bytes of output")

    def handle(self, events):
        self.channel_is_readable = False
        for descriptor, event in events:
            if descriptor == self.channel_number:
                self.channel_is_readable = True
            elif descriptor == self.out:
                self.take(self.out)
            elif descriptor == self.err:
                self.take(self.err)
            elif descriptor == self.end_notice:
                self.has_ended = True
                self.poll.unregister(self.end_notice)
            elif descriptor == self.into:
                self.feed()
            elif self.listener is not None and descriptor == self.listener.descriptor:
                if event & select.POLLIN:
                    self.listener.answer()
                else:
                    self.poll.unregister(descriptor)

    def feed(self):
        try:
            self.input = self.input[os.write(self.into, self.input[:1 << 16]):] if self.input else self.input
        except BlockingIOError:
            return
        except OSError:
            # The program has closed its input, and need not read all of it.
            self.input = self.input[:0]
        if not self.input:
            self.poll.unregister(self.into)
            os.close(self.into)
            self.into = -1

    def take(self, descriptor):
        """Takes some of what it prints; false when nothing more is there."""
        try:
            data = os.read(descriptor, 1 << 16)
        except BlockingIOError:
            return False
        if not data:
            try:
                self.poll.unregister(descriptor)
            except KeyError:
                pass
            return False
        self.printed += len(data)
        if descriptor == self.err:
            self.errors += data
            del self.errors[:-1 << 15]
        elif self.is_main:
            self.output += data
        return True

    # MARK: The end

    def run_to_end(self):
        """Waits until a whole program has ended and all that it printed is here."""
        while not self.has_ended:
            self.wait()
        self.collect()
        if self.printed > self.limits["output_bytes"]:
            raise Ended("output_limit", message=f"more than {self.limits['output_bytes']} bytes of output")
        self.raise_for_end()

    def raise_for_end(self):
        """Raises when a signal ended the process: nothing of ours sent it."""
        number = self.status["signal"]
        if number is None:
            return
        name = signal.Signals(number).name if number in signal.Signals._value2member_map_ else f"signal {number}"
        has_killed = self.clock.over() == "cpu" or self.status["cpu_s"] >= self.processor_end
        if number == signal.SIGXCPU or (number == signal.SIGKILL and has_killed):
            raise Ended("time", wall=False)
        if number == signal.SIGSYS:
            raise Ended("sandbox_violation", violation="system calls of another architecture")
        if number == signal.SIGKILL:
            raise Ended("memory", message="the program was killed, most likely because memory ran out")
        raise Ended("exception", type=name, message=f"the program died of {name}")

    def end(self):
        """Ends the process at once."""
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.collect()

    def collect(self):
        """Has the seed collect the process, which has ended or was just killed, and takes the rest of its output."""
        if self.status is not None:
            return
        if self.is_main:
            self.seed.control.sendall(b"R")
            self.status = seeds.receive_message(self.seed.control)
        else:
            self.status = self.seed.collect()
        self.clock.freeze(self.status["cpu_s"])
        while self.printed <= self.limits["output_bytes"] and (self.take(self.out) or self.take(self.err)):
            pass
        if self.listener:
            os.close(self.listener.descriptor)
        for descriptor in (self.out, self.err, self.end_notice):
            os.close(descriptor)
        if self.into not in (None, -1):
            os.close(self.into)
        self.channel.close()
