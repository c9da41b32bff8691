r"""The control without a model: one map of a group difference for every pair."""

import copy
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain.config import MaskType

from pyg_siamex._arrays import as_array
from pyg_siamex._door import checked
from pyg_siamex._numbers import shown
from pyg_siamex.data.checked_graph import check_own_values, check_types
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.read_inputs import edges_of
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.elements import largest
from pyg_siamex.explain.engine.like import mask_like
from pyg_siamex.explain.engine.mask_space import edge_space
from pyg_siamex.explain.engine.problem import Attribution, Masks, PairProblem

_PENALTIES = np.logspace(-1, 6, 15)

_Statistic = Callable[[np.ndarray, np.ndarray], np.ndarray]


@checked
class GroupMap(PairAlgorithm):
    r"""The same map of edges or of node features for every pair, whatever the model.

    Use it as a baseline for graphs that share their nodes, such as connectomes or table rows. A map
    of the group difference is perfectly stable and does not depend on the model. An explanation of
    a model is of use where it is more faithful to the model, or follows the pair.

    Args:
        edge: Value of the edge between each two nodes, ``[R, R]``.
        node: Value of each node feature, ``[R, F]``.
        name: Name in captions and tables.

    Raises:
        ValueError: If neither map is given, one has another shape or is not finite, or both are of
            other numbers of nodes. When
            explaining, if a requested mask has no map, or a graph has another size than the map.

    Example:
        >>> algorithm = GroupMap.of_t_values(list(graphs))
        >>> explainer = PairExplainer(model, algorithm, edge_mask_type="object")
    """

    def __init__(
        self, edge: Tensor | None = None, node: Tensor | None = None, *, name: str = "group map"
    ) -> None:
        super().__init__()
        if edge is None and node is None:
            raise ValueError("give a map of edges [R, R], or of node features [R, F]")
        for what, values in (("edge", edge), ("node", node)):
            if values is not None and (values.dim() != 2 or not bool(values.isfinite().all())):
                raise ValueError(f"{what} must be a finite matrix (got shape {list(values.shape)})")
        if edge is not None and edge.size(0) != edge.size(1):
            raise ValueError(f"edge must be square, [R, R] (got {list(edge.shape)})")
        if edge is not None and node is not None and len(edge) != len(node):
            raise ValueError(
                f"edge is a map of {len(edge)} nodes, and node of {len(node)}: both must be of the "
                f"same nodes"
            )
        self.edge = edge
        self.node = node
        self._name = name

    @classmethod
    @checked
    def of_t_values(cls, graphs: Sequence[Data]) -> "GroupMap":
        r"""Magnitude of Welch's t of each edge and of each node feature between two classes.

        For more classes, :math:`\sqrt F` of a one-way analysis of variance. Absent edges count as
        0. What is the same in all graphs has the value 0, and what separates the classes without
        noise has the largest one.

        Args:
            graphs: S graphs with the same nodes, and a class ``y`` each; at least two graphs of
                each class.

        Raises:
            TypeError: If features, edges or edge weights are no tensors of real numbers.
            ValueError: If sizes differ, an edge leaves its graph, a value is not finite, or a class
                has fewer than two graphs.
        """
        return cls(**_maps(graphs, _t_values), name="group t")

    @classmethod
    @checked
    def of_ridge_weights(cls, graphs: Sequence[Data]) -> "GroupMap":
        """Mean magnitude of the weights of a ridge classifier on standardised edges or features.

        The penalty is chosen by leave-one-out cross-validation. Edges and node features have
        classifiers of their own.

        Args:
            graphs: As for :meth:`of_t_values`.

        Raises:
            TypeError: As for :meth:`of_t_values`.
            ValueError: As for :meth:`of_t_values`.
        """
        return cls(**_maps(graphs, _ridge_weights), name="ridge weights")

    @property
    def name(self) -> str:
        """Name in captions and tables."""
        return self._name

    def check(self, problem: PairProblem) -> None:
        """Refuse masks without a map, and graphs of another size than the map."""
        kinds = problem.kinds
        if kinds.edge_mask_type is not None and self.edge is None:
            raise ValueError(f"'{self.name}' has no map of edges: give GroupMap(edge=...)")
        if kinds.node_mask_type is not None and self.node is None:
            raise ValueError(f"'{self.name}' has no map of node features: give GroupMap(node=...)")
        if kinds.node_mask_type not in (None, MaskType.attributes):
            raise ValueError(
                f"'{self.name}' has a value for each node feature: use node_mask_type='attributes' "
                f"(got '{kinds.node_mask_type.value}')"
            )
        maps = {
            "edges": self.edge if kinds.edge_mask_type else None,
            "node features": self.node if kinds.node_mask_type else None,
        }
        for side in problem.masked_sides:
            for what, values in maps.items():
                if values is not None:
                    self._check_size(getattr(problem, side), side, what, values)

    def attribute(self, problem: PairProblem) -> Attribution:
        """Look up the values of all graphs of ``problem``."""
        query, reference = (
            self._masks(problem, getattr(problem, side))
            if side in problem.masked_sides
            else Masks()
            for side in ("query", "reference")
        )
        return Attribution(query, reference)

    def _masks(self, problem: PairProblem, inputs: GraphInputs) -> Masks:
        like, out = mask_like(problem.model, inputs), Masks()
        first = inputs.batch.bincount(minlength=inputs.num_graphs).cumsum(0).roll(1)
        first[:1] = 0
        if problem.kinds.edge_mask_type is not None and self.edge is not None:
            space = edge_space(inputs, problem.kinds.undirected)
            row, col = inputs.edge_index - first[inputs.edge_graph]
            values = self.edge.to(like)[row, col]
            out.edge = space.values(largest(values, space.index, len(space)))
        if problem.kinds.node_mask_type is not None and self.node is not None:
            out.node = self.node.to(like).repeat(inputs.num_graphs, 1)
        return out

    def _check_size(self, inputs: GraphInputs, side: str, what: str, values: Tensor) -> None:
        sizes = inputs.batch.bincount(minlength=inputs.num_graphs)
        wrong = sizes[sizes != len(values)]
        if len(wrong):
            raise ValueError(
                f"'{self.name}' has a map of {what} of {len(values)} nodes, and a {side} has "
                f"{int(wrong[0])} nodes: make the map of graphs with the same nodes"
            )
        if what == "node features" and inputs.x.shape[1:] != values.shape[1:]:
            raise ValueError(
                f"'{self.name}' has a map of {values.size(1)} node features, and a {side} has x of "
                f"shape {list(inputs.x.shape)}"
            )


