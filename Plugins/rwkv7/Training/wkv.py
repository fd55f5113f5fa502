"""The recurrence of RWKV-7 over a whole sequence, in plain torch.

For each head, with a state matrix S that is zero at the start (values down, keys across):

    S_t = S_{t-1} diag(w_t) + (S_{t-1} a_t) b_t^T + v_t k_t^T        y_t = S_t r_t

All arguments are ``[B, T, H, N]``; the decay comes as its logarithm.
"""

from collections.abc import Callable

import torch
from torch import Tensor

CHUNK = 16

Recurrence = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]


def stepwise(r: Tensor, log_w: Tensor, k: Tensor, v: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """The recurrence as it is written; slow, to compare with."""
    batch, length, heads, size = r.shape
    w = log_w.exp()
    state = torch.zeros(batch, heads, size, size, dtype=r.dtype)
    outputs = []
    for t in range(length):
        removed = state @ a[:, t, :, :, None]
        state = (
            state * w[:, t, :, None, :]
            + removed @ b[:, t, :, None, :]
            + v[:, t, :, :, None] @ k[:, t, :, None, :]
        )
        outputs.append((state @ r[:, t, :, :, None]).squeeze(-1))
    return torch.stack(outputs, 1)


def chunked(r: Tensor, log_w: Tensor, k: Tensor, v: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """The same in chunks of ``CHUNK`` tokens, of which T must be a multiple.

    Inside a chunk the recurrence is unrolled into triangular matrices over its tokens; only the
    state that goes from chunk to chunk is sequential. The state is kept transposed, keys down.
    """
    batch, length, heads, size = r.shape
    chunks = length // CHUNK

    def in_chunks(x: Tensor) -> Tensor:
        """``[chunk, batch * head, token, channel]``."""
        x = x.view(batch, chunks, CHUNK, heads, size).permute(1, 0, 3, 2, 4)
        return x.reshape(chunks, batch * heads, CHUNK, size)

    r, log_w, k, v, a, b = map(in_chunks, (r, log_w, k, v, a, b))
    # Everything is measured from the chunk's start: reading decays, writing grows by the inverse.
    log_decay = log_w.cumsum(2)
    decay, growth = log_decay.exp(), (-log_decay).exp()
    a_read = a * (log_decay - log_w).exp()
    r_read = r * decay
    b_write, k_write = b * growth, k * growth

    writes = torch.cat([b_write, k_write], 2)
    products = torch.cat([a_read, r_read], 2) @ writes.transpose(2, 3)
    a_to_b = products[:, :, :CHUNK, :CHUNK].tril(-1)
    a_to_k = products[:, :, :CHUNK, CHUNK:].tril(-1)
    r_to_b = products[:, :, CHUNK:, :CHUNK].tril()
    r_to_k = products[:, :, CHUNK:, CHUNK:].tril()

    # What each token removes depends on what the ones before it in the chunk removed.
    solved = torch.linalg.solve_triangular(
        -a_to_b, torch.cat([a_read, a_to_k @ v], 3), upper=False, unitriangular=True
    )
    removed_of_state, removed_of_values = solved[..., :size], solved[..., size:]
    output_of_state = r_read + r_to_b @ removed_of_state
    output_of_values = r_to_b @ removed_of_values + r_to_k @ v
    chunk_decay = decay[:, :, -1, :, None]

    state = torch.zeros(batch * heads, size, size, dtype=r.dtype)
    outputs = []
    for c in range(chunks):
        removed = torch.baddbmm(removed_of_values[c], removed_of_state[c], state)
        outputs.append(torch.baddbmm(output_of_values[c], output_of_state[c], state))
        written = writes[c].transpose(1, 2) @ torch.cat([removed, v[c]], 1)
        state = chunk_decay[c] * (state + written)
    y = torch.stack(outputs).view(chunks, batch, heads, CHUNK, size)
    return y.permute(1, 0, 3, 2, 4).reshape(batch, length, heads, size)
