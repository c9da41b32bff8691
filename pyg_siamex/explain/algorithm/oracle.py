"""The oracle control: the ground truth itself as a mask."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain.config import MaskType

from pyg_siamex._door import checked
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.elements import largest
from pyg_siamex.explain.engine.like import mask_like
from pyg_siamex.explain.engine.mask_space import edge_space
from pyg_siamex.explain.engine.problem import Attribution, Masks, PairProblem

_NODE_TRUTH = ("atom_truth", "node_truth")
_EDGE_TRUTH = ("bond_truth", "edge_truth")


@checked
class Oracle(PairAlgorithm):
    """Masks stored on the graphs, to test whether the model uses the ground truth.

    If a graph stores only one kind of truth, an edge is true if both its ends are true, and a node
    is true if one of its edges is true. ``undirected=True`` gives an edge the larger value of its
    directions.

    Args:
        node: Attribute of the node truth, bool or numbers, ``[n]`` or ``[n, alternatives]``; the
            first alternative is used. Default: the first of ``atom_truth`` and ``node_truth`` that
            a graph has.
        edge: Attribute of the edge truth, ``[E]`` or ``[E, alternatives]``. Default: the first of
            ``bond_truth`` and ``edge_truth`` that a graph has.

    Raises:
        ValueError: If a name is empty; when explaining, if a graph lacks the attribute, its length
            does not fit the graph, it is not finite, or a mask by feature is requested.
    """

    reads_graphs = True

    def __init__(self, node: str | None = None, edge: str | None = None) -> None:
        super().__init__()
        for name, given in (("node", node), ("edge", edge)):
            if given == "":
                raise ValueError(
                    f"`{name}` is empty: give the name of an attribute, or leave it out"
                )
        self.node = node
        self.edge = edge

    def check(self, problem: PairProblem) -> None:
        """Refuse masks by feature, and graphs without a truth."""
        if problem.kinds.node_mask_type not in (None, MaskType.object):
            raise ValueError(
                f"Oracle knows nodes and edges: use node_mask_type='object' "
                f"(got '{problem.kinds.node_mask_type.value}')"
            )
        if not problem.query_data:
            raise ValueError("Oracle reads the truth from the graphs: use it in PairExplainer")
        self.attribute(problem)

    def attribute(self, problem: PairProblem) -> Attribution:
        """Read the truth of all graphs of ``problem``."""
        query, reference = Masks(), Masks()
        if problem.side != "reference":
            query = self._masks(problem, "query", problem.query_data)
        if problem.side != "query":
            reference = self._masks(problem, "reference", problem.reference_data)
        return Attribution(query, reference)

    def _masks(self, problem: PairProblem, side: str, graphs: Sequence[Data]) -> Masks:
        inputs = problem.query if side == "query" else problem.reference
        dtype = mask_like(problem.model, inputs).dtype
        found = [self._truth(graph, f"{side} {k}") for k, graph in enumerate(graphs)]
        node, edge = (
            torch.cat(part).to(inputs.x.device, dtype) for part in zip(*found, strict=True)
        )
        space = edge_space(inputs, problem.kinds.undirected)  # self loops are not elements
        edge = space.values(largest(edge, space.index, len(space)))
        return Masks(
            node=None if problem.kinds.node_mask_type is None else node.view(-1, 1),
            edge=None if problem.kinds.edge_mask_type is None else edge,
        )

    def _truth(self, graph: Data, name: str) -> tuple[Tensor, Tensor]:
        """Truth of the nodes ``[n]`` and of the edges ``[E]`` of one graph."""
        nodes = int(graph.num_nodes or 0)
        node = _stored(graph, self.node, _NODE_TRUTH, nodes, name)
        edge = _stored(graph, self.edge, _EDGE_TRUTH, graph.num_edges, name)
        row, col = graph.edge_index
        if node is None and edge is not None:
            ends = graph.edge_index.flatten()
            node = largest(edge.repeat(2), ends, nodes)
        if edge is None and node is not None:
            edge = torch.minimum(node[row], node[col])
        if node is None or edge is None:
            tried = ", ".join(f"data.{key}" for key in (*_NODE_TRUTH, *_EDGE_TRUTH))
            raise ValueError(f"{name} stores no truth ({tried}): name it, Oracle(edge=...)")
        return node, edge


def _stored(
    graph: Data, key: str | None, usual: tuple[str, ...], size: int, name: str
) -> Tensor | None:
    """The attribute ``key``, or the first of the usual ones, or ``None``."""
    if key is None:
        key = next((k for k in usual if getattr(graph, k, None) is not None), None)
    if key is None:
        return None
    value = getattr(graph, key, None)
    if not isinstance(value, Tensor):
        raise ValueError(f"{name} has no tensor data.{key}")
    if value.dim() not in (1, 2) or len(value) != size:
        raise ValueError(f"{name}: data.{key} is {list(value.shape)}, expected {size} values")
    if value.is_complex():
        raise ValueError(f"{name}: data.{key} is complex: give real numbers")
    value = value.double() if value.dim() == 1 else value[:, 0].double()
    if not value.isfinite().all():
        raise ValueError(f"{name} has NaN or infinite values in data.{key}")
    return value
