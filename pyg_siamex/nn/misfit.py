"""Why an encoder cannot read graphs, in words, after it has failed on them."""

import torch
from torch import nn

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.nn.signature import eager


def misfit(encoder: nn.Module, inputs: GraphInputs) -> str | None:
    """What does not fit between an encoder and graphs, or ``None`` if nothing is known.

    Args:
        encoder: An encoder that has raised an error.
        inputs: The graphs that it was given.
    """
    x, own = inputs.x, next(encoder.parameters(), None)
    if own is not None and own.device != x.device:
        return (
            f"the encoder is on {own.device} and the graphs are on {x.device}: move them, "
            f"graph.to('{own.device}')"
        )
    if x.dim() != 2 and (x.is_floating_point() or x.dim() > 2):
        return f"node features must be [num_nodes, num_features], and x is {list(x.shape)}"
    types = {p.dtype for p in encoder.parameters() if p.is_floating_point()}
    if x.is_floating_point() and types and x.dtype not in types:
        wanted = min(map(str, types))
        return (
            f"the encoder computes in {wanted} and x is {x.dtype}: convert it, "
            f"graph.x = graph.x.to({wanted})"
        )
    width = getattr(eager(encoder), "in_channels", None)
    if type(width) is int and x.dim() == 2 and 0 < width != x.size(1):
        return f"the encoder takes {width} node features, and the graphs have {x.size(1)}"
    if x.dtype == torch.bool:
        return "x is torch.bool: convert it, graph.x = graph.x.float()"
    if not x.is_floating_point() and x.dim() == 2 and not _looks_up(encoder):
        return f"x is {x.dtype}: convert it, graph.x = graph.x.float()"
    return None


def _looks_up(encoder: nn.Module) -> bool:
    return any(isinstance(module, nn.Embedding | nn.EmbeddingBag) for module in encoder.modules())
