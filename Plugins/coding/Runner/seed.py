# The seed of a program's processes: forked from the zygote, which never reads a job, so that its memory holds neither
# tests nor expected results, whatever a program finds in it. The judge sends it the program's source and limits. A program
# whose functions are called runs in the seed itself; one that is run as a whole gets a process of its own for each test.
import json
import os
import socket
import struct

import leftovers
import program

LENGTH = struct.Struct("<I")


def main(control, base, filter, wants_listener):
    """Takes one job from the judge on the socket `control`; returns when a job of whole programs is done."""
    head, descriptors, _, _ = socket.recv_fds(control, 4, 3)
    if len(head) < 4:
        return
    job = json.loads(receive(control, LENGTH.unpack(head)[0]))
    if not job["is_main"]:
        program.run(job, (*descriptors, control.fileno()), base, filter, wants_listener)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 4)
        if not message:
            return
        child = os.fork()
        if child == 0:
            program.run(job, descriptors, base, filter, wants_listener)
        for descriptor in descriptors:
            os.close(descriptor)
        send(control, {"pid": child})
        # Collected only when the judge says so: until then it may signal it, as the number is still its own.
        if not control.recv(1):
            return
        ended = collect(child)
        # The next process of the same program begins in an empty folder.
        ended["left"] = leftovers.remove(base)
        send(control, ended)


def collect(child):
    """Waits for a process that has ended or was just killed; how it ended."""
    _, status, usage = os.wait4(child, 0)
    return {
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "cpu_s": usage.ru_utime + usage.ru_stime,
    }


def send(control, message, descriptors=()):
    data = json.dumps(message).encode()
    data = LENGTH.pack(len(data)) + data
    sent = socket.send_fds(control, [data], descriptors) if descriptors else 0
    if sent < len(data):
        control.sendall(data[sent:])


def receive(control, count):
    parts = []
    while count:
        part = control.recv(min(count, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def receive_message(control):
    return json.loads(receive(control, LENGTH.unpack(receive(control, 4))[0]))
