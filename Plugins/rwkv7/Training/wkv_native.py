"""The recurrence of ``wkv.py`` by ``wkv7.c``, which is compiled when it is asked for."""

import ctypes
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from wkv import CHUNK, Recurrence

SOURCE = Path(__file__).with_name("wkv7.c")
FLAGS = ["-std=c11", "-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]


def compiled() -> Recurrence:
    """The recurrence in C; raises OSError or CalledProcessError where there is no compiler."""
    library = _library()

    class Kernel(torch.autograd.Function):
        """One call of the C functions, with the decay as itself."""

        @staticmethod
        def forward(ctx: Any, *inputs: Tensor) -> Tensor:
            batch, length, heads, size = inputs[0].shape
            arrays = [x.detach().float().contiguous() for x in inputs]
            y = torch.empty_like(arrays[0])
            kept = torch.empty(batch, heads, -(-length // CHUNK), size, size)
            library.wkv7_forward(batch, length, heads, *map(_address, [*arrays, y, kept]))
            ctx.save_for_backward(*arrays, kept)
            return y

        @staticmethod
        def backward(ctx: Any, dy: Tensor) -> tuple[Tensor, ...]:
            *arrays, kept = ctx.saved_tensors
            batch, length, heads, _ = dy.shape
            dy = dy.float().contiguous()
            gradients = tuple(torch.empty_like(dy) for _ in arrays)
            library.wkv7_backward(
                batch, length, heads, *map(_address, [*arrays, dy, kept, *gradients])
            )
            return gradients

    def recurrence(r: Tensor, log_w: Tensor, k: Tensor, v: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return Kernel.apply(r, log_w.exp(), k, v, a, b)

    return recurrence


def _library() -> ctypes.CDLL:
    """The compiled source; its file can go once it is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wkv7.so"
        subprocess.run(["cc", *FLAGS, "-o", str(path), str(SOURCE)], check=True)
        return ctypes.CDLL(str(path))


def _address(array: Tensor) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.data_ptr())
