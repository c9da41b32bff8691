"""Models of pairs that were written elsewhere, and have no embedding of a single graph."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, Literal, NoReturn

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import Aggregation
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex._called import called, own_error
from pyg_siamex._door import checked
from pyg_siamex._visible import in_one_line
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.joined import Joined
from pyg_siamex.data.joint_union import SIDE, Layout
from pyg_siamex.data.union_tensors import changed
from pyg_siamex.nn.adapting import check_takes_two
from pyg_siamex.nn.calibration import Calibration
from pyg_siamex.nn.finite import check_similarities
from pyg_siamex.nn.flat_edges import no_flat_edges
from pyg_siamex.nn.misfit import OF_EDGES, misfit
from pyg_siamex.nn.renumber import renumbered, unmasked
from pyg_siamex.nn.run_encoder import FAILURES
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import Similarity
from pyg_siamex.nn.summed_types import sums_kept_right
from pyg_siamex.nn.turns import PREDICTIONS

Score = Callable[[nn.Module, Data, Data], Tensor]

_WHOLE = "node_whole_x"
"""Extra input with the features of a graph that is not masked."""


@checked
def adapt(model: nn.Module, score: Score | None = None) -> "PairModel":
    """Make a model of pairs that was written elsewhere explainable.

    For models that look at both graphs at once and so have no embedding of one graph: SimGNN (Bai
    et al., arXiv 1808.05689) or graph matching networks with attention between the graphs (Li et
    al., arXiv 1904.12787). If both graphs are embedded separately, use
    :class:`~pyg_siamex.nn.SiameseGNN` with the shared encoder, which allows more.

    Args:
        model: A module that is called as ``model(data1, data2)`` and returns a score for each pair.
            It is shared and not copied. If it takes two ``Batch`` objects, pairs are explained
            together, otherwise one at a time.
        score: Computes the scores, for other signatures: ``score(model, data1, data2)``. For a
            model of triplets, for example the distance between two of its outputs.

    Raises:
        TypeError: If ``model`` is not a module.
        ValueError: If a layer caches the first graph it sees (``GCNConv(cached=True)``), or
            ``model`` does not take two graphs and there is no ``score``.

    Example:
        >>> from torch_geometric.nn import GIN, global_add_pool
        >>> class Matching(torch.nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.gnn, self.lin = GIN(9, 16, 2), torch.nn.Linear(32, 1)
        ...
        ...     def embed(self, data):
        ...         return global_add_pool(self.gnn(data.x, data.edge_index), data.batch)
        ...
        ...     def forward(self, data1, data2):
        ...         return self.lin(torch.cat([self.embed(data1), self.embed(data2)], dim=1))
        >>> model = adapt(Matching())
    """
    return PairModel(model, score)


@checked
class PairModel(SiameseGNN):
    """A model of pairs without embeddings of single graphs, as :func:`adapt` makes it.

    Explainers mask both graphs and run the model on the pair. What needs an embedding of one graph
    (relevance, libraries, search, overviews) raises a ``ValueError``.

    Args:
        model: As for :func:`adapt`.
        score: As for :func:`adapt`.

    Shape:
        - query, reference: ``Data``, or ``Batch`` of B graphs each
        - output: scores ``[B]``
    """

    def __init__(self, model: nn.Module, score: Score | None = None) -> None:
        nn.Module.__init__(self)
        if not isinstance(model, nn.Module):
            raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
        for name, module in model.named_modules():
            if isinstance(module, MessagePassing) and getattr(module, "cached", False):
                raise ValueError(f"layer '{name}' has cached=True: build it with cached=False")
        if score is None:
            check_takes_two(model)
        self.encoder = model
        self.score = score
        self.pool: Aggregation | None = None
        self.similarity: Similarity = FirstColumn()
        self.calibration: Calibration = Calibration()
        self.config: dict[str, Any] | None = None
        self.references: Any = None
        self._joint: dict[Any, SiameseGNN] = {}

    def forward(self, query: Data | Batch, reference: Data | Batch) -> Tensor:
        """Score of each pair, ``[B]``, by the model itself.

        Raises:
            TypeError: If a side is not a graph or batch, or its features or edges are no tensor of
                real numbers.
            ValueError: If an edge leaves its graph, a feature is not finite, the model cannot read
                the graphs or does not return one number for each pair, or a score is not finite
                (which a training under autocast sees by itself).
        """
        sides = [("the query", query), ("the reference", reference)]
        inputs = [_checked(name, data) for name, data in sides]
        pairs = query.num_graphs if isinstance(query, Batch) else 1
        try:
            found = scores_of(self, _batched(query), _batched(reference), pairs)
        except FAILURES as failed:
            error = own_error(failed)
            for (name, data), read in zip(sides, inputs, strict=True):
                reason = _unread(self.encoder, data, read, error)
                if reason is not None:
                    own = f" (it says: {_own_words(error)})" if _is_of_shapes(error) else ""
                    told = f"{type(self.encoder).__name__} cannot read {name}: {reason}{own}"
                    raise ValueError(told) from error
            if not _is_of_shapes(error):
                raise
            shapes = " and ".join(f"x of {name} is {list(data.x.shape)}" for name, data in sides)
            raise ValueError(
                f"{type(self.encoder).__name__} cannot read the pair: {shapes}, and it failed with "
                f"{_own_words(error)}"
            ) from error
        if not (self.training and torch.is_autocast_enabled()):  # whose scaler skips such a step
            check_similarities(found)
        return found

    def joint(self, layout: Layout, fixed: "Fixed" = None) -> SiameseGNN:
        """The model as a function of joint graphs, the score as the only coordinate.

        Args:
            layout: Layout of the graphs.
            fixed: Side that is not masked, ``"query"``, ``"reference"`` or ``None``.
        """
        key = layout.key, fixed
        if key not in self._joint:
            self._joint[key] = _Joint(JointEncoder(self, layout, fixed), layout)
        return self._joint[key]

    @property
    def extra_inputs(self) -> tuple[str, ...]:
        """Empty, since the model reads whole graphs."""
        return ()

    def encode(self, inputs: GraphInputs) -> Tensor:
        """Refused, since the model has no embedding of one graph."""
        self.refuse_embeddings()

    def node_embeddings(self, inputs: GraphInputs) -> Tensor:
        """Refused, since the model has no embedding of one graph."""
        self.refuse_embeddings()

    def refuse_embeddings(self) -> NoReturn:
        """Refuse what needs an embedding of one graph.

        Raises:
            ValueError: Always.
        """
        raise ValueError(
            f"{type(self.encoder).__name__} compares two graphs at once and has no embedding of "
            f"one graph, which this needs (relevance, libraries, search and overviews do): use an "
            f"algorithm that masks both graphs, such as Occlusion or IntegratedGradients, or "
            f"SiameseGNN if both graphs are embedded separately"
        )


Fixed = Literal["query", "reference"] | None


class FirstColumn(Similarity):
    """The score that a joint function has computed, in place of an embedding of the query."""

    broadcasts = True

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """The first column of ``a``."""
        column: Tensor = torch.broadcast_tensors(a, b)[0][..., 0]
        return column


class JointEncoder(nn.Module):
    """Scores of pairs from joint graphs.

    Args:
        model: The model of pairs.
        layout: Layout of the graphs.
        fixed: Side that is not masked.
    """

    def __init__(self, model: PairModel, layout: Layout, fixed: Fixed = None) -> None:
        super().__init__()
        self.net: nn.Module = model.encoder
        self.layout = layout
        self.fixed: int = (None, "query", "reference").index(fixed) - 1
        self._score = model.score

    def forward(
        self, x: Tensor, edge_index: Tensor, batch: Tensor, num_graphs: int, **extras: Tensor
    ) -> Tensor:
        """Scores ``[num_graphs, 1]``."""
        side = extras.pop(SIDE)
        whole = extras.pop(_WHOLE, x)
        parts = []
        for number in (0, 1):
            features = whole if number == self.fixed else x
            part = part_of(self.layout, number, side == number, features, edge_index, batch, extras)
            if number == self.fixed:
                part.edge_index = unmasked(part.edge_index)
            part._num_graphs = num_graphs
            parts.append(part)
        return scores_of(self, parts[0], parts[1], num_graphs).view(-1, 1)

    @property
    def encoder(self) -> nn.Module:
        """The user's module."""
        return self.net

    @property
    def score(self) -> Score | None:
        """How it is called."""
        return self._score


def part_of(
    layout: Layout,
    number: int,
    nodes: Tensor,
    x: Tensor,
    edge_index: Tensor,
    batch: Tensor,
    extras: dict[str, Tensor],
) -> Batch:
    """One side of joint graphs, with nodes numbered from 0.

    Args:
        layout: Layout of the joint graphs.
        number: 0 for the query, 1 for the reference.
        nodes: Its nodes, ``[N]`` bool.
        x: Features of all nodes.
        edge_index: All edges.
        batch: Graph of each node.
        extras: Extra inputs.
    """
    edges = nodes[edge_index[0]]
    own = renumbered(edge_index[:, edges], nodes.cumsum(0) - 1)
    out = Batch(x=layout.cut("x", x[nodes], number), edge_index=own, batch=batch[nodes])
    counts = out.batch.bincount()
    out.ptr = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
    rows: dict[str, Any] = {"node": nodes, "edge": edges, "graph": slice(number, None, 2)}
    for name, value in extras.items():
        if name in layout.columns[number]:
            out[name] = layout.cut(name, value[rows[layout.kinds[name]]], number)
    return out


class _Joint(SiameseGNN):
    """A joint function as a model whose embedding of a joint graph is the score."""

    def __init__(self, encoder: JointEncoder, layout: Layout) -> None:
        super().__init__(encoder, None, FirstColumn())
        self._names = (SIDE, _WHOLE, *layout.kinds)

    @property
    def extra_inputs(self) -> tuple[str, ...]:
        """Names of the extra inputs of joint graphs."""
        return self._names


def with_whole_features(inputs: GraphInputs) -> GraphInputs:
    """Joint graphs with a copy of their features that no mask reaches."""
    whole = Joined(inputs.x, inputs.node_counts)
    return changed(inputs, extras={**inputs.extras, _WHOLE: whole})


def scores_of(model: PairModel | JointEncoder, query: Data, reference: Data, pairs: int) -> Tensor:
    """Scores ``[pairs]`` by the user's own model.

    Raises:
        ValueError: If it does not return one number for each pair, or ``score`` fails.
    """
    net, score = model.encoder, model.score
    sides = [("x", getattr(data, "x", None)) for data in (query, reference)]
    with ExitStack() as checks:
        checks.enter_context(PREDICTIONS.going_on())
        checks.enter_context(sums_kept_right(sides))
        for data in (query, reference):
            edges = {name: getattr(data, name, None) for name in OF_EDGES}
            checks.enter_context(no_flat_edges(net, edges))
        out = (
            net(query, reference)
            if score is None
            else called("score", score, net, query, reference)
        )
    if not isinstance(out, Tensor) or out.numel() != pairs or not out.is_floating_point():
        tensor = isinstance(out, Tensor)
        got = f"{list(out.shape)} of {out.dtype}" if tensor else type(out).__name__
        raise ValueError(
            f"{type(net).__name__} returned {got} for {pairs} pairs, and a number for each pair is "
            f"needed: say how to get it, adapt(model, score=lambda model, a, b: ...)"
        )
    return out.reshape(pairs)


def _checked(name: str, data: Data | Batch) -> GraphInputs | None:
    """One side, refused for what no model can read; ``None`` without node features.

    Only features and edges are compared: which further tensors the model reads is not known.
    """
    if isinstance(data, Data) and data.x is None:
        return None
    sparse = isinstance(data, Data) and data.edge_index is None and "adj_t" in data
    extras = OF_EDGES if sparse else ()
    return GraphInputs.from_data(data, extras, name)


def _unread(net: nn.Module, data: Data, inputs: GraphInputs | None, error: Exception) -> str | None:
    """Why a model could not read a graph, or ``None`` if nothing is known."""
    if inputs is None:
        return "it has no node features, set data.x, [num_nodes, num_features]"
    if data.edge_index is None and "adj_t" not in data:
        return "it has no edge_index, set data.edge_index, [2, num_edges]"
    return misfit(net, inputs, error)


def _is_of_shapes(error: Exception) -> bool:
    told = str(error)
    return "shapes cannot be multiplied" in told or "must match the size of tensor" in told


def _own_words(error: Exception) -> str:
    return f"{type(error).__name__}: {in_one_line(str(error), 200)}"


def _batched(data: Data | Batch) -> Batch:
    return data if isinstance(data, Batch) else Batch.from_data_list([data])


def names_of_graphs(graphs: Sequence[Data]) -> tuple[str, ...]:
    """Names of the tensors that all graphs have alike, besides x, the edges and the batch."""
    known = [graph.to_dict() for graph in graphs]
    names = set(known[0]).intersection(*known) - {"x", "edge_index", "batch", "ptr", "num_nodes"}
    return tuple(sorted(n for n in names if "index" not in n and _alike([g[n] for g in known])))


def _alike(values: Sequence[Any]) -> bool:
    """Whether values are tensors that can be joined along their first dimension."""
    if not all(isinstance(v, Tensor) and v.layout is torch.strided and v.dim() for v in values):
        return False
    return len({(v.dtype, v.shape[1:]) for v in values}) == 1
