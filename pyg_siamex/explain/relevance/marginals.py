r"""Sums of pair matrices over one side, without the matrices.

The pair matrix of two graphs is :math:`R = \Phi_q^\top C\,\Phi_r`, with C the head's form. Its row
sums, :math:`R 1 = \Phi_q^\top (C\,\Phi_r 1)`, are the query's relevance for the weighted sum of its
embedding coordinates with weights :math:`C\,\Phi_r 1`. They need one backward pass for a batch of
pairs where :math:`\Phi_q` needs D.
"""

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor
from torch_geometric.explain.config import MaskType
from torch_geometric.utils import scatter

from pyg_siamex.explain.engine.mask_space import tied
from pyg_siamex.explain.engine.problem import Masks, PairProblem
from pyg_siamex.nn.similarity import Form


class Marginals(Protocol):
    r"""The factors :math:`\Phi` of G graphs, known by products with vectors."""

    embedding: Tensor
    """What is explained, ``[G, D]``."""

    sums: dict[str, Tensor]
    r""":math:`\Phi 1` over ``"node"`` and ``"edge"``, ``[G, D]`` each, and further rows by name."""

    def relevance(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        r""":math:`\Phi^\top c` for nodes, features or edges.

        Args:
            weights: c of each graph, ``[G, D]``, for ``"node"``, ``"feature"`` or ``"edge"``.

        Returns:
            By name: nodes ``[N]``, features ``[N, F]``, edges ``[E]``.
        """


def weights_of(
    problem: PairProblem, forms: list[Form], sums: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The weights that give the row sums and column sums of the pair matrices of B pairs.

    Args:
        problem: The pairs and their kinds of masks.
        forms: The form of each pair.
        sums: As for :class:`Marginals`, of the queries, then the references.

    Returns:
        What :meth:`Marginals.relevance` takes.
    """
    kinds, weights = problem.kinds, {}
    if kinds.node_mask_type is not None:
        name = "node" if kinds.node_mask_type is MaskType.object else "feature"
        weights[name] = _weights(problem, forms, sums["node"])
    if kinds.edge_mask_type is not None:
        weights["edge"] = _weights(problem, forms, sums["edge"])
    return weights


def masks_of(problem: PairProblem, values: Mapping[str, Tensor]) -> tuple[Masks, Masks]:
    """Masks of both sides from the relevance for :func:`weights_of`."""
    edge = values.get("edge")
    node = values["node"].unsqueeze(1) if "node" in values else values.get("feature")
    return _side(problem, node, edge, "query"), _side(problem, node, edge, "reference")


def _weights(problem: PairProblem, forms: list[Form], sums: Tensor) -> Tensor:
    """For each graph, the head's form applied to the other graph's sum; 0 without a mask."""
    query, reference = sums.split(problem.num_pairs)
    rows = torch.zeros_like(sums)
    if problem.side in ("both", "query"):
        parts = [form.apply(r) for form, r in zip(forms, reference, strict=True)]
        rows[: len(forms)] = torch.stack(parts)
    if problem.side in ("both", "reference"):
        parts = [form.apply_transposed(q) for form, q in zip(forms, query, strict=True)]
        rows[len(forms) :] = torch.stack(parts)
    return rows


def _side(problem: PairProblem, node: Tensor | None, edge: Tensor | None, side: str) -> Masks:
    """The masks of one side."""
    if problem.side not in ("both", side):
        return Masks()
    inputs = problem.query if side == "query" else problem.reference
    if node is not None:
        cut = len(problem.query.x)
        node = node[:cut] if side == "query" else node[cut:]
        if problem.kinds.node_mask_type is MaskType.common_attributes:
            node = scatter(node, inputs.batch, dim=0, dim_size=problem.num_pairs)
    if edge is not None:
        cut = problem.query.edge_index.size(1)
        edge = edge[:cut] if side == "query" else edge[cut:]
        edge = tied(inputs.edge_index, edge) if problem.kinds.undirected else edge
    return Masks(node=node, edge=edge)
