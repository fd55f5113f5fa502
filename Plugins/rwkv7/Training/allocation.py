"""Settings of glibc's allocator and of OpenMP, worth a factor of 5 to 10.

By default every large temporary is mapped, page-faulted and unmapped again. Both libraries read the
settings when the process starts, so it is started anew with them.
"""

import os
import sys

SETTINGS = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "100000000000",
    "MALLOC_TOP_PAD_": "268435456",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
}


def restart_with_settings() -> None:
    """Starts the program anew where a setting is missing; does not return then."""
    missing = {name: value for name, value in SETTINGS.items() if name not in os.environ}
    if missing:
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **missing})
