"""Factors of value 1 on everything that relevance can end at."""

from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.union_tensors import changed
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.gates import message_gates
from pyg_siamex.explain.relevance.lrp.propagation import Propagation
from pyg_siamex.explain.relevance.lrp.surrogate import surrogate
from pyg_siamex.nn.siamese import SiameseGNN

_CONSTANT_EXTRAS = ("edge_weight",)
"""Edge inputs that scale messages and carry no relevance of their own."""


@dataclass(frozen=True)
class Gates:
    """The gradient of an embedding coordinate with respect to a gate is the relevance there.

    Attributes:
        node: Multiplies all features of a node, ``[N]``.
        feature: Zeros that are added to the features, ``[N, F]``, or ``None``.
        edge_feature: Multiplies the features of an edge, ``[E]``, or ``None`` if the encoder reads
            none.
        message: Multiplies the messages along an edge, ``[E]``, or ``None``.
    """

    node: Tensor
    feature: Tensor | None = None
    edge_feature: Tensor | None = None
    message: Tensor | None = None

    def ends(self) -> dict[str, Tensor]:
        """The gates that there are, by the name of what ends at them."""
        gates = {
            "node": self.node,
            "feature": self.feature,
            "edge": self.edge_feature,
            "message": self.message,
        }
        return {name: gate for name, gate in gates.items() if gate is not None}


def gates_of(
    inputs: GraphInputs, dtype: torch.dtype, features: bool = False, messages: bool = False
) -> Gates:
    """Make the gates of a union of graphs.

    Args:
        inputs: The graphs.
        dtype: Type of the gates.
        features: Also give gates by feature.
        messages: Also give gates on messages.

    Raises:
        ValueError: If gates by feature are asked for and the features are integers.
    """

    def ones(count: int) -> Tensor:
        return torch.ones(count, dtype=dtype, device=inputs.x.device).requires_grad_()

    if features and not inputs.x.is_floating_point():
        raise ValueError(f"relevance by feature needs float features, got {inputs.x.dtype}")
    edges = inputs.edge_index.size(1)
    reads_edges = any(_is_input(name, value) for name, value in inputs.edge_extras.items())
    return Gates(
        ones(len(inputs.x)),
        torch.zeros_like(inputs.x.detach()).requires_grad_() if features else None,
        ones(edges) if reads_edges else None,
        ones(edges) if messages else None,
    )


def encode(model: SiameseGNN, inputs: GraphInputs, lrp: Propagation, gates: Gates) -> Tensor:
    """Embeddings ``[num_graphs, D]`` of the surrogate, with gates at its inputs and messages.

    Raises:
        ValueError: If a layer or operation has no rule.
    """
    inputs = _gated_inputs(inputs, gates)

    def run() -> Tensor:
        lrp.restart()  # gates run an encoder again if it rearranges edges
        with surrogate(model, lrp):
            return model.encode(inputs)

    if gates.message is None:
        h = run()
    else:
        follow = contract_of(model, inputs).follows(inputs)
        row, col = inputs.edge_index
        gate = torch.where(row == col, torch.ones_like(gates.message), gates.message)
        with message_gates(model.encoder, follow=follow, fused=False, quiet=lrp.unseen) as messages:
            h = messages.run(inputs.edge_index, gate, run)
    lrp.weights.check_unused(h)
    return h


def _gated_inputs(inputs: GraphInputs, gates: Gates) -> GraphInputs:
    x = inputs.x if gates.feature is None else inputs.x + gates.feature
    values = {name: _gated(value, gates.node) for name, value in inputs.node_extras.items()}
    for name, value in inputs.edge_extras.items():
        if gates.edge_feature is not None and _is_input(name, value):
            values[name] = _gated(value, gates.edge_feature)
    return changed(inputs.with_values(**values), x=_gated(x, gates.node))


def _is_input(name: str, value: Tensor) -> bool:
    return name not in _CONSTANT_EXTRAS and value.is_floating_point()


def _gated(value: Tensor, gate: Tensor) -> Tensor:
    if not value.is_floating_point():
        return value
    return value * gate.view(-1, *[1] * (value.dim() - 1))
