"""Writes a checkpoint as safetensors in bfloat16, and compares two implementations on the file."""

import argparse
import random
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import weights
from generation import Generator, Request
from model import HEAD_SIZE, RWKV7, Kernels
from tasks import mixture
from tokenizer import END_OF_TEXT, Tokenizer
from wkv import CHUNK

PROMPTS = 20
TOLERANCE = 1e-3


def main() -> None:
    """Writes the file; fails where the implementations differ by more than the tolerance."""
    options = _options()
    parameters = torch.load(options.checkpoint, weights_only=True)
    write(options.out, parameters)
    tokenizer = Tokenizer(options.vocabulary)
    difference = largest_difference(options.out, tokenizer)
    print(f"{options.out}: {sum(map(torch.numel, parameters.values()))} parameters")
    print(f"numpy and torch differ by at most {difference:.1e} on {PROMPTS} prompts")
    if not difference <= TOLERANCE:
        raise SystemExit("the implementations do not agree")


def write(path: Path, parameters: dict[str, Tensor]) -> None:
    """Writes parameters, rounded to bfloat16."""
    layers = _layer_count(parameters)
    vocabulary, channels = parameters["emb.weight"].shape
    metadata = {
        "architecture": "rwkv7-x070",
        "n_layer": str(layers),
        "n_embd": str(channels),
        "head_size": str(HEAD_SIZE),
        "vocab_size": str(vocabulary),
    }
    tensors = {
        name: weights.StoredTensor("BF16", tuple(parameter.shape), _bfloat16_bytes(parameter))
        for name, parameter in parameters.items()
    }
    weights.write(path, tensors, metadata)


def largest_difference(path: Path, tokenizer: Tokenizer) -> float:
    """The largest difference of a logit between numpy and torch after held-out prompts."""
    tensors = weights.read(path)
    parameters = {name: torch.from_numpy(tensor) for name, tensor in tensors.items()}
    vocabulary, channels = parameters["emb.weight"].shape
    model = RWKV7(vocabulary, channels, _layer_count(parameters), Kernels())
    model.load_state_dict(parameters)
    rng = random.Random(99)
    shares = [task.share for task in mixture.MIXTURE]
    prompts = [
        mixture.draw(rng, mixture.MIXTURE, shares, held_out=True).prompt for _ in range(PROMPTS)
    ]
    completions = Generator(tensors, tokenizer, slots=8).complete(list(map(Request, prompts)))
    differences = []
    for prompt, completion in zip(prompts, completions):
        ids = [END_OF_TEXT, *tokenizer.encode(prompt)]
        filled = ids + [END_OF_TEXT] * (-len(ids) % CHUNK)
        with torch.no_grad():
            logits = model(torch.tensor([filled]))[0, len(ids) - 1].numpy()
        differences.append(float(np.abs(logits - completion.logits).max()))
    return max(differences)


def _layer_count(parameters: dict[str, Tensor]) -> int:
    return 1 + max(int(name.split(".")[1]) for name in parameters if name.startswith("blocks."))


def _bfloat16_bytes(parameter: Tensor) -> bytes:
    rounded = parameter.detach().bfloat16().contiguous()
    return rounded.view(torch.int16).numpy().astype("<i2").tobytes()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="checkpoint.pth of train.py")
    parser.add_argument("vocabulary", type=Path, help="the vocabulary file")
    parser.add_argument("out", type=Path, help="the safetensors file to write")
    return parser.parse_args()


if __name__ == "__main__":
    main()
