"""Drivers of similarity over a whole data set: by group, by class pair, and against the labels."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import pandas as pd
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import check_fields, checked
from pyg_siamex._edited import names_edits
from pyg_siamex._notebook import frame_html
from pyg_siamex._tables import Columns
from pyg_siamex.data.listed_pairs import read_index
from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.algorithm.integrated_jacobians import IntegratedJacobians
from pyg_siamex.explain.carried import Carried
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.ensemble import check_one_algorithm
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.node_labels import node_labels
from pyg_siamex.explain.overview.frames import (
    class_frame,
    driver_frame,
    group_frame,
    outlier_frame,
    ranked,
)
from pyg_siamex.explain.overview.group_factors import GroupFactors, factor_algorithm
from pyg_siamex.explain.overview.numbered_classes import numbered_classes
from pyg_siamex.explain.overview.tally import Tally, tally_explanations, tally_factors
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import CosineSimilarity

Groups = Sequence[Sequence[object]]

_SLACK = 0.05
"""Share of the largest mean similarity by which parts may miss any."""

_LEAST_LISTED, _LISTED_OF = 20, 50
"""Most graphs whose label deserves a look: this many, or one in so many."""

_PAIR = ["query_class", "reference_class"]
_GROUPS = ["query_group", "reference_group"]
_TABLE = Columns(
    [*_PAIR, *_GROUPS], ["count"], ["mean", "std", "contribution"], each=[*_PAIR, *_GROUPS]
)
_CLASSES = Columns(_PAIR, ["pairs"], ["explained", "similarity"], each=_PAIR)
_DRIVERS = Columns(["group"], ["graphs"], ["relevance", "within", "between"], each=["group"])
_OUTLIERS = Columns(
    ["name", "class", "resembles"], ["position"], ["score", "own", "other"], each=["position"]
)
_KEPT = Columns(["group"], ["graphs"], ["within", "between", "others", "excess"], each=["group"])
"""Columns of the tables of an overview."""

_logger = logging.getLogger(__name__)


@names_edits
@dataclass(frozen=True)
class Overview:
    """Drivers of similarity over a data set.

    A pair is a query and a reference, and any two graphs form a pair in either order. The class
    pairs (a, b) and (b, a) are equivalent; only the first is listed.

    Attributes:
        table: A row per class pair and pair of groups: ``query_class``, ``reference_class``,
            ``query_group``, ``reference_group``, ``mean`` and ``std`` of their relevance over the
            pairs that have both groups, their ``count``, and ``contribution``, the part of the
            class pair's mean similarity from the two groups (0 for pairs without them).
        classes: A row per class pair: ``query_class``, ``reference_class``, ``pairs``,
            ``explained``, the mean of the pair matrices' sums, which equals the sum of the class
            pair's contributions, and ``similarity``, the model's mean similarity (for a distance,
            of its part that depends on both graphs).
        drivers: A row per group: ``relevance``, its mean contribution over all pairs, ``within``
            and ``between``, the same over pairs of one class and of two classes, and ``graphs``,
            the number of graphs that have it. The group with the largest ``within`` or ``between``
            is first. They are not ranked, but in the order of their names, unless :attr:`agrees`.
        outliers: A row per graph, the most suspicious first: ``position``, ``name``, ``class``,
            ``resembles`` (the nearest other class), ``score`` (above 0 the explanation disagrees
            with the label), ``own`` and ``other``; see
            :func:`~pyg_siamex.explain.overview.disagreement.disagreement`. Graphs without a score,
            such as the only graph of a class, come last with NaN.
        class_names: The classes.
        algorithm: Name of the explainer.
        sampled: Whether the pairs are a sample of all pairs.
        most: Largest magnitude that the similarity can have, or ``None``.
        rule: How outliers were found: ``"class"``, by their explanation as above; ``"value"``, by
            their measured value, where ``class`` and ``own`` are the value, ``resembles`` and
            ``other`` the mean value of the graphs that the model finds most alike, and ``score`` is
            above 0 where the two are farther apart than the rule of the training and nearly all
            other graphs allow.
        kept: What masks keep of each group over some pairs,
            :func:`~pyg_siamex.explain.kept_groups`; ``None`` if no pairs were explained by masks.
        kept_by: Name of the explainer of these masks.
    """

    table: Annotated[pd.DataFrame, _TABLE]
    classes: Annotated[pd.DataFrame, _CLASSES]
    drivers: Annotated[pd.DataFrame, _DRIVERS]
    outliers: Annotated[pd.DataFrame, _OUTLIERS]
    class_names: list[str]
    algorithm: str
    sampled: bool
    most: float | None = None
    rule: Literal["class", "value"] = "class"
    kept: Annotated[pd.DataFrame | None, _KEPT] = None
    kept_by: str = ""

    def _check_parts(self, name: str) -> None:
        """Refuse tables that were changed after they were made, and do not fit together.

        Args:
            name: Name of the overview in messages.

        Raises:
            TypeError: If a part is of another kind, or a column is missing or of another kind.
            ValueError: If tables do not fit together.
        """
        check_fields(name.strip("`"), self)
        changed = "it was changed after it was made"
        for part in ("classes", "drivers", "outliers", "kept"):
            table = getattr(self, part)
            if table is not None and not len(table):
                raise ValueError(f"{part} of {name} has no rows: {changed}")
        known = set(self.table[_PAIR].itertuples(index=False, name=None))
        for pair in self.classes[_PAIR].itertuples(index=False, name=None):
            if pair not in known:
                raise ValueError(
                    f"classes of {name} has the classes '{pair[0]}' and '{pair[1]}', of which "
                    f"table has no row: {changed}"
                )
        if int(self.outliers["position"].min()) < 0:
            raise ValueError(f"outliers of {name} has a position below 0: {changed}")

    def __repr__(self) -> str:
        """Numbers of graphs and classes, and the first driver, in one line."""
        first = f", first='{self.drivers['group'].iloc[0]}'" if len(self.drivers) else ""
        graphs = f"{len(self.outliers)} graphs, {len(self.class_names)} classes"
        return f"Overview({graphs}, {len(self.drivers)} groups{first})"

    def _repr_html_(self) -> str:
        """What drives similarity as a table, for notebooks."""
        title = f"what drives similarity over {len(self.outliers)} graphs"
        return frame_html(title, self.drivers)

    @property
    def carried(self) -> list[Carried]:
        """How much of the mean similarity the parts carry, for each row of ``classes``."""
        rows = self.classes[["explained", "similarity"]].itertuples(index=False)
        return [Carried(float(parts), float(whole), most=self.most) for parts, whole in rows]

    @property
    def agrees(self) -> bool:
        """Whether parts account for the mean similarity of every class pair.

        They do if they have its sign and carry at least half of it, or miss it by at most a
        twentieth of the largest one.
        """
        slack = _SLACK * float(self.classes["similarity"].abs().max())
        return all(one.agrees or abs(one.parts - one.whole) <= slack for one in self.carried)

    @property
    def num_pairs(self) -> int:
        """Number of pairs of graphs, with both orders counted once."""
        same = self.classes["query_class"] == self.classes["reference_class"]
        return int(self.classes["pairs"][~same].sum() + self.classes["pairs"][same].sum() // 2)

    @property
    def suspicious(self) -> pd.DataFrame:
        """Outliers whose label deserves a look by a score above 0; at most 20 or 2 % of all graphs.

        There are none by class unless the overview :attr:`agrees`, as relevance that does not
        account for the similarity does not tell classes apart.
        """
        counts = self.agrees or self.rule == "value"
        most = max(_LEAST_LISTED, len(self.outliers) // _LISTED_OF)
        return self.outliers[(self.outliers["score"] > 0) & counts].head(most)

    @property
    def num_disagreeing(self) -> int:
        """Graphs with a score above 0, of which :attr:`suspicious` are the first."""
        return int((self.outliers["score"] > 0).sum())


@checked
def overview(
    model: SiameseGNN,
    graphs: Sequence[Data],
    groups: Groups,
    labels: Sequence[object] | Tensor | None = None,
    *,
    names: Sequence[str] | None = None,
    class_names: Sequence[str] | None = None,
    algorithm: BiLRP | IntegratedJacobians | None = None,
) -> Overview:
    """Explain all pairs of N graphs exactly, from one factor per graph.

    Args:
        model: The model, with a cosine, dot, Euclidean, Gaussian or bilinear head.
        graphs: The graphs.
        groups: For each graph, the group of each of its nodes; see
            :mod:`~pyg_siamex.chemistry.partition`.
        labels: Class of each graph, words or numbers. Default: a single class.
        names: Name of each graph. Default: its ``name``, ``smiles`` or number.
        class_names: Names of classes 0, 1, ..., if labels are numbers.
        algorithm: :class:`BiLRP` or :class:`IntegratedJacobians`. Default: the first that supports
            the model's layers.

    Raises:
        ValueError: If lengths differ, there are fewer than 2 graphs, or the model has no factors
            (use :func:`overview_of_pairs`).

    Example:
        >>> groups = [functional_groups(graph) for graph in graphs]
        >>> found = overview(model, graphs, groups, labels)
        >>> list(found.drivers.columns)
        ['group', 'relevance', 'within', 'between', 'graphs']
    """
    classes, found = numbered_classes(labels, len(graphs), class_names)
    groups = [node_labels(own, f"groups of graph {k}") for k, own in enumerate(groups)]
    with untouched(model):
        algorithm = algorithm or factor_algorithm(model, graphs[0])
        factors = GroupFactors.of_graphs(model, graphs, groups, algorithm)
    tally = tally_factors(factors, classes, len(found))
    most = 1.0 if type(model.similarity) is CosineSimilarity else None
    chosen = _names(names, graphs)
    return _overview(
        tally, classes, found, factors.names, groups, chosen, algorithm.name, False, most
    )


@checked
def overview_of_pairs(
    explanations: Sequence[PairExplanation],
    index: Sequence[Sequence[int]] | Tensor,
    groups: Groups,
    labels: Sequence[object] | Tensor | None = None,
    *,
    names: Sequence[str] | None = None,
    class_names: Sequence[str] | None = None,
) -> Overview:
    """Overview over listed pairs, for any explainer with pair matrices and any head.

    Where a distance has terms of single graphs, ``similarity`` of ``classes`` is what is left
    without these, :attr:`~pyg_siamex.explain.PairExplanation.carried`; what biases that are left
    apart add to a single graph is in it.

    Args:
        explanations: P explained pairs.
        index: Positions of query and reference among the N graphs, ``[P, 2]``.
        groups: For each of the N graphs, the group of each of its nodes.
        labels: Class of each graph. Default: a single class.
        names: Name of each graph. Default: numbers.
        class_names: Names of classes 0, 1, ..., if labels are numbers.

    Raises:
        ValueError: If lengths differ, a pair has the same graph twice, an explanation has no pair
            matrix, or explanations are by several algorithms.
    """
    pairs = read_index(index, len(groups))
    if len(pairs) != len(explanations):
        raise ValueError(f"{len(explanations)} explanations and {len(pairs)} pairs in index")
    if bool((pairs[:, 0] == pairs[:, 1]).any()):
        raise ValueError("index has a pair of a graph with itself, which says nothing")
    check_one_algorithm(explanations)
    classes, found = numbered_classes(labels, len(groups), class_names)
    parts = [node_labels(own, f"groups of graph {k}") for k, own in enumerate(groups)]
    by_name = sorted({label for own in parts for label in own})
    tally = tally_explanations(explanations, pairs, classes, len(found), parts, by_name)
    algorithm = explanations[0].algorithm
    chosen = _names(names, [Data() for _ in parts])
    known = explanations[0].carried
    most = None if known is None else known.most
    return _overview(tally, classes, found, by_name, parts, chosen, algorithm, True, most)


def _overview(
    tally: Tally,
    classes: Tensor,
    class_names: list[str],
    group_names: list[str],
    groups: Groups,
    names: list[str],
    algorithm: str,
    sampled: bool,
    most: float | None,
) -> Overview:
    found = Overview(
        group_frame(tally, class_names, group_names),
        class_frame(tally, class_names, len(group_names)),
        driver_frame(tally, group_names, groups),
        outlier_frame(tally, classes, class_names, names),
        class_names,
        algorithm,
        sampled,
        most,
    )
    if found.agrees:
        return replace(found, drivers=ranked(found.drivers))
    _logger.warning(
        "parts do not account for the mean similarity of classes, so that groups are not ranked: "
        "what the model's biases do is on no part unless the model, or the explainer, has "
        "biases='nodes'"
    )
    return found


def _names(names: Sequence[str] | None, graphs: Sequence[Data]) -> list[str]:
    if names is None:
        keys = [graph.get("name") or graph.get("smiles") for graph in graphs]
        return [str(key) if key else str(k + 1) for k, key in enumerate(keys)]
    if len(names) != len(graphs):
        raise ValueError(f"{len(names)} names for {len(graphs)} graphs")
    return [str(name) for name in names]
