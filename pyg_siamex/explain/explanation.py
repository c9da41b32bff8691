"""The result of a pair explainer: masks on both graphs, a pair matrix, and their sums."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from torch import Tensor
from torch.nn import Module
from torch_geometric.data import Data
from torch_geometric.explain import Explanation
from torch_geometric.utils import to_networkx

from pyg_siamex._door import checked
from pyg_siamex._fields import field_kinds
from pyg_siamex._notebook import drawn
from pyg_siamex._numbers import real, shown, whole
from pyg_siamex.explain.carried import Carried, carried
from pyg_siamex.explain.elements import (
    edge_importance,
    feature_count,
    floating,
    goes_both_ways,
    node_importance,
    strongest,
)
from pyg_siamex.explain.engine.later import Later, results
from pyg_siamex.explain.explained_graph import (
    check_explained,
    check_finite,
    check_tensor,
    check_values,
)
from pyg_siamex.explain.explanation_file import read_parts, write_parts
from pyg_siamex.explain.group_relevance import GroupRelevance, membership
from pyg_siamex.explain.long_form import long_frame
from pyg_siamex.explain.threshold import threshold_masks, threshold_of, with_threshold

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from pyg_siamex.nn.siamese import SiameseGNN

_MASKS = ("node_mask", "edge_mask")


def _is_matrix(value: object) -> bool:
    return isinstance(value, Tensor) and value.dim() == 2 and not value.is_complex()


def _no_numbers(terms: Mapping[Any, Any]) -> Iterator[Any]:
    """Terms that are no numbers, and then names that are no texts."""
    yield from (value for value in terms.values() if not isinstance(value, Real))
    yield from (name for name in terms if not isinstance(name, str))


def _told(value: object) -> str:
    return f"{list(value.shape)} of {value.dtype}" if isinstance(value, Tensor) else shown(value)


class _PairMatrix:
    """The field for a pair matrix, which may be computed at the first reading."""

    @overload
    def __get__(self, explanation: None, owner: type) -> "_PairMatrix": ...
    @overload
    def __get__(self, explanation: "PairExplanation", owner: type) -> Tensor | None: ...
    def __get__(
        self, explanation: "PairExplanation | None", owner: type
    ) -> "Tensor | _PairMatrix | None":
        """The matrix."""
        if explanation is None:
            return self
        matrix = vars(explanation)["relevance"]
        given: Tensor | _PairMatrix = matrix() if isinstance(matrix, Later) else matrix
        return given

    def __set__(
        self,
        explanation: "PairExplanation",
        matrix: "Tensor | Later[Tensor] | _PairMatrix | None",
    ) -> None:
        """Store a matrix, or how it is computed."""
        matrix = None if isinstance(matrix, _PairMatrix) else matrix
        if matrix is not None and not isinstance(matrix, Later) and not _is_matrix(matrix):
            raise TypeError(
                f"`relevance` must be a tensor [n_q, n_r] of real numbers (got {_told(matrix)})"
            )
        if isinstance(matrix, Tensor):
            check_tensor(matrix, "`relevance`")
            check_finite(matrix, "`relevance`")
            matrix = floating(matrix)
        vars(explanation)["relevance"] = matrix


@checked
@dataclass
class PairExplanation:
    """Explanation of why a query graph and a reference graph are, or are not, alike.

    Attributes:
        query: :class:`torch_geometric.explain.Explanation` of the query, with the graph's own
            attributes and, if requested, ``node_mask`` (``[n, 1]``, ``[n, F]`` or ``[1, F]``) and
            ``edge_mask`` (``[E]``).
        reference: The same for the reference.
        prediction: Similarity s(q, r) of the unmasked pair.
        relevance: Signed relevance of each (query node, reference node) pair,
            ``[n_q, n_r]``, or ``None`` for explainers that give masks. Masks need only its sums,
            so it is computed when it is first read, and also when the explanation is saved or
            pickled. Reading raises a ``ValueError`` if the model has changed in between.
        terms: The terms that the explanation sums to, by name.
        completeness_error: Relative gap between the sum of the attributions and its target value,
            or ``None`` if the method does not promise completeness.
        algorithm: Name of the explainer.
        info: Further results (trajectories, settings): numbers, strings, lists, tensors and dicts
            of them.
        settings: Settings of the explanation, shared by the explanations of one call: arguments of
            the algorithm and the explainer, parts of the model, versions.
        model: The explained model, for measures; ``None`` for explanations made by hand. It is
            shared, not copied, and neither saved nor pickled.

    What reads an explanation (measures, pictures, pages, tables, files) first compares its masks
    with its graphs, so an explanation that was edited by hand is refused if they no longer fit.

    Raises:
        TypeError: If a part is of another kind.
        ValueError: If the similarity or the pair matrix is not finite.
    """

    query: Explanation
    reference: Explanation
    prediction: float
    relevance: _PairMatrix = field(default=_PairMatrix(), repr=False)
    terms: dict[str, float] = field(default_factory=dict)
    completeness_error: float | None = None
    algorithm: str = ""
    info: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    model: "SiameseGNN | None" = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Let results be computed when they are first read."""
        real("`prediction`", self.prediction)
        self.info = results(self.info)

    def _check_parts(self, name: str = "the explanation") -> None:
        """Refuse masks, edges or a pair matrix that do not fit the graphs; computes nothing.

        Args:
            name: Name of the explanation in messages.

        Raises:
            TypeError: If a part is of another kind.
            ValueError: If parts do not fit together, or are not finite.
        """
        real(f"prediction of {name}", self.prediction)
        for part in ("terms", "info", "settings"):
            if not isinstance(getattr(self, part), Mapping):
                raise TypeError(
                    f"{part} of {name} must be a dict (got {shown(getattr(self, part))})"
                )
        if not self._is_plain():
            self._check_plain(name)
        if self.model is not None and not isinstance(self.model, Module):
            raise TypeError(f"model of {name} must be a SiameseGNN (got {shown(self.model)})")
        sides = (("query", self.query), ("reference", self.reference))
        for side, graph in sides:
            if not isinstance(graph, Data):
                raise TypeError(f"the {side} of {name} must be an Explanation (got {shown(graph)})")
        shape = [check_explained(graph.to_dict(), f"the {side} of {name}") for side, graph in sides]
        matrix = vars(self)["relevance"]
        if isinstance(matrix, Tensor):
            columns = [feature_count(graph) for _, graph in sides]  # of rows of tables
            check_values(matrix, f"relevance of {name}", [shape, columns])

    def _is_plain(self) -> bool:
        """Whether terms, their names, the error and the explainer's name are of the usual types."""
        terms = self.terms
        usual = set(map(type, terms)) <= {str} and set(map(type, terms.values())) <= {float}
        error = type(self.completeness_error) in (float, type(None))
        return usual and error and type(self.algorithm) is str

    def _check_plain(self, name: str) -> None:
        """Compare terms, error and name of the explainer with their annotations."""
        kinds = field_kinds(PairExplanation)
        for part in ("terms", "completeness_error", "algorithm"):
            value, kind = getattr(self, part), kinds[part]
            if not kind.fits(value):
                told = value if part != "terms" else next(_no_numbers(self.terms))
                raise TypeError(f"{part} of {name} must be {kind.words} (got {shown(told)})")

    @property
    def gives_pairs(self) -> bool:
        """Whether there is a pair matrix; does not compute it."""
        return vars(self)["relevance"] is not None

    @property
    def signed(self) -> bool:
        """Whether importances have a direction, by the explainer or as one of them is negative."""
        if self.gives_pairs or self.settings.get("explainer", {}).get("signed", False):
            return True
        masks = [g.get(name) for g in (self.query, self.reference) for name in _MASKS]
        return any(bool((mask < 0).any()) for mask in masks if mask is not None)

    @property
    def carried(self) -> Carried | None:
        """How much of the similarity the pair matrix carries; ``None`` for masks alone."""
        known = vars(self)["relevance"]
        if not self.gives_pairs and "sum" not in self.terms:
            return None
        matrix = known if isinstance(known, Tensor) else None
        return carried(self.terms, self.prediction, self.settings, matrix, self.gives_pairs)

    @checked
    def top_pairs(self, k: int = 10) -> list[tuple[int, int, float]]:
        """The ``k`` pairs of largest absolute relevance as (query node, reference node, relevance).

        Raises:
            ValueError: If the explainer does not give a pair matrix, or ``k`` is below 1.
        """
        relevance = self._pair_matrix()
        whole("k", k)
        flat = relevance.flatten()
        columns = relevance.size(1)
        return [(i // columns, i % columns, float(flat[i])) for i in strongest(flat, k)]

    @checked
    def group(
        self,
        query_groups: Mapping[str, Sequence[int]] | Sequence[Any] | Tensor,
        reference_groups: Mapping[str, Sequence[int]] | Sequence[Any] | Tensor,
    ) -> GroupRelevance:
        """Sum the pair matrix over groups of nodes; the total is unchanged.

        Args:
            query_groups: A partition of the query's nodes: one group name per node, ``[n_q]``, or a
                mapping from name to node indices. Nodes outside all groups go to ``"rest"``.
            reference_groups: The same for the reference.

        Raises:
            TypeError: If several names stand for a node.
            ValueError: If the pair matrix is missing, a node is in two groups, a name is missing,
                or sizes differ.
        """
        relevance = self._pair_matrix()
        q_names, q_member = membership(query_groups, relevance.size(0), "query_groups")
        r_names, r_member = membership(reference_groups, relevance.size(1), "reference_groups")
        matrix = q_member.to(relevance) @ relevance @ r_member.to(relevance).T
        return GroupRelevance(matrix, q_names, r_names, self.carried)

    def pulls(self) -> "PairExplanation":
        """The explanation with signs that say where a part pulls: together (+) or apart (-).

        Most signed masks have these signs. Positive parts of ``SelfLearned(signed=True)`` work
        towards what the pair is: for an unlike pair they push it apart, and their signs are turned
        here. Pictures, pages and measures read explanations in this way.

        Raises:
            TypeError: If a mask is not a tensor of real numbers, or ``info["orientation"]`` no
                dict.
            ValueError: If masks and graphs do not fit together, or are not finite.
        """
        self._check_parts()
        if "orientation" not in self.info:
            return self
        info, graphs = dict(self.info.items()), {}
        turn = info.pop("orientation")
        if not isinstance(turn, Mapping):
            raise TypeError(
                f"info['orientation'] must be a dict of 'query' and 'reference' to 1 or -1 (got "
                f"{shown(turn)})"
            )
        for side in ("query", "reference"):
            graph = getattr(self, side)
            if turn.get(side, 1.0) < 0:
                graph = graph.clone()
                for name in _MASKS:
                    if graph.get(name) is not None:
                        graph[name] = -floating(graph[name])
            graphs[side] = graph
        return self._changed(info=info, **graphs)

    def threshold(self, *args: Any, **kwargs: Any) -> "PairExplanation":
        """Threshold both graphs' masks by a :class:`~torch_geometric.explain.ThresholdConfig`.

        Signed masks are ranked by magnitude and keep their sign. Elements that are equal up to
        rounding stay together, so ``topk`` keeps all that are tied with the k-th. Measures of the
        masks before the threshold (``info["trust"]``) are dropped. ``settings`` name the threshold.

        Raises:
            TypeError: If a mask is not a tensor of real numbers.
            ValueError: If the threshold is unknown or out of range, or masks and graphs do not fit
                together, or are not finite.
        """
        self._check_parts()
        query = threshold_masks(self.query, *args, **kwargs)
        reference = threshold_masks(self.reference, *args, **kwargs)
        info = self.info.copy()
        if "trust" in info:
            del info["trust"]
        config = threshold_of(*args, **kwargs)
        settings = self.settings if config is None else with_threshold(self.settings, config)
        return self._changed(query=query, reference=reference, info=info, settings=settings)

    def masks_alone(self) -> "PairExplanation":
        """The explanation without its pair matrix, and without results that need one.

        The matrix of two graphs of n and m nodes has n m numbers; masks of graphs of any size can
        be saved, drawn and put on a page.
        """
        info = {k: v for k, v in dict.items(self.info) if not isinstance(v, Later)}
        return replace(self, relevance=None, info=info)

    def to_networkx(self) -> "tuple[nx.Graph, nx.Graph]":
        """Both graphs as networkx graphs with ``importance`` on nodes and edges.

        A graph is undirected if every edge has its reverse, otherwise directed. An edge has one
        value, see :func:`~pyg_siamex.explain.edge_importance`.

        Raises:
            TypeError: If a mask is not a tensor of real numbers.
            ValueError: If masks and graphs do not fit together, or are not finite.
        """
        self._check_parts()
        return _to_networkx(self.query), _to_networkx(self.reference)

    def to_frame(self) -> "pd.DataFrame":
        """A data frame with a row for each masked element of both graphs.

        The columns are ``graph`` (``"query"`` or ``"reference"``), ``kind`` (``"edge"``,
        ``"node"`` or ``"feature"``), ``first`` and ``second`` (the nodes of the edge, or the node
        or feature and -1) and ``importance``. An undirected edge is one row, and so are parallel
        edges. Rows of an edge mask come before those of a node mask.

        Raises:
            TypeError: If a mask is not a tensor of real numbers.
            ValueError: If masks and graphs do not fit together, or are not finite.
        """
        self._check_parts()
        return long_frame(self.query, self.reference)

    @checked
    def save(self, path: str | Path) -> None:
        """Write the explanation to ``path`` (tensors and plain values, no code, no model).

        The file is written beside ``path`` and renamed, so it is never incomplete. It has a digest
        of its content.

        Raises:
            TypeError: If a part is of another kind, or ``info`` or a graph holds something else,
                which a file cannot hold.
            ValueError: If masks and graphs do not fit together, or are not finite.
        """
        self._check_parts()
        parts = {
            "query": self.query.to_dict(),
            "reference": self.reference.to_dict(),
            "prediction": self.prediction,
            "relevance": self.relevance,
            "terms": self.terms,
            "completeness_error": self.completeness_error,
            "algorithm": self.algorithm,
            "info": dict(self.info.items()),
            "settings": self.settings,
        }
        write_parts(parts, path)

    @classmethod
    @checked
    def load(cls, path: str | Path) -> "PairExplanation":
        """Read a file of :meth:`save`. It is safe on untrusted files, since no code is run.

        Raises:
            FileNotFoundError: If the file does not exist.
            ValueError: If the file does not hold an explanation, has changed since it was written,
                or is of an older version.
        """
        parts = read_parts(path)
        parts["query"] = Explanation.from_dict(parts["query"])
        parts["reference"] = Explanation.from_dict(parts["reference"])
        return cls(**parts)

    def __getstate__(self) -> dict[str, Any]:
        """The state to pickle: everything but the model, and all results computed."""
        return {**vars(self), "relevance": self.relevance, "model": None}

    def __copy__(self) -> "PairExplanation":
        """Share all parts and the model."""
        return self._changed()

    def __deepcopy__(self, memo: dict[int, Any]) -> "PairExplanation":
        """Copy all parts and share the model."""
        parts = {f.name: vars(self)[f.name] for f in fields(self) if f.name != "model"}
        return type(self)(**copy.deepcopy(parts, memo), model=self.model)

    def __repr__(self) -> str:
        """Sizes of the graphs, similarity, explainer and what it gives, in one line."""
        graphs = (("query", self.query), ("reference", self.reference))
        sizes = [f"{name}={int(graph.num_nodes or 0)} nodes" for name, graph in graphs]
        parts = [*sizes, f"prediction={self.prediction:.4g}"]
        if self.algorithm:
            parts.append(f"algorithm='{self.algorithm}'")
        masks = [name for name in _MASKS if any(g.get(name) is not None for _, g in graphs)]
        gives = masks + (["relevance"] if self.gives_pairs else [])
        return f"PairExplanation({', '.join(parts)}, gives={' and '.join(gives) or 'nothing'})"

    def _repr_html_(self) -> str | None:
        """Both graphs as a picture, for notebooks."""
        return drawn(self)

    def _changed(self, **changes: Any) -> "PairExplanation":
        """A copy with some fields changed, which computes nothing."""
        return replace(self, **{"relevance": vars(self)["relevance"], **changes})

    def _pair_matrix(self) -> Tensor:
        if self.relevance is None:
            raise ValueError(
                f"{self.algorithm or 'this explainer'} gives masks and no pair matrix: "
                f"use BiLRP or IntegratedJacobians"
            )
        graphs = self.query, self.reference
        shape = [int(graph.num_nodes or 0) for graph in graphs]
        columns = [feature_count(graph) for graph in graphs]  # of rows of tables
        check_values(self.relevance, "the pair matrix", [shape, columns])
        return self.relevance


def _to_networkx(explanation: Explanation) -> "nx.Graph":
    graph = explanation.clone()
    graph.importance = node_importance(explanation)
    directed = to_networkx(graph, node_attrs=["importance"])
    values = edge_importance(explanation).tolist()
    for (u, v), value in zip(explanation.edge_index.T.tolist(), values, strict=True):
        directed[u][v]["importance"] = value
    return directed.to_undirected() if goes_both_ways(explanation.edge_index) else directed
