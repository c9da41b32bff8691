"""Which node the rows of an encoder's tensors belong to."""

from functools import cached_property

import torch
from torch import Tensor
from torch_geometric.utils import scatter

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.nn.roi_gcn import RoiGCN
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.signature import eager


class NodeShares:
    """Values of nodes as values of the rows that an encoder computes with.

    The number of rows tells what a row is: a node, an edge (also if all loops are replaced by one
    at each node, at the end), or a graph. A row of an edge belongs to the node that the edge points
    at, a row of a graph to all its nodes in equal parts.

    Args:
        inputs: The graphs.
        edges_in_order: Whether rows of edges come in the order of ``edge_index``. Otherwise they
            belong to all nodes of their graph in equal parts.
        profiles: Whether channel k of a node is its connection with node k.
    """

    def __init__(
        self, inputs: GraphInputs, edges_in_order: bool = True, profiles: bool = False
    ) -> None:
        self.inputs = inputs
        self._in_order = edges_in_order
        self._profiles = profiles

    @classmethod
    def of_model(cls, model: SiameseGNN, inputs: GraphInputs) -> "NodeShares":
        """The nodes of the rows that a model computes with.

        Args:
            model: The Siamese model.
            inputs: The graphs, perhaps several times.
        """
        encoder = eager(model.encoder)
        profiles = isinstance(encoder, RoiGCN) and len(encoder.convs) == 1
        return cls(inputs, not contract_of(model, inputs).rearranges, profiles)

    @cached_property
    def _owners(self) -> dict[int, Tensor | None]:
        """Node of each row by number of rows, ``None`` for rows of graphs.

        Numbers that more than one kind of row has are left out.
        """
        inputs = self.inputs
        nodes = torch.arange(len(inputs.x), device=inputs.batch.device)
        ends, proper = inputs.edge_index[1], ~inputs.loops
        kinds: list[tuple[int, Tensor | None]] = [(len(nodes), nodes), (inputs.num_graphs, None)]
        if self._in_order:
            looped = torch.cat([ends[proper], nodes])
            kinds += [(len(ends), ends)]
            kinds += [(len(looped), looped)] if len(looped) not in (len(nodes), len(ends)) else []
        counts = [count for count, _ in kinds]
        known = {count: owner for count, owner in kinds if counts.count(count) == 1}
        if len(nodes) == inputs.num_graphs:  # graphs of one node each
            known[len(nodes)] = nodes
        return known

    def of(self, values: Tensor, rows: int) -> Tensor | None:
        """Values of rows.

        Args:
            values: A value of each node, ``[N]``.
            rows: Number of rows.

        Returns:
            ``[rows]``, or ``None`` if the number does not say what rows are. A single graph then
            gives the mean over its nodes.
        """
        inputs = self.inputs
        edges = inputs.edge_index.size(1)
        if rows == edges and not self._in_order and rows not in (len(inputs.x), inputs.num_graphs):
            return self.mean(values)[inputs.edge_graph]
        if rows in self._owners:
            owner = self._owners[rows]
            return self.mean(values) if owner is None else values[owner]
        if inputs.num_graphs == 1:
            return values.mean().expand(rows)
        return None

    def of_blocks(self, values: Tensor, width: int) -> Tensor:
        """Values of columns of graphs whose node values are side by side.

        Columns of a node's channels belong to that node, or where these are profiles to the node at
        the other end.

        Args:
            values: A value of each node, ``[N]``.
            width: Number of columns of a graph, R times the columns of each of its R nodes.

        Returns:
            ``[num_graphs, width]``.
        """
        nodes = values.view(self.inputs.num_graphs, -1)
        channels = width // nodes.size(1)
        if self._profiles:
            return nodes.repeat(1, channels)
        return nodes.repeat_interleave(channels, dim=1)

    def mean(self, values: Tensor) -> Tensor:
        """Mean over the nodes of each graph, ``[num_graphs]``."""
        inputs = self.inputs
        means: Tensor = scatter(values, inputs.batch, dim_size=inputs.num_graphs, reduce="mean")
        return means


def feature_parts(x: Tensor) -> Tensor:
    """Parts of a node that its features have, ``[N, F]``: equal for all that are not 0."""
    there = (x != 0).to(x)
    return there / there.sum(1, keepdim=True).clamp_min(1)


def unambiguous(inputs: GraphInputs) -> GraphInputs:
    """Append single nodes until the number of rows tells nodes, edges and graphs apart.

    Edges may have all loops replaced by one at each node.
    """
    edges, proper = inputs.edge_index.size(1), int((~inputs.loops).sum())
    while edges in (len(inputs.x), inputs.num_graphs, proper + len(inputs.x)):
        inputs = inputs.concat(inputs.first_node())
    return inputs
