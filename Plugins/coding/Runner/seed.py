# The seed of a program's processes: forked from the zygote before any job was read, so that its memory holds neither
# tests nor expected results, whatever a program finds in it. It gets the program's source and its limits from the judge,
# and forks a process for the program each time the judge asks.
import json
import os
import socket
import struct

import program


def main(control, base, filter, wants_listener):
    """Serves the judge on the socket `control` until that closes."""
    job = json.loads(receive(control, struct.unpack("<I", receive(control, 4))[0]))
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
        _, status, usage = os.wait4(child, 0)
        send(control, {
            "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            "cpu_s": usage.ru_utime + usage.ru_stime,
        })


def send(control, message):
    data = json.dumps(message).encode()
    control.sendall(struct.pack("<I", len(data)) + data)


def receive(control, count):
    parts = []
    while count:
        part = control.recv(min(count, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