def _maps(graphs: Sequence[Data], statistic: _Statistic) -> dict[str, Tensor | None]:
    """The statistic of the edges and of the node features of graphs."""
    graphs = [_checked(graph, f"graph {k}") for k, graph in enumerate(graphs)]
    if not graphs:
        raise ValueError("a group difference needs graphs of at least two classes (got none)")
    sizes = {int(graph.num_nodes or 0) for graph in graphs}
    if len(sizes) > 1:
        raise ValueError(
            f"graphs have {min(sizes)} to {max(sizes)} nodes: a map needs graphs with the same "
            f"nodes"
        )
    labels = _labels(graphs)
    edge = np.stack([_matrix(graph) for graph in graphs])
    found: dict[str, Tensor | None] = {"edge": None, "node": None}
    if edge.any():
        found["edge"] = _map(edge, labels, statistic)
    if graphs[0].x is not None and graphs[0].x.dim() == 2:
        shapes = sorted({tuple(graph.x.shape) for graph in graphs})
        if len(shapes) > 1:
            raise ValueError(f"graphs have x of shapes {list(shapes[0])} and {list(shapes[1])}")
        node = np.stack([as_array(graph.x.double()) for graph in graphs])
        found["node"] = _map(node, labels, statistic)
    return found


def _checked(graph: Data, name: str) -> Data:
    """The graph with an ``edge_index``, after a check of its features, edges and their weights."""
    out = copy.copy(graph)
    if graph.x is None and graph.num_nodes:
        out.x = torch.ones(graph.num_nodes, 1)
    check_types(out, name)
    out.edge_index, values = edges_of(out, ("edge_weight", "edge_attr"))
    for key, value in values.items():
        out[key] = value
    check_own_values(out, name)
    edges = out.edge_index.size(1)  # `num_edges` counts the weights
    for key in ("edge_weight", "edge_type"):
        value = out.get(key)
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(f"{key} of {name} must be a tensor (got {shown(value)})")
        if value is not None and (value.is_complex() or value.numel() != edges):
            raise ValueError(
                f"{key} of {name} must have a real number for each of its {edges} edges "
                f"(got {list(value.shape)} of {value.dtype})"
            )
    if graph.x is None:
        out.x, out.num_nodes = None, graph.num_nodes
    return out


