"""Numbers of edges in a row are no features of edges."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.nn import MessagePassing
from torch_geometric.nn.dense import Linear


@contextmanager
def no_flat_edges(encoder: nn.Module, values: Mapping[str, Any]) -> Iterator[None]:
    """Refuse that a layer takes a number of each edge for the features of one edge.

    A linear map in a layer reads ``[E]`` without an error where it takes E features, and gives all
    edges the same message.

    Args:
        encoder: The encoder that runs inside of the context.
        values: Numbers of edges by name, as the encoder gets them.

    Raises:
        ValueError: If it happens; ``edge_dim`` is in the message.
    """
    flat = {n: v for n, v in values.items() if isinstance(v, Tensor) and v.dim() == 1}

    def look(_: nn.Module, given: tuple[Any, ...]) -> None:
        for name, value in flat.items():
            if given and isinstance(given[0], Tensor) and _same(given[0], value):
                raise ValueError(
                    f"{name} must be [num_edges, edge_dim], and it is {list(value.shape)}: use "
                    f"{name}.view(-1, 1) for one number per edge, and edge_dim=1"
                )

    with ExitStack() as hooks:
        for layer in _linear_layers(encoder, {len(value) for value in flat.values()}):
            hooks.callback(layer.register_forward_pre_hook(look).remove)
        yield


def _same(one: Tensor, other: Tensor) -> bool:
    if one is other:
        return True
    with suppress(RuntimeError):  # within torch.func, tensors have no place
        return one.shape == other.shape and one.data_ptr() == other.data_ptr()
    return False


def _linear_layers(encoder: nn.Module, widths: set[int]) -> list[nn.Module]:
    """Linear maps in layers that take one of some numbers of features."""
    if not widths:
        return []
    return [
        part
        for layer in encoder.modules()
        if isinstance(layer, MessagePassing) and not isinstance(layer, torch.jit.ScriptModule)
        for part in layer.modules()
        if (isinstance(part, nn.Linear) and part.in_features in widths)
        or (isinstance(part, Linear) and part.in_channels in widths)
    ]
