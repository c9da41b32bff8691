"""Why an encoder cannot read graphs, in words, after it has failed on them."""

from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.nn import MessagePassing
from torch_geometric.nn.dense import Linear

from pyg_siamex._called import own_error
from pyg_siamex._numbers import shown
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.nn.device import NO_VALUES
from pyg_siamex.nn.signature import CORE, Call, eager
from pyg_siamex.nn.width import WidthError

_OF_GRAPHS = ("edge_weight", "edge_attr", "edge_type", "node_type", "pos", "z")
"""Inputs that graphs usually have."""

_OF_LAYERS = (RuntimeError, IndexError, ValueError, TypeError, AttributeError, AssertionError)
"""What layers raise for what they cannot read."""

OF_EDGES = ("edge_weight", "edge_attr")
"""Inputs that are numbers of edges."""


def misfit(encoder: nn.Module, inputs: GraphInputs, error: Exception) -> str | None:
    """What does not fit between an encoder and graphs, or ``None`` if nothing is known.

    Args:
        encoder: An encoder that has raised an error.
        inputs: The graphs that it was given.
        error: The error.
    """
    error = own_error(error)
    if not isinstance(error, _OF_LAYERS):
        return None
    if isinstance(error, TypeError | AttributeError | AssertionError):
        return (
            _lacking(encoder, inputs, error)
            or _of_numbers(inputs, error)
            or _of_plain(inputs, error)
        )
    if isinstance(error, ValueError):
        of_nodes = _of_features(encoder, inputs) if isinstance(error, WidthError) else None
        return of_nodes or _of_edge_features(inputs, error) or _of_relations(encoder, inputs)
    return (
        _of_features(encoder, inputs)
        or _of_edge_types(encoder, inputs, error)
        or _of_width(inputs, error)
        or _of_whole_features(encoder, inputs)
        or _of_looked_up(encoder, inputs, error)
        or _of_relations(encoder, inputs)
        or _of_rows(inputs)
    )


def _lacking(encoder: nn.Module, inputs: GraphInputs, error: Exception) -> str | None:
    """Inputs that the graphs lack, if the encoder has computed with nothing in their place."""
    if "NoneType" not in str(error) and not isinstance(error, AssertionError):
        return None
    given = {*CORE, *inputs.extras, *inputs.constants}
    names = [name for name in Call.of(encoder).names if name not in given]
    names = [name for name in names if name in _OF_GRAPHS]
    return f"it takes {', '.join(names)}, and the graphs have none" if names else None


def _of_numbers(inputs: GraphInputs, error: Exception) -> str | None:
    """One number for all edges, which the encoder takes for a tensor."""
    for name in (*OF_EDGES, "edge_type"):
        value = inputs.constants.get(name)
        told = f"'{type(value).__name__}' object" in str(error) or "must be Tensor" in str(error)
        if value is not None and told:
            return f"{name} is the number {value}: give a tensor with a row for each edge"
    return None


def _of_plain(inputs: GraphInputs, error: Exception) -> str | None:
    """A list or text, which the encoder takes for a tensor."""
    for name, value in inputs.constants.items():
        kind = type(value).__name__
        indexed = isinstance(value, list | tuple) and "converted to an index" in str(error)
        told = f"'{kind}'" in str(error) or f"must be Tensor, not {kind}" in str(error)
        if told or indexed:
            return f"{name} is {shown(value)}: give a tensor"
    return None


def _of_rows(inputs: GraphInputs) -> str | None:
    """An input with rows for neither nodes, edges nor graphs."""
    nodes, edges, graphs = len(inputs.x), inputs.edge_index.size(1), inputs.num_graphs
    for name, joined in inputs.extras.items():
        rows = len(joined.value)
        if joined.plain and rows not in (nodes, edges, graphs):
            return (
                f"{name} has {rows} rows, and there are {nodes} nodes, {edges} edges and {graphs} "
                f"graph{'s' * (graphs > 1)}"
            )
    return None


def _of_edge_features(inputs: GraphInputs, error: ValueError) -> str | None:
    """Features of edges that layers without ``edge_dim`` add to those of nodes."""
    if "edge_dim" not in str(error) or "edge_attr" not in inputs.extras:
        return None
    value = inputs.extras["edge_attr"].value
    if value.dim() < 2:
        return (
            f"edge_attr must be [num_edges, num_features], and it is {list(value.shape)}: use "
            f"edge_attr.view(-1, 1) for one number per edge"
        )
    return (
        f"its layers take edge_attr as wide as the features of nodes, and the graphs have "
        f"{value.size(-1)} columns of it: build the encoder with edge_dim={value.size(-1)}"
    )


def _of_features(encoder: nn.Module, inputs: GraphInputs) -> str | None:
    x, own = inputs.x, next(encoder.parameters(), None)
    if own is not None and own.is_meta:
        return NO_VALUES
    if own is not None and own.device != x.device:
        return (
            f"the encoder is on {own.device} and the graphs are on {x.device}: move them, "
            f"graph.to('{own.device}')"
        )
    if x.dim() != 2 and (x.is_floating_point() or x.dim() > 2):
        return f"node features must be [num_nodes, num_features], and x is {list(x.shape)}"
    types = _precisions(encoder)
    if x.is_floating_point() and types and x.dtype not in types:
        wanted = types[0]
        return (
            f"the encoder computes in {wanted} and x is {x.dtype}: convert it, "
            f"graph.x = graph.x.to({wanted})"
        )
    width = getattr(eager(encoder), "in_channels", None)
    if type(width) is int and x.dim() == 2 and 0 < width != x.size(1):
        return f"the encoder takes {width} node features, and the graphs have {x.size(1)}"
    if x.dtype == torch.bool:
        return "x is torch.bool: convert it, graph.x = graph.x.float()"
    return None


