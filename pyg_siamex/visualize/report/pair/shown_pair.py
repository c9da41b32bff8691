"""One explained pair, ready to be shown: every part of a page reads it."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.visualize.paper.words import name_of, pair_names
from pyg_siamex.visualize.report.domain import Groups
from pyg_siamex.visualize.report.pair.drawing import Drawing
from pyg_siamex.visualize.report.pair.group_table import GroupTable, node_table, parts_of
from pyg_siamex.visualize.report.pair.known_trust import trust_of
from pyg_siamex.visualize.report.pair.pair_drawings import drawings_of
from pyg_siamex.visualize.report.pair.ranked_elements import RankedElements, ranked_elements
from pyg_siamex.visualize.report.pair.subject import (
    Subject,
    pair_matrix,
    pair_title,
    subject_of,
)

_LONGEST_NAME = 44
"""Letters of a graph's name in headings."""


@dataclass(frozen=True)
class ShownPair:
    """Everything that a page shows of a pair.

    Attributes:
        explanation: The pair.
        subject: What it is about.
        names: Names of query and reference.
        short: The same for headings.
        elements: What is ranked on both sides.
        matrix: Relevance between nodes, or ``None``.
        drawings: The pictures of both sides.
        parts: Groups of nodes, or ``None``.
        trust: What is known of the explanation's trust.
        why_not: Why there are no curves; ``None`` where there are some.
    """

    explanation: PairExplanation
    subject: Subject
    names: tuple[str, str]
    short: tuple[str, str]
    elements: tuple[RankedElements, RankedElements]
    matrix: Tensor | None
    drawings: tuple[Drawing, Drawing]
    parts: GroupTable | None
    trust: dict[str, Any]
    why_not: str | None

    @property
    def related(self) -> GroupTable | None:
        """Relevance between groups, else between nodes; ``None`` without a pair matrix."""
        if self.matrix is not None and self.parts is not None:
            return self.parts
        return node_table(self.subject.labels, self.matrix)


def shown_pair(
    explanation: PairExplanation,
    model: SiameseGNN | None = None,
    names: tuple[str, str] | None = None,
    groups: Groups | None = None,
) -> ShownPair:
    """Collect what a page shows; arguments and errors as for :func:`pair_section`."""
    explanation = explanation.pulls()
    called = pair_title(explanation) if names is None else pair_names(names)
    short = name_of(called[0], _LONGEST_NAME), name_of(called[1], _LONGEST_NAME)
    subject = subject_of(explanation, groups)
    matrix = pair_matrix(explanation, subject)
    trust, why_not = trust_of(explanation, model)
    elements = ranked_elements(explanation, subject, 0), ranked_elements(explanation, subject, 1)
    drawings = drawings_of(explanation, subject, elements, matrix, short)
    values = drawings[0].values, drawings[1].values
    parts = None if subject.groups is None else parts_of(subject.groups, matrix, values)
    return ShownPair(
        explanation, subject, called, short, elements, matrix, drawings, parts, trust, why_not
    )
