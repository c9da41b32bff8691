"""A run of an encoder: its arguments from a union of graphs, and a check of what it returns."""

from typing import Any

import torch
from torch import Tensor, nn

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.neighbourhood import ROOT
from pyg_siamex.nn.adapting import FIRST_OF_TUPLE
from pyg_siamex.nn.flat_edges import no_flat_edges
from pyg_siamex.nn.misfit import OF_EDGES, misfit
from pyg_siamex.nn.signature import CORE, Call, eager, unexpected
from pyg_siamex.nn.summed_types import sums_kept_right
from pyg_siamex.nn.turns import PREDICTIONS


def run_encoder(encoder: nn.Module, inputs: GraphInputs) -> Tensor:
    """What the encoder returns for a union of graphs.

    Raises:
        ValueError: If the encoder needs an input that the graphs lack, cannot read their type or
            number of features, or does not return a tensor.
    """
    arguments = _arguments(encoder, inputs)
    try:
        numbers = _numbers(inputs)
        flat = no_flat_edges(eager(encoder), dict(numbers[1:]))
        with PREDICTIONS.going_on(), sums_kept_right(numbers), flat:
            h = _called(encoder, inputs, arguments)
    except FAILURES as error:
        reason = misfit(encoder, inputs, error)
        if reason is None:
            raise
        raise ValueError(f"the encoder cannot read the graphs: {reason}") from error
    if not isinstance(h, Tensor):
        raise ValueError(
            f"the encoder {type(eager(encoder)).__name__} returned a {type(h).__name__}, "
            f"and a tensor with a row per node or graph is needed. Adapt it, with [0] or the "
            f"name of what holds the embeddings:\n\n{FIRST_OF_TUPLE}\n"
        )
    if h.layout != torch.strided or not h.is_floating_point():
        raise ValueError(
            f"the encoder {type(eager(encoder)).__name__} returned a tensor of {h.dtype} and "
            f"{h.layout}: embeddings are dense real numbers; add .to_dense() or .float()"
        )
    if h.dim() and not h.size(-1):
        raise ValueError(
            f"the encoder {type(eager(encoder)).__name__} returned {list(h.shape)}: embeddings "
            f"need at least one number"
        )
    return h


FAILURES = (
    *(RuntimeError, IndexError, NotImplementedError),
    *(TypeError, AttributeError, AssertionError, ValueError),
)
"""What layers raise for graphs that they cannot read."""


def _numbers(inputs: GraphInputs) -> list[tuple[str, Tensor]]:
    """Inputs that are numbers to compute with."""
    extras = [(name, inputs.extras[name].value) for name in OF_EDGES if name in inputs.extras]
    return [("x", inputs.x), *extras]


def _called(encoder: nn.Module, inputs: GraphInputs, arguments: dict[str, Any]) -> Any:
    call = Call.of(encoder)
    try:
        if call.edges_by_name == "both":
            return encoder(x=inputs.x, edge_index=inputs.edge_index, **arguments)
        if call.edges_by_name:
            return encoder(inputs.x, edge_index=inputs.edge_index, **arguments)
        return encoder(inputs.x, inputs.edge_index, **arguments)
    except TypeError as error:
        name = unexpected(error)
        if name not in arguments or name in call.own:
            raise
        call.drop(encoder, name)  # passed on by **kwargs to a module that does not take it
        return _called(encoder, inputs, {n: v for n, v in arguments.items() if n != name})


def _arguments(encoder: nn.Module, inputs: GraphInputs) -> dict[str, Any]:
    """Arguments of the encoder besides x and the edges."""
    call = Call.of(encoder)
    arguments: dict[str, Any] = {**inputs.constants}
    of_readout = {ROOT} - {*call.names}
    arguments |= {n: joined.value for n, joined in inputs.extras.items() if n not in of_readout}
    for name in call.needed:
        if name not in CORE and name not in arguments:
            raise ValueError(f"the encoder needs '{name}', and the graph has no data.{name}")
    if "batch" in call.names:
        arguments["batch"] = inputs.batch
    if "ptr" in call.names:
        counts = inputs.batch.bincount(minlength=inputs.num_graphs)
        arguments["ptr"] = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
    sizes = {"batch_size": inputs.num_graphs, "num_graphs": inputs.num_graphs}
    sizes["num_nodes"] = len(inputs.x)
    return arguments | {name: size for name, size in sizes.items() if name in call.names}
