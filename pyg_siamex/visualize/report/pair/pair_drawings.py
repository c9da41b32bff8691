"""The pictures of both sides of a pair, their legend, and notes on what is left out."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from pyg_siamex.explain.elements import nodes_speak
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.side_scales import Scales, side_scales
from pyg_siamex.visualize.paper.words import bar_words
from pyg_siamex.visualize.report.domain.row_sketch import MOST
from pyg_siamex.visualize.report.pair.drawing import MOST_EDGES, MOST_NODES, Drawing
from pyg_siamex.visualize.report.pair.ranked_elements import RankedElements, edge_ends
from pyg_siamex.visualize.report.pair.subject import Subject


def drawings_of(
    explanation: PairExplanation,
    subject: Subject,
    elements: tuple[RankedElements, RankedElements],
    matrix: Tensor | None,
    names: tuple[str, str],
) -> tuple[Drawing, Drawing]:
    """Draw query and reference, coloured on one scale unless one would be colourless.

    Args:
        explanation: The pair.
        subject: What it is about.
        elements: What is ranked on both sides.
        matrix: Relevance between nodes, which has a direction, or ``None``.
        names: Names of query and reference.

    Raises:
        ValueError: If neither side has an importance.
    """
    sketches = subject.domain.sketches(explanation, subject.shared)
    graphs = explanation.query, explanation.reference
    values = _values(explanation, subject, elements)
    of_nodes = [list(one or ()) for one in values]
    of_edges = [found.values if found.of_edges else [] for found in elements]
    limits = list(zip(_limits(of_nodes, subject), _limits(of_edges, subject), strict=True))
    signed = matrix is not None or explanation.signed
    query, reference = (
        Drawing(
            which=("query", "reference")[side],
            name=names[side],
            node=subject.node,
            labels=subject.labels[side],
            values=values[side],
            limits=limits[side],
            sketch=sketches[side],
            elements=elements[side],
            edges=edge_ends(graphs[side]),
            inked=nodes_speak(graphs[side]),
            signed=signed,
        )
        for side in range(2)
    )
    return query, reference


def _values(
    explanation: PairExplanation, subject: Subject, elements: tuple[RankedElements, RankedElements]
) -> list[list[float] | None]:
    """Collect the importances of the nodes of both sides; one side may have none."""
    values = [_side_values(explanation, subject, elements, side) for side in range(2)]
    if all(one is None for one in values):
        raise ValueError("neither graph has a node_mask or an edge_mask, and there is no relevance")
    return values


def _limits(values: Sequence[Sequence[float]], subject: Subject) -> list[float]:
    """The largest magnitude for each side; of both sides where they have the same nodes."""
    scales: Scales = "shared" if subject.shared else "auto"
    return [scale.limit for scale in side_scales(values, signed=True, scales=scales)]


def _side_values(
    explanation: PairExplanation,
    subject: Subject,
    elements: tuple[RankedElements, RankedElements],
    side: int,
) -> list[float] | None:
    """Return the importance of each node, or of each column of a row.

    Args:
        explanation: The pair.
        subject: What it is about.
        elements: What is ranked on both sides.
        side: 0 for the query, 1 for the reference.
    """
    values = subject.domain.values(explanation, side)
    found = elements[side]
    return found.values if values is None and found.explained else values


def legends_of(drawings: tuple[Drawing, Drawing]) -> list[dict[str, Any]]:
    """Describe the colours, with the ends of their scale, or of either side's scale."""
    legends = []
    for drawing in drawings:
        limit = drawing.limits[1] if drawing.elements.of_edges else drawing.limits[0]
        low, high = bar_words(ColourScale(limit, drawing.signed))
        legends.append({"signed": drawing.signed, "low": low, "high": high, "of": ""})
    if legends[0] == legends[1]:
        return legends[:1]
    return [one | {"of": drawing.which} for one, drawing in zip(legends, drawings, strict=True)]


def left_out(subject: Subject, drawings: tuple[Drawing, Drawing]) -> list[str]:
    """Say in sentences what is not drawn."""
    out = []
    for drawing in drawings:
        found = drawing.elements
        if drawing.sketch.drawn is None and len(drawing.labels) > MOST_NODES:
            out.append(
                f"Of {drawing.name}, {MOST_NODES:,} of {len(drawing.labels):,} {subject.node}s are "
                f"drawn, the most important ones."
            )
        total = len(found.ends) if found.of_edges else len(drawing.edges)
        if drawing.sketch.bar is None and total > MOST_EDGES:
            which = (
                f"the {MOST_EDGES} most important of {total:,} {subject.edge}s are drawn; the CSV "
                f"file has them all"
                if found.of_edges
                else f"{MOST_EDGES} of {total:,} {subject.edge}s are drawn, those between the most "
                f"important {subject.node}s"
            )
            out.append(f"Of {drawing.name}, {which}.")
    columns = len(subject.labels[0])
    if drawings[0].sketch.drawn is not None and columns > MOST:
        out.append(
            f"The {MOST} most important of {columns:,} columns are drawn; the CSV file has them "
            f"all."
        )
    return out
