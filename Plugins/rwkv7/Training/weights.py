"""The safetensors format: a length, a JSON header, and the tensors' bytes one after the other."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class StoredTensor:
    """A tensor as it stands in a file; ``dtype`` is the format's word, such as BF16."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes


def write(path: Path, tensors: Mapping[str, StoredTensor], metadata: Mapping[str, str]) -> None:
    """Writes a file; spaces pad the header so that the data begins at a multiple of 8."""
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    end = 0
    for name, tensor in tensors.items():
        start, end = end, end + len(tensor.data)
        header[name] = {
            "dtype": tensor.dtype,
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for tensor in tensors.values():
            file.write(tensor.data)


def read(path: Path) -> dict[str, NDArray[np.float32]]:
    """The tensors of a file as 32-bit floats."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        values = _as_float32(entry["dtype"], data[start:end])
        tensors[name] = values.reshape(entry["shape"])
    return tensors


def _as_float32(dtype: str, data: bytes) -> NDArray[np.float32]:
    match dtype:
        case "BF16":
            return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
        case "F16":
            return np.frombuffer(data, "<f2").astype(np.float32)
        case "F32":
            return np.frombuffer(data, "<f4").astype(np.float32)
    raise ValueError(f"a tensor is {dtype}; BF16, F16 and F32 are known")
