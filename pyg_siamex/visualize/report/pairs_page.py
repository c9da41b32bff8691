"""Explained pairs as one page that opens from disk and loads nothing."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex._visible import in_one_line
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.provenance import versions
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.visualize.paper.picture_file import picture_format, write_whole
from pyg_siamex.visualize.paper.words import drawable, name_of, sentence
from pyg_siamex.visualize.report.domain import Groups
from pyg_siamex.visualize.report.pair.pair_section import PairSection, pair_section, until_full
from pyg_siamex.visualize.report.pair.strongest_cells import MOST_WHOLE, STRONGEST
from pyg_siamex.visualize.report.pair.subject import pair_title
from pyg_siamex.visualize.report.pair_list import PairList, pair_list
from pyg_siamex.visualize.report.rendering import render

_MOST_BYTES = 4_200_000
"""Most bytes of drawn pairs; further pairs are only rows of the table."""


@checked
def report(
    explanations: PairExplanation | Sequence[PairExplanation],
    path: str | Path,
    *,
    model: SiameseGNN | None = None,
    title: str | None = None,
    names: Sequence[str] | Sequence[Sequence[str]] | None = None,
    groups: Groups | None = None,
    top: int = 50,
    notes: Sequence[str] = (),
) -> None:
    """Write a page that tells why pairs are alike: one HTML file that needs nothing else.

    The page shows both graphs side by side, what each part relates to, and what the model says
    when a share of the parts is left out. It has relevance by node and by group, measures with
    their meaning, warnings, the configuration, and downloads. The graphs may be molecules,
    connectomes, rows of a table or plain graphs, explained by masks or by a pair matrix.

    Measures that :func:`pyg_siamex.metric.trust` left in an explanation are shown. Missing curves
    are measured if the model is at hand.

    Args:
        explanations: One explanation, or P.
        path: Where to write, ``.html``.
        model: The model that was explained; by default the explanations' own, which saved ones do
            not have.
        title: The page's title.
        names: Names of query and reference: two for one explanation, P pairs of names for P
            explanations. By default the graphs' ``name``, or their SMILES.
        groups: From a graph to a group for each of its nodes; see :func:`pair_section`.
        top: How many pairs to draw at most, at least 1. If there are more, the most similar pairs
            are drawn, as many as keep the page under 5 MB. The others are rows of the page's
            table.

        notes: How far the model can be trusted, in sentences.

    Raises:
        ValueError: If there is no explanation, the suffix is not ``.html``, names do not fit, an
            explanation has neither masks nor relevance or values that are not finite, or ``model``
            is not the one that was explained.
    """
    picture_format(path, ("html",))
    found = [explanations] if isinstance(explanations, PairExplanation) else list(explanations)
    _check(found, top)
    called = _names(names, found, single=isinstance(explanations, PairExplanation))
    order, ranked = list(range(len(found))), len(found) > top
    if ranked:
        order.sort(key=lambda k: -found[k].prediction)
    sections = _sections(found, called, order[:top], model, groups)
    page = render(
        "report.html.jinja",
        title=drawable(title) if title else _title(called),
        notes=[sentence(str(note)) for note in notes],
        subtitle=f"{len(found):,} explained pairs" if len(found) > 1 else None,
        sections=list(sections.values()),
        choices=[f"{k + 1}. {_choice(called[k], found[k])}" for k in sections],
        overview=_all_pairs(found, called, sections, order, ranked) if len(found) > 1 else None,
        versions=versions(),
    )
    write_whole(path, page.encode())


def _check(explanations: Sequence[PairExplanation], top: int) -> None:
    """Refuse what cannot be reported.

    Raises:
        ValueError: If there is no explanation, ``top`` is below 1, or a similarity is not finite.
    """
    if not explanations:
        raise ValueError("there are no explanations to report")
    whole("top", top)
    for k, explanation in enumerate(explanations):
        if not isfinite(explanation.prediction):
            raise ValueError(f"explanation {k} has the similarity {explanation.prediction}")
    _check_size(explanations, top)


_PER_ENTRY, _LARGEST = 5.2, 200e6
"""Bytes of an entry of a pair matrix in a page, and most bytes of them that browsers bear."""


def _check_size(explanations: Sequence[PairExplanation], top: int) -> None:
    """Refuse a page that no browser opens, before it is made."""
    drawn = [one for one in explanations if one.gives_pairs]
    nodes = [(int(one.query.num_nodes or 0), int(one.reference.num_nodes or 0)) for one in drawn]
    entries = sorted((query * reference for query, reference in nodes), reverse=True)[:top]
    size = _PER_ENTRY * sum(one if one <= MOST_WHOLE else 2 * STRONGEST for one in entries)
    if size > _LARGEST:
        raise ValueError(
            f"the page would have about {size / 1e6:,.0f} MB, {len(entries)} matrices of up to "
            f"{entries[0]:,} pairs of nodes: write fewer pairs (`top`), or sum nodes to groups "
            f"(PairExplanation.group) and draw these"
        )


def _sections(
    explanations: Sequence[PairExplanation],
    names: Sequence[tuple[str, str]],
    order: Sequence[int],
    model: SiameseGNN | None,
    groups: Groups | None,
) -> dict[int, PairSection]:
    """Render the pairs at these positions, in this order, until the page is full."""
    drawn = (
        pair_section(
            explanations[k],
            f"pair-{k + 1}",
            model=model,
            names=names[k],
            groups=groups,
            hidden=rank > 0,
        )
        for rank, k in enumerate(order)
    )
    return dict(zip(order, until_full(drawn, _MOST_BYTES), strict=False))


def _all_pairs(
    explanations: Sequence[PairExplanation],
    names: Sequence[tuple[str, str]],
    sections: dict[int, PairSection],
    order: Sequence[int],
    ranked: bool,
) -> PairList:
    """Make the table of all pairs; pairs that are not drawn keep the trust in their ``info``."""
    drawn = {k: section.key for k, section in sections.items()}
    trusts: dict[int, dict[str, Any]] = {
        k: sections[k].trust if k in sections else dict(explanation.info.get("trust") or {})
        for k, explanation in enumerate(explanations)
    }
    note = _note(len(explanations), len(drawn), ranked)
    return pair_list(explanations, names, trusts, drawn, order, note)


def _note(total: int, drawn: int, ranked: bool) -> str:
    """Say which pairs are drawn, and how they were chosen; empty if all are drawn."""
    if drawn == total:
        return ""
    pairs = "pair is" if drawn == 1 else f"{drawn} pairs are"
    order = "in the order of similarity, the highest first" if ranked else "as given"
    return (
        f"The first {pairs} drawn, {order}; the other {total - drawn:,} are rows of this table "
        f"alone. To draw others, write a page of them."
    )


def _names(
    names: Sequence[Any] | None, explanations: Sequence[PairExplanation], single: bool
) -> list[tuple[str, str]]:
    if names is None:
        return [pair_title(explanation) for explanation in explanations]
    given = [names] if single else list(names)
    if len(given) != len(explanations):
        raise ValueError(f"names has {len(given)} entries for {len(explanations)} explanations")
    for pair in given:
        listed = isinstance(pair, Sequence) or getattr(pair, "ndim", 0) == 1
        if isinstance(pair, str) or not listed or len(pair) != 2:
            raise ValueError(f"names must be two for each pair (got {in_one_line(repr(pair), 80)})")
        several = next((name for name in pair if isinstance(name, list | tuple)), None)
        if several is not None:
            raise TypeError(f"a name is one text (got {in_one_line(repr(several), 80)})")
    return [(str(query), str(reference)) for query, reference in given]


def _title(names: Sequence[tuple[str, str]]) -> str:
    if len(names) > 1:
        return "Explained similarities"
    query, reference = (name_of(name, 60) for name in names[0])
    return f"Explained similarity: {query} and {reference}"


def _choice(names: tuple[str, str], explanation: PairExplanation) -> str:
    query, reference = (name_of(name, 40) for name in names)
    return f"{query} \u2013 {reference}: {explanation.prediction:.3f}"
