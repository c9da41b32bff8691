"""BiLRP factors: the relevance of every node for every embedding coordinate."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.encoder import encoder_of
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.relevance.backward import layer_size, output_gradients, rows_at_once
from pyg_siamex.explain.relevance.factors import Factors, concatenate, pointers
from pyg_siamex.explain.relevance.lrp.checks import (
    ALLOWED,
    check_embedding,
    check_sum,
    lost,
    warn_of_signs,
)
from pyg_siamex.explain.relevance.lrp.gamma_rule import GammaRule
from pyg_siamex.explain.relevance.lrp.gates import encode, gates_of
from pyg_siamex.explain.relevance.lrp.ledger import Ledger
from pyg_siamex.explain.relevance.lrp.propagation import Propagation
from pyg_siamex.nn.siamese import SiameseGNN

_Found = tuple[Factors, Tensor | None]


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
        model: The Siamese model. It runs in evaluation mode.
        inputs: The graphs.
        rule: Gamma, epsilon, kind and attention.
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
    compute = partial(_union, model, rule, features, messages, accounts)
    with untouched(model), torch.enable_grad():
        contract = contract_of(model, inputs)
        contract.check(edges=messages)
        contract.check_gradients()
        if messages:
            with encoder_of(model, inputs, edges=True):
                pass  # tries the gates
        if contract.apart and inputs.num_graphs > 1:
            return _one_by_one(inputs, compute)
        return compute(inputs)


def _one_by_one(inputs: GraphInputs, compute: Callable[[GraphInputs], _Found]) -> _Found:
    """Factors of graphs one after the other."""
    graphs = torch.arange(inputs.num_graphs, device=inputs.batch.device)
    found = [compute(inputs.select_graphs(graph)) for graph in graphs.split(1)]
    by_feature = [feature for _, feature in found if feature is not None]
    return (
        concatenate([factors for factors, _ in found]),
        torch.cat(by_feature, dim=1) if by_feature else None,
    )


def _union(
    model: SiameseGNN,
    rule: GammaRule,
    features: bool,
    messages: bool,
    accounts: bool,
    inputs: GraphInputs,
) -> _Found:
    """Factors of graphs that are encoded together."""
    met = _met(model, inputs, rule)
    gammas, alone = rule.schedule(met.layers), inputs.num_graphs == 1 and not met.looks_up
    padded = inputs if alone or contract_of(model, inputs).apart else _unambiguous(inputs)
    with torch.no_grad():
        true = model.encode(inputs)
    gates = gates_of(padded, true.dtype, features, messages)
    ledger = Ledger(padded, true.dtype) if accounts else None
    lrp = Propagation(rule, gammas, ledger, gates.node, messages)
    h = encode(model, padded, lrp, gates)
    check_embedding(h[: inputs.num_graphs], true)
    warn_of_signs(lrp)
    ends = gates.ends() | ({} if ledger is None else ledger.gates)
    size = layer_size(padded.edge_index.size(1), len(padded.x), model.encoder)
    gradients = output_gradients(h, list(ends.values()), rows_at_once(size, h.size(1)))
    found = _collected(inputs, true, dict(zip(ends, gradients, strict=True)))
    if ledger is None:
        return found
    if inputs.num_graphs > 1 and not (ledger.complete and lost(found[0]) <= ALLOWED):
        # Rows that are part of the nodes do not say which graph they are of.
        rest = (model, rule, features, messages, accounts)
        return _one_by_one(inputs, partial(_union, *rest))
    if ledger.complete:
        check_sum(found[0])
    return found


def _unambiguous(inputs: GraphInputs) -> GraphInputs:
    """Append single nodes until the number of rows tells nodes, edges and graphs apart.

    Edges may have all loops replaced by one at each node.
    """
    edges, proper = inputs.edge_index.size(1), int((~inputs.loops).sum())
    while edges in (len(inputs.x), inputs.num_graphs, proper + len(inputs.x)):
        inputs = inputs.concat(inputs.first_node())
    return inputs


def _collected(inputs: GraphInputs, h: Tensor, found: dict[str, Tensor]) -> _Found:
    """Factors from the relevance at each gate, without appended nodes."""
    nodes, graphs = len(inputs.x), inputs.num_graphs
    parts: dict[str, Tensor] = {}
    parts |= {name: found[name].T[:graphs] for name in ("bias", "epsilon") if name in found}
    if "edge" in found:
        total = found["edge"].new_zeros(len(found["edge"]), graphs)
        total.index_add_(1, inputs.edge_graph, found["edge"])
        parts["edge"] = total.T
    order = inputs.edge_graph.argsort(stable=True)
    edge = found.get("message", found.get("edge"))
    factors = Factors(
        found["node"][:, :nodes],
        pointers(inputs.batch, graphs),
        h[:graphs],
        None if edge is None else edge[:, order],
        None if edge is None else pointers(inputs.edge_graph[order], graphs),
        parts,
    )
    by_feature = found.get("feature")
    if by_feature is None:
        return factors, None
    return factors, by_feature[:, :nodes] * inputs.x.detach()


def layers_of(
    model: SiameseGNN, inputs: GraphInputs, rule: GammaRule | None = None
) -> Sequence[str]:
    """Layer of each linear map of an encoder, as a gamma schedule counts them.

    Args:
        model: The Siamese model.
        inputs: Graphs that the encoder takes.
        rule: Attention that takes relevance has linear maps too.

    Returns:
        Paths of the layers, from input to output.

    Raises:
        ValueError: If a layer or operation has no rule.
    """
    return _met(model, inputs, rule or GammaRule()).layers


def _met(model: SiameseGNN, inputs: GraphInputs, rule: GammaRule) -> Propagation:
    """A run of the encoder that only finds out what there is."""
    with untouched(model), torch.enable_grad():
        gates = gates_of(inputs, torch.float)
        lrp = Propagation(rule, node_gate=gates.node)
        encode(model, inputs, lrp, gates)
        return lrp
