"""Activity cliffs: pairs that are alike and differ in activity, and whether a model sees why."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING, Annotated, Literal

from pyg_siamex._edited import names_edits
from pyg_siamex._notebook import frame_html
from pyg_siamex._tables import Columns
from pyg_siamex.explain.elements import node_importance
from pyg_siamex.explain.explanation import PairExplanation

if TYPE_CHECKING:
    import pandas as pd

_ALIKE = 0.99
"""Similarity above which pairs are as alike as this, so that the index stays finite."""


@dataclass(frozen=True)
class Cliff:
    """Two molecules that are alike and differ in activity.

    Attributes:
        rank: 1 for the steepest cliff.
        positions: Positions of the two in the table.
        names: Their names.
        values: Their activities.
        tanimoto: Tanimoto similarity of their ECFP4, in [0, 1].
        similarity: The model's similarity.
        probability: Calibrated probability that the two are alike, in (0, 1).
        sali: Structure-activity landscape index, see :func:`landscape_index`.
        change: What differs: substituents ``"C[*:1]>>F[*:1]"`` of a matched pair, else empty.
        changed: Atoms that differ, in the first and in the second.
        share: Share of the importance that lies on these atoms, in [0, 1]; ``nan`` if none differ.
        chance: Their share of all atoms.
        explanation: Why the model finds the two alike or not; its graphs have ``change``, for each
            atom whether it is ``"changed"`` or the ``"same"``.
    """

    rank: int
    positions: tuple[int, int]
    names: tuple[str, str]
    values: tuple[float, float]
    tanimoto: float
    similarity: float
    probability: float
    sali: float
    change: str = ""
    changed: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    share: float = nan
    chance: float = nan
    explanation: PairExplanation | None = field(default=None, repr=False, compare=False)

    @property
    def difference(self) -> float:
        """Activity of the second less that of the first."""
        return self.values[1] - self.values[0]

    @property
    def focus(self) -> float:
        """How many times more importance the changed atoms have than they would by chance."""
        return self.share / self.chance


_CHANGES = Columns(["change"], ["pairs"], ["mean", "std", "similarity", "probability"])
"""Columns of the table of changes of substituents."""


@names_edits
@dataclass(frozen=True)
class Cliffs:
    """The activity cliffs of a table.

    Attributes:
        pairs: The cliffs, the steepest first.
        changes: A row per change of a substituent: ``change``, ``pairs``, ``mean`` and ``std`` of
            the difference in activity, mean ``similarity`` of the model and mean ``probability``;
            the most frequent first.
        activity: Name of the activity.
        by: ``"structure"`` or ``"model"``: what alike means.
        least_similarity: Least Tanimoto similarity, or probability, of a cliff.
        least_difference: Least difference in activity of a cliff.
        entries: Entries with an activity.
        compared: Pairs that are alike.
        found: Pairs that are cliffs, of which ``pairs`` are the steepest.
        algorithm: Name of the explainer.
        notes: What readers should know of the pictures, in sentences.
    """

    pairs: list[Cliff]
    changes: "Annotated[pd.DataFrame, _CHANGES]"
    activity: str
    by: Literal["structure", "model"]
    least_similarity: float
    least_difference: float
    entries: int
    compared: int
    found: int
    algorithm: str
    notes: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        """Number of cliffs and the steepest, in one line."""
        first = f", first={self.pairs[0].names}" if self.pairs else ""
        return f"Cliffs({self.found} in {self.activity} of {self.entries} entries{first})"

    def _repr_html_(self) -> str:
        """The steepest cliffs as a table, for notebooks."""
        return frame_html(f"{self.found} cliffs in {self.activity}", self.to_frame())

    @property
    def seen(self) -> int:
        """Cliffs whose changed atoms have more importance than by chance."""
        return sum(pair.share > pair.chance for pair in self.pairs)

    @property
    def told_apart(self) -> int:
        """Cliffs whose two sides the model finds rather unlike (probability below 1/2)."""
        return sum(pair.probability < 0.5 for pair in self.pairs)

    def to_frame(self) -> "pd.DataFrame":
        """A row per cliff."""
        import pandas as pd

        columns: dict[str, Callable[[Cliff], object]] = {
            "rank": lambda pair: pair.rank,
            "one": lambda pair: pair.names[0],
            "other": lambda pair: pair.names[1],
            f"{self.activity}_one": lambda pair: pair.values[0],
            f"{self.activity}_other": lambda pair: pair.values[1],
            "difference": lambda pair: pair.difference,
            "tanimoto": lambda pair: pair.tanimoto,
            "model_similarity": lambda pair: pair.similarity,
            "probability_alike": lambda pair: pair.probability,
            "sali": lambda pair: pair.sali,
            "change": lambda pair: pair.change,
            "changed_atoms": lambda pair: sum(map(len, pair.changed)),
            "share_on_changed": lambda pair: pair.share,
            "share_by_chance": lambda pair: pair.chance,
            "focus": lambda pair: pair.focus,
        }
        return pd.DataFrame(
            {name: [read(pair) for pair in self.pairs] for name, read in columns.items()}
        )


def mark_changed(
    explanation: PairExplanation, changed: tuple[Collection[int], Collection[int]]
) -> None:
    """Set ``change`` on both graphs: ``"changed"`` or ``"same"`` for each node.

    Args:
        explanation: The pair.
        changed: Nodes of the query and of the reference.

    Example:
        >>> explanation = explainer(query, reference)
        >>> mark_changed(explanation, ([1], []))
        >>> explanation.query.change
        ['same', 'changed', 'same']
    """
    for graph, nodes in zip((explanation.query, explanation.reference), changed, strict=True):
        inside, count = set(nodes), int(graph.num_nodes or 0)
        graph.change = ["changed" if node in inside else "same" for node in range(count)]


def landscape_index(difference: float, similarity: float) -> float:
    r"""Structure-activity landscape index (Guha and Van Drie, J. Chem. Inf. Model. 2008, Eq. 1).

    .. math:: \mathrm{SALI}_{ij} = \frac{|A_i - A_j|}{1 - \mathrm{sim}(i, j)}

    Similarities above 0.99 count as 0.99, so that it stays finite.

    Args:
        difference: Difference in activity.
        similarity: In [0, 1].

    Example:
        >>> round(landscape_index(-2.0, 0.75), 6)
        8.0
    """
    return abs(difference) / (1 - min(similarity, _ALIKE))


def share_on(
    explanation: PairExplanation, changed: tuple[Collection[int], Collection[int]]
) -> tuple[float, float]:
    """Share of the importance of both graphs that lies on some nodes, and their share of all nodes.

    Importances count by magnitude.

    Args:
        explanation: The pair, with importances of nodes or edges.
        changed: Nodes of the query and of the reference.

    Returns:
        Share and chance, both in [0, 1]; ``nan`` if no nodes are given, or nothing is important.

    Example:
        >>> explainer = PairExplainer(model, Occlusion(), node_mask_type="object")
        >>> share, chance = share_on(explainer(query, reference), ([0], [0]))
        >>> 0 <= share <= 1, round(chance, 2)  # 2 of 7 atoms
        (True, 0.29)
    """
    matrix = explanation.relevance
    sides = (
        (explanation.query, matrix, changed[0]),
        (explanation.reference, None if matrix is None else matrix.T, changed[1]),
    )
    inside = total = 0.0
    nodes = 0
    for graph, rows, chosen in sides:
        values = node_importance(graph, rows).abs().double()
        inside += float(values[list(chosen)].sum())
        total += float(values.sum())
        nodes += len(values)
    count = sum(map(len, changed))
    if not count or not total:
        return nan, nan
    return inside / total, count / nodes
