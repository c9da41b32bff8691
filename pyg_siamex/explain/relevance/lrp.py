r"""BiLRP factors: the relevance of every node for every embedding coordinate."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.encoder import encoder_of
from pyg_siamex.explain.engine.gates import message_gates
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.relevance.backward import layer_size, output_gradients, rows_at_once
from pyg_siamex.explain.relevance.factors import Factors, concatenate, pointers
from pyg_siamex.explain.relevance.rules import GammaRule
from pyg_siamex.explain.relevance.surrogate import Accounts, Surrogate, surrogate
from pyg_siamex.nn.siamese import SiameseGNN

logger = logging.getLogger(__name__)

CONSTANT_EXTRAS = ("edge_weight",)
"""Edge inputs that scale messages, and carry no relevance of their own."""


@dataclass
class _Gates:
    """Factors of value 1 on everything that relevance can end at."""

    node: Tensor
    feature: Tensor | None = None
    edge_feature: Tensor | None = None
    message: Tensor | None = None


def lrp_factors(
    model: SiameseGNN,
    inputs: GraphInputs,
    rule: GammaRule | None = None,
    *,
    features: bool = False,
    messages: bool = False,
    accounts: bool = True,
) -> tuple[Factors, Tensor | None]:
    r"""Propagate every embedding coordinate back to the input of a union of graphs.

    Entry :math:`\Phi_{ki}` is the relevance of node i's features (summed over them) for coordinate
    k, starting from :math:`R_k = h_k` (Eberle et al., arXiv 2003.05431, section 3).

    Args:
        model: The Siamese model; in evaluation mode or put into it.
        inputs: The graphs.
        rule: Gamma, epsilon and kind.
        features: Also return the factor by feature.
        messages: Edge factors are the relevance that flows through each edge's messages, summed
            over layers. Otherwise they are the relevance of edge features, for encoders that read
            some.
        accounts: Book what biases and the stabiliser absorb.

    Returns:
        The factors, and ``[D, N, F]`` by feature or ``None``.

    Raises:
        ValueError: If a layer or operation has no rule, or the encoder does something that the
            surrogate does not follow.
    """
    rule = rule or GammaRule()
    with untouched(model), torch.enable_grad():
        contract = contract_of(model, inputs)
        contract.check(edges=messages)
        contract.check_gradients()
        if messages:
            with encoder_of(model, inputs, edges=True):
                pass  # tries the gates
        if contract.apart and inputs.num_graphs > 1:
            return _one_by_one(model, inputs, rule, features, messages, accounts)
        padded = inputs if contract.apart else _unambiguous(inputs)
        gammas = _gammas(model, padded, rule)
        with torch.no_grad():
            true = model.encode(inputs)
        gates, leaf = _gates(padded, true.dtype, features, messages)
        books = Accounts(padded, true.dtype) if accounts else None
        mode = Surrogate(rule, gammas, books, gates.node)
        h = _encode(model, padded, mode, gates)
        _check_value(h[: inputs.num_graphs], true)
        _warn(mode)
        gradients = _gradients(model, padded, h, _ends(gates, books))
    factors, by_feature = _collected(inputs, true, gradients, leaf)
    if accounts and not mode.unbooked:
        _check_sum(factors)
    return factors, by_feature


def _one_by_one(
    model: SiameseGNN,
    inputs: GraphInputs,
    rule: GammaRule,
    features: bool,
    messages: bool,
    accounts: bool,
) -> tuple[Factors, Tensor | None]:
    """Factors of graphs that an encoder would mix in a batch."""
    found = []
    for graph in range(inputs.num_graphs):
        part = inputs.select_graphs(torch.tensor([graph], device=inputs.batch.device))
        found.append(
            lrp_factors(model, part, rule, features=features, messages=messages, accounts=accounts)
        )
    by_feature = [feature for _, feature in found if feature is not None]
    return (
        concatenate([factors for factors, _ in found]),
        torch.cat(by_feature, dim=1) if by_feature else None,
    )


def _ends(gates: _Gates, books: Accounts | None) -> dict[str, Tensor]:
    """Everything that relevance can end at, by name."""
    ends = {
        "node": gates.node,
        "feature": gates.feature,
        "edge": gates.edge_feature,
        "message": gates.message,
        "bias": None if books is None else books.bias,
        "epsilon": None if books is None else books.epsilon,
    }
    return {name: gate for name, gate in ends.items() if gate is not None}


def _gradients(
    model: SiameseGNN, inputs: GraphInputs, h: Tensor, ends: dict[str, Tensor]
) -> dict[str, Tensor]:
    size = layer_size(inputs.edge_index.size(1), len(inputs.x), model.encoder)
    found = output_gradients(h, list(ends.values()), rows_at_once(size, h.size(1)))
    return dict(zip(ends, found, strict=True))


def _collected(
    inputs: GraphInputs, h: Tensor, found: dict[str, Tensor], x: Tensor | None
) -> tuple[Factors, Tensor | None]:
    nodes, graphs = len(inputs.x), inputs.num_graphs
    parts: dict[str, Tensor] = {}
    parts |= {name: found[name].T[:graphs] for name in ("bias", "epsilon") if name in found}
    if "edge" in found:
        total = found["edge"].new_zeros(len(found["edge"]), graphs)
        total.index_add_(1, inputs.edge_graph, found["edge"])
        parts["edge"] = total.T
    order = inputs.edge_graph.argsort(stable=True)
    edge = found.get("message", found.get("edge"))
    features = None if x is None else found["feature"][:, :nodes] * x[:nodes]
    return (
        Factors(
            found["node"][:, :nodes],
            pointers(inputs.batch, graphs),
            h[:graphs],
            None if edge is None else edge[:, order],
            None if edge is None else pointers(inputs.edge_graph[order], graphs),
            parts,
        ),
        features,
    )


def _gates(
    inputs: GraphInputs, dtype: torch.dtype, features: bool, messages: bool
) -> tuple[_Gates, Tensor | None]:
    def ones(count: int) -> Tensor:
        return torch.ones(count, dtype=dtype, device=inputs.x.device).requires_grad_()

    gates = _Gates(ones(len(inputs.x)))
    leaf = None
    if features:
        if not inputs.x.is_floating_point():
            raise ValueError(f"relevance by feature needs float features, got {inputs.x.dtype}")
        leaf = inputs.x.detach()
        gates.feature = torch.zeros_like(leaf).requires_grad_()
    edges = inputs.edge_index.size(1)
    if any(_is_input(name, value) for name, value in inputs.edge_extras.items()):
        gates.edge_feature = ones(edges)
    if messages:
        gates.message = ones(edges)
    return gates, leaf


def _is_input(name: str, value: Tensor) -> bool:
    return name not in CONSTANT_EXTRAS and value.is_floating_point()


def _encode(model: SiameseGNN, inputs: GraphInputs, mode: Surrogate, gates: _Gates) -> Tensor:
    """Surrogate embeddings with the gates at the inputs, and on the messages."""
    x = inputs.x if gates.feature is None else inputs.x + gates.feature
    values = {name: _gated(value, gates.node) for name, value in inputs.node_extras.items()}
    for name, value in inputs.edge_extras.items():
        if gates.edge_feature is not None and _is_input(name, value):
            values[name] = _gated(value, gates.edge_feature)
    inputs = replace(inputs.with_values(**values), x=_gated(x, gates.node))
    if gates.message is None:
        with surrogate(model, mode):
            return model.encode(inputs)
    follow = contract_of(model, inputs).follows(inputs)
    row, col = inputs.edge_index
    gate = torch.where(row == col, torch.ones_like(gates.message), gates.message)
    with (
        message_gates(model.encoder, follow=follow, fused=False, quiet=mode.unseen) as messages,
        surrogate(model, mode),
    ):
        return messages.run(inputs.edge_index, gate, lambda: model.encode(inputs))


def _gated(value: Tensor, gate: Tensor) -> Tensor:
    if not value.is_floating_point():
        return value
    return value * gate.view(-1, *[1] * (value.dim() - 1))


def _gammas(model: SiameseGNN, inputs: GraphInputs, rule: GammaRule) -> list[float] | None:
    """Gamma of each linear map; a schedule needs a first look at the encoder."""
    gates, _ = _gates(inputs, torch.float, False, False)
    mode = Surrogate(rule, node_gate=gates.node)
    _encode(model, inputs, mode, gates)
    return rule.schedule(mode.layers)


def _unambiguous(inputs: GraphInputs) -> GraphInputs:
    """Append single nodes until the number of rows tells nodes, edges and graphs apart.

    Biases are booked per graph by the number of rows of the tensor they are added to.
    """
    edges = inputs.edge_index.size(1)
    while edges in (len(inputs.x), inputs.num_graphs):
        inputs = inputs.concat(inputs.first_node())
    return inputs


def _check_value(h: Tensor, true: Tensor) -> None:
    scale = float(true.abs().max()) if true.numel() else 0.0
    allowed = 1e-4 if true.dtype == torch.float32 else 1e-9
    if float((h.detach() - true).abs().max()) > allowed * max(scale, 1e-12):
        raise ValueError(
            "the encoder computes something else when its operations are followed (does it change "
            "a tensor in place?): use IntegratedJacobians, which needs no rules"
        )


def _check_sum(factors: Factors) -> None:
    """Relevance that ends nowhere means that the surrogate missed something."""
    parts = [factors.sums(), *factors.parts.values()]
    left = (factors.embedding - sum(parts)).abs().max()
    scale = max(float(part.abs().max()) for part in (factors.embedding, *parts))
    if float(left) > 1e-3 * max(scale, 1e-30):
        raise ValueError(
            f"{float(left) / scale:.1%} of the relevance ends nowhere: the encoder cuts paths "
            f"itself (detach): use IntegratedJacobians, which needs no rules"
        )


def _warn(mode: Surrogate) -> None:
    if mode.signed:
        logger.warning(
            "the plain gamma rule met negative inputs: its denominators can cross zero there, and "
            "single relevances become huge. rule='generalised' is made for signed inputs"
        )


def layers_of(model: SiameseGNN, inputs: GraphInputs) -> Sequence[str]:
    """Layer of each linear map of an encoder, from input to output, as a schedule counts them."""
    with untouched(model), torch.enable_grad():
        gates, _ = _gates(inputs, torch.float, False, False)
        mode = Surrogate(GammaRule(), node_gate=gates.node)
        _encode(model, inputs, mode, gates)
        return mode.layers
