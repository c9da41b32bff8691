"""Sums of messages that a rule makes itself, under the gates of the layer."""

from torch import Tensor
from torch_geometric.nn.conv import MessagePassing
from torch_geometric.utils import is_sparse

from pyg_siamex.explain.relevance.lrp.aggregation import LINEAR_AGGREGATIONS
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


class EdgeSums:
    """How a layer sums messages along its edges.

    Args:
        lrp: The propagation.
        conv: The layer, whose message hooks are run.
        edge_index: The edges as the layer passes messages along them, ``[2, E]``.
        num_nodes: Number N of nodes.

    Attributes:
        source: Node that each message comes from, ``[E]``.
        target: Node that each message goes to, ``[E]``.

    Raises:
        ValueError: If the adjacency is sparse, or the layer does not sum or average.
    """

    def __init__(
        self, lrp: Propagation, conv: MessagePassing, edge_index: Tensor, num_nodes: int
    ) -> None:
        if is_sparse(edge_index):
            raise lrp.running.refusal("a sparse adjacency")
        if conv.aggr not in LINEAR_AGGREGATIONS:
            raise lrp.running.refusal(f"a {type(conv).__name__} with aggr='{conv.aggr}'")
        forward = conv.flow == "source_to_target"
        self.source: Tensor
        self.target: Tensor
        self.source, self.target = edge_index if forward else edge_index.flip(0)
        self._conv, self._num_nodes = conv, num_nodes

    def of(self, messages: Tensor) -> Tensor:
        """What each node collects of messages ``[E, ...]``, ``[N, ...]``."""
        for hook in self._conv._message_forward_hooks.values():
            found = hook(self._conv, ({},), messages)
            messages = messages if found is None else found
        pooled: Tensor = self._conv.aggr_module(
            messages, self.target, dim_size=self._num_nodes, dim=0
        )
        return pooled
