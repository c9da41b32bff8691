"""Map mask values, one per element, to gates, one per edge or node feature."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor
from torch_geometric.explain.config import MaskType
from torch_geometric.utils import scatter

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.elements import unordered_pairs

FREE = -1


@dataclass(frozen=True)
class MaskSpace:
    """The elements that one kind of mask has on a union of graphs.

    Attributes:
        name: ``"edge"`` or ``"node"``.
        index: Element of each gate, ``[E]``, ``[N, 1]`` or ``[N, F]``; ``-1`` for gates that are
            always open.
        graph: Graph of each element, ``[M]``.
    """

    name: str
    index: Tensor
    graph: Tensor

    def gate(self, mask: Tensor) -> Tensor:
        """Spread element values ``[M]`` over the gates; open gates are 1."""
        return self._spread(mask, 1.0)

    def values(self, mask: Tensor) -> Tensor:
        """Spread element values ``[M]`` over the gates; elements out of scope are 0."""
        return self._spread(mask, 0.0)

    def any(self, true: Tensor) -> Tensor:
        """Whether any gate of each element is true, ``[M]`` bool.

        Args:
            true: Value of each gate, ``[E]`` or ``[N, F]`` bool; the gates are expanded to it.
        """
        index = self.index.expand_as(true).flatten()
        inside = index != FREE
        counts = index.new_zeros(len(self)).index_add(
            0, index[inside], true.flatten()[inside].long()
        )
        return counts > 0

    def repeat(self, copies: int) -> "MaskSpace":
        """The space of ``copies`` copies of the union, copy after copy."""
        shift = torch.arange(copies, device=self.index.device) * len(self)
        shift = shift.view(copies, *[1] * self.index.dim())
        index = torch.where(self.index == FREE, self.index, self.index + shift).flatten(0, 1)
        return MaskSpace(self.name, index, self.graph.repeat(copies))

    def _spread(self, mask: Tensor, free: float) -> Tensor:
        if self.is_identity:
            return mask.view(self.index.shape)
        if not mask.numel():
            return mask.new_full(self.index.shape, free)
        # Not mask[index]: the gradient of indexing is summed in an order that depends on threads.
        gate = mask.index_select(0, self.index.clamp_min(0).flatten()).view(self.index.shape)
        return gate.masked_fill(self.index == FREE, free) if self.has_free else gate

    @cached_property
    def is_identity(self) -> bool:
        """Whether gates and elements are the same, in the same order."""
        flat = self.index.flatten()
        return len(flat) == len(self.graph) and bool(
            (flat == torch.arange(len(flat), device=flat.device)).all()
        )

    @cached_property
    def has_free(self) -> bool:
        """Whether any gate is always open."""
        return bool((self.index == FREE).any())

    def __len__(self) -> int:
        """Number M of elements."""
        return len(self.graph)


def edge_space(inputs: GraphInputs, undirected: bool) -> MaskSpace:
    """Elements of an edge mask: edges, or unordered node pairs if ``undirected``.

    Self loops are not elements, since most layers replace them by their own.
    """
    if undirected:
        pairs = unordered_pairs(inputs.edge_index)
        return MaskSpace("edge", pairs.number, inputs.batch[pairs.ends[0]])
    proper = ~inputs.loops
    index = torch.full_like(inputs.edge_graph, FREE)
    index[proper] = torch.arange(int(proper.sum()), device=index.device)
    return MaskSpace("edge", index, inputs.edge_graph[proper])


def tied(edge_index: Tensor, values: Tensor, how: Literal["mean", "sum"] = "mean") -> Tensor:
    """Give an edge, its reverse and its parallels one value, the mean or the sum of their values.

    It is for explainers that score each direction if one mask element per pair of nodes is
    requested. Self loops keep their values.

    Args:
        edge_index: ``[2, E]``.
        values: ``[E]``.
        how: ``"sum"`` for scores that add up to the effect of both directions.
    """
    pairs = unordered_pairs(edge_index)
    proper = pairs.number >= 0
    index = pairs.number[proper]
    found = scatter(values[proper], index, dim_size=pairs.ends.size(1), reduce=how)
    return values.masked_scatter(proper, found[index])


def node_space(inputs: GraphInputs, mask_type: MaskType) -> MaskSpace:
    """Elements of a node mask: nodes, node features, or the features of each graph."""
    nodes, features = len(inputs.x), inputs.x[0].numel()
    device = inputs.x.device
    if mask_type is MaskType.object:
        return MaskSpace("node", torch.arange(nodes, device=device).view(-1, 1), inputs.batch)
    columns = torch.arange(features, device=device)
    if mask_type is MaskType.attributes:
        index = torch.arange(nodes, device=device).view(-1, 1) * features + columns
        return MaskSpace("node", index, inputs.batch.repeat_interleave(features))
    index = inputs.batch.view(-1, 1) * features + columns
    graphs = torch.arange(inputs.num_graphs, device=device)
    return MaskSpace("node", index, graphs.repeat_interleave(features))
