"""Why the first hit of a search ranks above the second, drawn on the query."""

from dataclasses import dataclass

from markupsafe import Markup

from pyg_siamex.explain.contrast import Contrast
from pyg_siamex.explain.elements import strongest
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import amount
from pyg_siamex.visualize.report.pair.drawing import Drawing
from pyg_siamex.visualize.report.pair.ranked_elements import RankedElements, edge_ends
from pyg_siamex.visualize.report.pair.subject import Subject, subject_of

_LISTED = 3
"""Most nodes that are named for either hit."""

_MEANING = {
    "difference": "what the explainer explains of the difference of the two similarities",
    "query": "the sum over the query's {node}s, as drawn",
    "remainder": "what no {node} of the query carries: biases, and the references' own norms",
}


@dataclass(frozen=True)
class ContrastView:
    """What the page says of a contrast.

    Attributes:
        svg: The query, its nodes coloured by which hit they speak for.
        node: What a node is called.
        kind: What the graphs are.
        sentences: What it says in words.
        terms: Name, value and meaning of each term.
        warning: What to beware of; empty for nothing.
        limit: Value of the strongest colour.
    """

    svg: Markup
    node: str
    kind: str
    sentences: list[str]
    terms: list[tuple[str, float, str]]
    warning: str
    limit: float


def contrast_view(contrast: Contrast, name: str, hits: tuple[str, str]) -> ContrastView | None:
    """Draw and tell a contrast; ``None`` where the query has one node, as rows of a table have.

    Args:
        contrast: Of the first two hits.
        name: Name of the query.
        hits: Names of the two hits.
    """
    values = contrast.node.double().tolist()
    if len(values) < 2:
        return None
    subject = subject_of(contrast.preferred)
    limit = max(abs(value) for value in values) or 1.0
    ranked = strongest(contrast.node)
    drawing = _drawing(contrast, subject, name, values, ranked, limit)
    words = [_MEANING[term].format(node=subject.node) for term in contrast.terms]
    terms = [(*item, word) for item, word in zip(contrast.terms.items(), words, strict=True)]
    return ContrastView(
        drawing.svg("contrast"),
        subject.node,
        subject.kind,
        _sentences(contrast, subject, values, ranked, hits),
        terms,
        _warning(contrast, subject),
        limit,
    )


def _drawing(
    contrast: Contrast,
    subject: Subject,
    name: str,
    values: list[float],
    ranked: list[int],
    limit: float,
) -> Drawing:
    """Draw the query, its nodes coloured on a scale that ends at ``limit``."""
    ranks = [0] * len(values)
    for rank, node in enumerate(ranked):
        ranks[node] = rank
    return Drawing(
        which="query",
        name=name,
        node=subject.node,
        labels=subject.labels[0],
        values=values,
        limits=(limit, 1.0),
        sketch=subject.domain.sketches(contrast.preferred, subject.shared)[0],
        elements=RankedElements(subject.node, [(k,) for k in range(len(values))], values, ranks),
        edges=edge_ends(contrast.query),
        inked=True,
        signed=True,
    )


def _sentences(
    contrast: Contrast,
    subject: Subject,
    values: list[float],
    ranked: list[int],
    hits: tuple[str, str],
) -> list[str]:
    terms, labels, node = contrast.terms, subject.labels[0], subject.node
    closer = f"{hits[0]} is closer by {number(terms['difference'])}"
    if not contrast.carried.agrees:
        return [
            f"{closer}, and this difference cannot be placed on {node}s of the query: they carry "
            f"{amount(contrast.carried)}."
        ]
    out = [f"{closer}: the {node}s of the query carry {amount(contrast.carried)}."]
    for hit, sign in zip(hits, (1, -1), strict=True):
        chosen = [k for k in ranked if sign * values[k] > 0][:_LISTED]
        if chosen:
            listed = ", ".join(f"{labels[k]} ({number(values[k], '+')})" for k in chosen)
            out.append(f"For {hit} speak most: {listed}.")
    return out


def _warning(contrast: Contrast, subject: Subject) -> str:
    if contrast.carried.agrees:
        return ""
    return (
        f"Much of the difference is on no {subject.node}: it comes from the model's biases and "
        f"what else does not depend on single {subject.node}s. The colours show which way each "
        f"{subject.node} pulls by itself, and do not explain the difference. What biases do is "
        f'each {subject.node}\'s where the model, or the explainer, has biases="nodes".'
    )
