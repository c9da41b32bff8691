"""One explained pair as a row of a table."""

from typing import Any

from pyg_siamex.explain import PairExplanation
from pyg_siamex.explain.long_form import Element, mask_elements
from pyg_siamex.recipe.named_graphs import NamedGraphs

_SIDES = ("query", "reference")
_JOINED = " ~ "
"""Between the two nodes of a pair of nodes."""


def pair_row(
    explanation: PairExplanation, probability: float, graphs: NamedGraphs, top: int
) -> dict[str, Any]:
    """The values of an explained pair by column, see :func:`pair_schema`.

    Args:
        explanation: The pair.
        probability: That the two are alike.
        graphs: Names the elements.
        top: How many of the strongest elements are named.

    Example:
        >>> from pyg_siamex.recipe.molecules.explaining import MoleculesByName
        >>> named = MoleculesByName(trained, MoleculeView())
        >>> pair_row(explained.explanation, 0.5, named, 3)["kind"]
        'edge'
    """
    explanation = explanation.pulls()
    row: dict[str, Any] = {"similarity": explanation.prediction, "probability": probability}
    named: list[tuple[str, str, float]] = []
    for side in _SIDES:
        graph = getattr(explanation, side)
        own = mask_elements(graph)
        names = graphs.called(graph, own)
        row.setdefault("kind", own[0].kind if own else None)
        row[f"{side}_first"] = [element.first for element in own]
        row[f"{side}_second"] = [element.second for element in own if element.second >= 0]
        row[f"{side}_names"] = names
        row[f"{side}_mask"] = [element.importance for element in own]
        named += [(side, name, e.importance) for name, e in zip(names, own, strict=True)]
    pairs = explanation.gives_pairs
    row["top"] = _pairs(explanation, graphs, top) if pairs else _strongest(named, top)
    return row


def _strongest(named: list[tuple[str, str, float]], top: int) -> list[dict[str, Any]]:
    """The strongest elements of both graphs; of equal ones the first."""
    known = [one for one in named if one[2]]
    return [_part(*one) for one in sorted(known, key=lambda one: -abs(one[2]))[:top]]


def _pairs(explanation: PairExplanation, graphs: NamedGraphs, top: int) -> list[dict[str, Any]]:
    if not top:
        return []
    pairs = explanation.top_pairs(top)
    one = [Element("node", i, -1, value) for i, _, value in pairs]
    other = [Element("node", j, -1, value) for _, j, value in pairs]
    names = graphs.called(explanation.query, one), graphs.called(explanation.reference, other)
    both = zip(*names, pairs, strict=True)
    return [_part("pair", _JOINED.join((i, j)), value) for i, j, (_, _, value) in both]


def _part(graph: str, element: str, importance: float) -> dict[str, Any]:
    return {"graph": graph, "element": element, "importance": importance}
