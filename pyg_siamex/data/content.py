"""The bytes of tensors, for digests."""

import torch
from torch import Tensor


def bytes_of(values: Tensor) -> bytes:
    """The content of a tensor of any type, in the order of its elements."""
    flat = values.detach().cpu().contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy().tobytes()