def _of_whole_features(encoder: nn.Module, inputs: GraphInputs) -> str | None:
    x = inputs.x
    if not x.is_floating_point() and x.dim() == 2 and not _looks_up(encoder):
        return f"x is {x.dtype}: convert it, graph.x = graph.x.float()"
    return None


def _of_looked_up(encoder: nn.Module, inputs: GraphInputs, error: Exception) -> str | None:
    """Types of nodes that are given as floating-point numbers."""
    if inputs.x.is_floating_point() and _looks_up(encoder) and "indices" in str(error):
        return (
            f"it looks types up in a table (torch.nn.Embedding), which are whole numbers, and x is "
            f"{inputs.x.dtype}: convert it, graph.x = graph.x.long()"
        )
    return None


def _of_relations(encoder: nn.Module, inputs: GraphInputs) -> str | None:
    """Types of edges that are no numbers of relations."""
    if "edge_type" not in inputs.extras:
        return None
    value = inputs.extras["edge_type"].value
    if value.is_floating_point() or value.dtype == torch.bool:
        return f"edge_type is {value.dtype}: convert it, graph.edge_type = graph.edge_type.long()"
    layers = [getattr(module, "num_relations", None) for module in encoder.modules()]
    sizes = [size for size in layers if type(size) is int]
    if not value.numel() or not sizes:
        return None
    if value.dim() != 1:
        way = "edge_type.view(-1)" if value.numel() == len(value) else "one of its columns"
        return f"edge_type must be [num_edges], and it is {list(value.shape)}: use {way}"
    low, high = (int(end) for end in value.aminmax())
    if low < 0 or high >= min(sizes):
        return (
            f"edge_type is from {low} to {high}, and the encoder has {min(sizes)} relations, 0 to "
            f"{min(sizes) - 1}"
        )
    return None


def _of_edge_types(encoder: nn.Module, inputs: GraphInputs, error: Exception) -> str | None:
    """Numbers of edges in another type than the weights, if the error is about types."""
    types = _precisions(encoder)
    if "type" not in str(error) or not types:
        return None
    for name in OF_EDGES:
        value = inputs.extras[name].value if name in inputs.extras else None
        if value is None or value.dtype in types:
            continue
        if value.is_floating_point() or not _looks_up(encoder):
            return (
                f"the encoder computes in {types[0]} and {name} is {value.dtype}: convert it, "
                f"graph.{name} = graph.{name}.to({types[0]})"
            )
    return None


def _of_width(inputs: GraphInputs, error: Exception) -> str | None:
    """The input that a layer could not take, found where the error was raised."""
    frames, step = [], error.__traceback__
    while step is not None:
        frames.append(step.tb_frame.f_locals)
        step = step.tb_next
    return _of_node_width(inputs, frames) or _of_extra_width(inputs, frames)


def _of_node_width(inputs: GraphInputs, frames: list[dict[str, Any]]) -> str | None:
    """Node features that a layer took which is of another width."""
    x = inputs.x
    if x.dim() != 2:
        return None
    within = False  # a layer that got x passes on as many columns
    for own in frames:
        layer = own.get("self")
        if not isinstance(layer, nn.Module):
            continue
        given = [one for one in own.values() if isinstance(one, Tensor) and one.dim() == 2]
        reads = any(_equal(one, x) for one in given)
        width = _width_of(layer)
        if reads and width not in (0, x.size(1)):
            return _told_width(layer, width, x)
        of_layer = isinstance(layer, MessagePassing)
        within = within or (reads and of_layer)
        linear = isinstance(layer, nn.Linear | Linear)
        wide = any(one.size(1) == x.size(1) for one in given)
        if within and linear and wide and width not in (0, x.size(1)):
            return _told_width(layer, width, x)
    return None


def _width_of(layer: nn.Module) -> int:
    """How many features of nodes a layer takes; 0 if it does not say."""
    names = ("in_features",) if isinstance(layer, nn.Linear) else ("in_channels",)
    width = getattr(layer, names[0], None)
    return width if type(width) is int and width > 0 else 0


def _told_width(layer: nn.Module, width: int, x: Tensor) -> str:
    return f"{type(layer).__name__} takes {width} node features, and x is {list(x.shape)}"


def _equal(one: Tensor, other: Tensor) -> bool:
    alike = one.shape == other.shape and one.dtype == other.dtype and one.device == other.device
    return one is other or (alike and not one.is_meta and torch.equal(one, other))


def _of_extra_width(inputs: GraphInputs, frames: list[dict[str, Any]]) -> str | None:
    layers = [k for k, own in enumerate(frames) if isinstance(own.get("self"), nn.Linear | Linear)]
    if not layers:
        return None
    layer = frames[layers[-1]]["self"]
    width = layer.in_features if isinstance(layer, nn.Linear) else layer.in_channels
    values = [one for one in frames[layers[-1]].values() if isinstance(one, Tensor)]
    for own in reversed(frames[: layers[-1]]):
        for name in inputs.extras:
            value = own.get(name)
            if not any(value is one for one in values):
                continue
            if value.dim() < 2:
                return f"{name} must be [rows, {width}], and it is {list(value.shape)}"
            if value.size(-1) != width:
                return f"it takes {width} columns of {name}, and the graphs have {value.size(-1)}"
    return None


def _precisions(encoder: nn.Module) -> list[torch.dtype]:
    """The types of the weights, by name."""
    return sorted({p.dtype for p in encoder.parameters() if p.is_floating_point()}, key=str)


def _looks_up(encoder: nn.Module) -> bool:
    return any(isinstance(module, nn.Embedding | nn.EmbeddingBag) for module in encoder.modules())
