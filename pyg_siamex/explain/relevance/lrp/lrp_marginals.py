"""Marginals of BiLRP's pair matrices, from one run of the surrogate."""

from collections.abc import Mapping

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.relevance.copies import Copies
from pyg_siamex.explain.relevance.lrp.checks import check_sum
from pyg_siamex.explain.relevance.lrp.gamma_rule import GammaRule
from pyg_siamex.explain.relevance.lrp.lrp_tape import LrpTape, lrp_tapes
from pyg_siamex.nn.siamese import SiameseGNN


class LrpMarginals:
    """Products of the BiLRP factors of G graphs with vectors.

    Each rule is a linear map of the relevances above it, with coefficients that do not depend on
    them. So relevance is linear in what it starts with.

    Args:
        model: The Siamese model, inside ``untouched(model)``.
        inputs: The graphs. Equal graphs are encoded once for every few of them.
        rule: Gamma, epsilon and kind.
        features: Also relevance by feature.
        messages: The relevance of an edge flows through its messages; otherwise it is the
            relevance of its features.

    Attributes:
        embedding: ``[G, D]``.
        sums: What nodes (``"node"``) and edges (``"edge"``) carry, ``[G, D]`` each.
        parts: The parts of :class:`~pyg_siamex.explain.relevance.Factors`.

    Raises:
        ValueError: As for :func:`~pyg_siamex.explain.relevance.lrp_factors`.
    """

    def __init__(
        self,
        model: SiameseGNN,
        inputs: GraphInputs,
        rule: GammaRule,
        *,
        features: bool = False,
        messages: bool = False,
    ) -> None:
        self._copies = Copies.of(inputs)
        self._runs = lrp_tapes(
            model, self._copies.union, rule, features=features, messages=messages
        )
        which = self._copies.which
        rows = [_carried(run) for run in self._runs]
        sums = {name: torch.cat([row[name] for row in rows])[which] for name in rows[0]}
        self.embedding: Tensor = torch.cat([run.embedding for run in self._runs])[which]
        self._edges = "message" if messages else "edge"
        parts = ("bias", "epsilon", "edge")
        self.parts: dict[str, Tensor] = {name: sums[name] for name in parts if name in sums}
        self.sums: dict[str, Tensor] = {"node": sums["node"]}
        if self._edges in sums:
            self.sums["edge"] = sums[self._edges]

    def relevance(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """See :class:`~pyg_siamex.explain.relevance.marginals.Marginals`."""
        return {name: self._relevance(name, rows) for name, rows in weights.items()}

    def _relevance(self, name: str, weights: Tensor) -> Tensor:
        leaf, copies = self._edges if name == "edge" else name, self._copies
        found = [self._pulled(leaf, copies.seeds(weights, k)) for k in range(copies.turns)]
        return copies.spread_edges(found) if name == "edge" else copies.spread_nodes(found)

    def _pulled(self, leaf: str, seeds: Tensor) -> Tensor:
        """Relevance of the copies' nodes, features or edges, in the order of their union."""
        counts = [run.inputs.num_graphs for run in self._runs]
        parts = [
            run.relevance(run.tape.pulled(part, [leaf]))[leaf]
            for run, part in zip(self._runs, seeds.split(counts), strict=True)
        ]
        values = torch.cat(parts)
        if len(parts) == 1 or leaf in ("node", "feature"):
            return values
        order = self._copies.union.edge_graph.argsort(stable=True)
        return torch.empty_like(values).index_copy(0, order, values)


def _carried(run: LrpTape) -> dict[str, Tensor]:
    """What inputs carry of each embedding coordinate, and what else absorbs, ``[G, D]`` each."""
    if run.closed:
        check_sum(run.embedding, run.parts())
    return run.carried
