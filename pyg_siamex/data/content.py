"""The content of tensors, for digests."""

import hashlib
import json
from collections.abc import Mapping

import torch
from torch import Tensor


def bytes_of(values: Tensor) -> bytes:
    """The content of a tensor of any type, in the order of its elements."""
    flat = values.detach().cpu().contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy().tobytes()


def content_digest(tensors: Mapping[str, Tensor], words: Mapping[str, str]) -> str:
    """Digest of named tensors and named texts, in hexadecimal; their order does not matter.

    Args:
        tensors: Tensors of any types and shapes.
        words: The texts.
    """
    found = hashlib.blake2b(json.dumps(sorted(words.items())).encode(), digest_size=16)
    for name in sorted(tensors):
        value = tensors[name].detach().cpu().contiguous()
        found.update(json.dumps([name, str(value.dtype), list(value.shape)]).encode())
        if value.numel():
            found.update(value.reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()