def _labels(graphs: list[Data]) -> np.ndarray:
    if any(not isinstance(graph.y, Tensor) or graph.y.numel() != 1 for graph in graphs):
        raise ValueError("each graph needs its class as y, a tensor with one number")
    labels = np.array([graph.y.item() for graph in graphs])
    if labels.dtype.kind not in "biuf" or not np.isfinite(labels).all():
        raise ValueError(f"the class y of each graph must be a number (got {labels.tolist()[:5]})")
    classes, counts = np.unique(labels, return_counts=True)
    if len(classes) < 2 or counts.min() < 2:
        raise ValueError(
            f"a group difference needs at least two classes with two graphs each "
            f"(got {dict(zip(classes.tolist(), counts.tolist(), strict=True))})"
        )
    return labels


def _matrix(graph: Data) -> np.ndarray:
    """Weight of each edge, negative for edges of the relation 1, ``[R, R]``."""
    weight = graph.get("edge_weight")
    if weight is None:
        weight = torch.ones(graph.edge_index.size(1), device=graph.edge_index.device)
    if graph.get("edge_type") is not None:
        negative = graph.edge_type.flatten() == 1
        weight = torch.where(negative, -weight.flatten().abs(), weight.flatten())
    size = int(graph.num_nodes or 0)
    dense = torch.zeros(size, size, dtype=torch.double)
    values = weight.detach().double().flatten().cpu()
    row, col = graph.edge_index.cpu()
    matrix: np.ndarray = dense.index_put((row, col), values, accumulate=True).numpy()
    return matrix


def _map(values: np.ndarray, labels: np.ndarray, statistic: _Statistic) -> Tensor:
    """The statistic of values ``[S, ...]``; 0 where they are the same in all graphs."""
    flat = values.reshape(len(values), -1)
    varies = np.ptp(flat, axis=0) > 0
    found = np.zeros(flat.shape[1])
    if varies.any():
        found[varies] = statistic(flat[:, varies], labels)
    return torch.from_numpy(found.reshape(values.shape[1:]))


def _t_values(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    from scipy.stats import f_oneway, ttest_ind

    groups = [values[labels == one] for one in np.unique(labels)]
    # Values that are constant within each class have no t.
    inside = sum(((group - group.mean(0)) ** 2).sum(0) for group in groups)
    found = np.zeros(values.shape[1])
    real = inside > np.finfo(float).eps * (values**2).sum(0)
    if len(groups) == 2:
        found[real] = np.abs(ttest_ind(*(g[:, real] for g in groups), equal_var=False).statistic)
    else:
        found[real] = np.sqrt(f_oneway(*(g[:, real] for g in groups)).statistic)
    found[~real] = found.max(initial=0.0) + 1 if real.any() else 1.0
    return found


def _ridge_weights(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.preprocessing import StandardScaler

    scaled = StandardScaler().fit_transform(values)
    weights = RidgeClassifierCV(alphas=_PENALTIES).fit(scaled, labels).coef_
    mean: np.ndarray = np.abs(np.atleast_2d(weights)).mean(0)  # [classes or 1, M]
    return mean
