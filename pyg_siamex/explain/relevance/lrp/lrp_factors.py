"""BiLRP factors: the relevance of every node for every embedding coordinate."""

from collections.abc import Sequence

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.relevance.backward import layer_size, output_gradients, rows_at_once
from pyg_siamex.explain.relevance.factors import Factors, check_finite, concatenate, pointers
from pyg_siamex.explain.relevance.lrp.checks import check_sum
from pyg_siamex.explain.relevance.lrp.gamma_rule import GammaRule
from pyg_siamex.explain.relevance.lrp.lrp_tape import LrpTape, lrp_tapes, met
from pyg_siamex.nn.siamese import SiameseGNN

_Found = tuple[Factors, Tensor | None]


@checked
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
    with untouched(model), torch.enable_grad():
        runs = lrp_tapes(
            model,
            inputs,
            rule or GammaRule(),
            features=features,
            messages=messages,
            accounts=accounts,
        )
        found = [_whole(model, run) for run in runs]
    for factors, _ in found:
        check_finite(factors)
    if len(found) == 1:
        return found[0]
    by_feature = [feature for _, feature in found if feature is not None]
    return (
        concatenate([factors for factors, _ in found]),
        torch.cat(by_feature, dim=1) if by_feature else None,
    )


def _whole(model: SiameseGNN, run: LrpTape) -> _Found:
    """Factors of graphs that were encoded together, by a backward pass per coordinate."""
    leaves = {name: leaf.value for name, leaf in run.tape.leaves.items()}
    size = layer_size(run.inputs.edge_index.size(1), len(run.inputs.x), model.encoder)
    chunk = rows_at_once(size, run.embedding.size(1))
    gradients = output_gradients(run.tape.h, list(leaves.values()), chunk)
    found = _collected(run, dict(zip(leaves, gradients, strict=True)))
    if run.closed:
        factors = found[0]
        check_sum(factors.embedding, [factors.sums(), *factors.parts.values()])
    return found


def _collected(run: LrpTape, found: dict[str, Tensor]) -> _Found:
    """Factors from the relevance at each gate, without appended nodes."""
    inputs, graphs = run.inputs, run.inputs.num_graphs
    found = run.relevance(found)
    parts: dict[str, Tensor] = {}
    parts |= {name: found[name].T[:graphs] for name in ("bias", "epsilon") if name in found}
    if "edge" in found:
        total = found["edge"].new_zeros(len(found["edge"]), graphs)
        total.index_add_(1, inputs.edge_graph, found["edge"])
        parts["edge"] = total.T
    order = inputs.edge_graph.argsort(stable=True)
    edge = found.get("message", found.get("edge"))
    factors = Factors(
        found["node"],
        pointers(inputs.batch, graphs),
        run.embedding,
        None if edge is None else edge[:, order],
        None if edge is None else pointers(inputs.edge_graph[order], graphs),
        parts,
    )
    return factors, found.get("feature")


@checked
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
    with untouched(model), torch.enable_grad():
        return met(model, inputs, rule or GammaRule()).layers
