# Started with `python3 -c`: the first frame on descriptor 3 holds the runner's modules. They are never files, so that
# nothing of them can be found or changed from inside the sandbox.
import importlib.machinery
import json
import os
import struct
import sys


def receive(count):
    parts = []
    while count:
        part = os.read(3, min(count, 1 << 20))
        if not part:
            sys.exit(0)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


class Sources:
    """Finds modules among the sources of the first frame."""

    def __init__(self, sources):
        self.sources = sources

    def find_spec(self, name, path=None, target=None):
        if name in self.sources:
            return importlib.machinery.ModuleSpec(name, self, origin=f"{name}.py")
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__name__
        exec(compile(self.sources[name], f"{name}.py", "exec"), module.__dict__)


os.set_blocking(3, True)
first = json.loads(receive(struct.unpack("<I", receive(4))[0]))
sys.meta_path.insert(0, Sources(first["modules"]))

import runner

runner.main(first["contained"])
