"""The hits of a search as one page: each explained, and why the first ranks above the second."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyg_siamex._door import checked
from pyg_siamex.data.smiles_of import smiles_of
from pyg_siamex.explain.provenance import versions
from pyg_siamex.explain.search import Hit, SearchResult
from pyg_siamex.nn.neighbour_estimate import NeighbourEstimate
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.picture_file import picture_format, write_whole
from pyg_siamex.visualize.paper.words import amount, drawable, name_of, sentence
from pyg_siamex.visualize.report.contrast_view import ContrastView, contrast_view
from pyg_siamex.visualize.report.domain import Groups
from pyg_siamex.visualize.report.pair.pair_section import PairSection, pair_section, until_full
from pyg_siamex.visualize.report.rendering import plain, render
from pyg_siamex.visualize.report.thumbnail import thumbnail

_MOST_BYTES = 4_000_000
"""Most bytes of drawn hits; further hits are only rows of the table."""

_ROWS = 500
"""Most hits in the page's table; the CSV file has all."""

_COLUMNS = 6
"""Most columns of the library's table beside each hit; the CSV file has all."""

_LONGEST = 60
"""Letters of a name."""


@checked
def search_report(
    result: SearchResult,
    path: str | Path,
    *,
    title: str | None = None,
    groups: Groups | None = None,
    notes: Sequence[str] = (),
) -> None:
    """Write a page of what a search found: one HTML file that needs nothing else.

    The page has a table of the hits, the query with what makes hit 1 closer than hit 2, and every
    explained hit beside the query, as :func:`pyg_siamex.visualize.report` shows a pair. Hits that
    are not explained, or would make the page larger than 5 MB, are only rows of the table.

    Args:
        result: What :func:`pyg_siamex.explain.search` found.
        path: Where to write, ``.html``.
        title: The page's title.
        groups: From a graph to a group for each of its nodes. By default functional groups of
            molecules and networks of connectomes.
        notes: What readers should know of the query and of the pictures, in sentences.

    Raises:
        TypeError: If a part of the result is of another kind.
        ValueError: If the suffix is not ``.html``, the result has no hits, or an explanation has
            values that are not finite.
    """
    picture_format(path, ("html",))
    if not result.hits:
        raise ValueError("`result` has no hits, so that there is nothing to show")
    sections = _sections(result, groups)
    context = _context(result, sections)
    heading = drawable(title) if title else f"Nearest to {context['name']}"
    context["notes"] = [sentence(str(note)) for note in notes]
    page = render("search.html.jinja", title=heading, result=result, **context)
    write_whole(path, page.encode())


def _sections(result: SearchResult, groups: Groups | None) -> dict[int, PairSection]:
    """Render explained hits, by rank, until the page is full."""
    explained = [(hit, hit.explanation) for hit in result.hits if hit.explanation is not None]
    drawn = (
        pair_section(
            explanation,
            f"hit-{hit.rank}",
            names=(result.query_name, hit.name),
            groups=groups,
            hidden=place > 0,
        )
        for place, (hit, explanation) in enumerate(explained)
    )
    ranks = [hit.rank for hit, _ in explained]
    return dict(zip(ranks, until_full(drawn, _MOST_BYTES), strict=False))


def _context(result: SearchResult, sections: dict[int, PairSection]) -> dict[str, Any]:
    """Collect what the template shows, with the sections of explained hits by rank."""
    name = _short(result.query_name)
    columns = _shown_columns([*result.hits[:_ROWS], *result.folded])
    rows = [_row(hit, sections.get(hit.rank), columns) for hit in result.hits[:_ROWS]]
    return {
        "columns": [_short(column) for column in columns],
        "folded": [_row(hit, None, columns) for hit in result.folded[:_ROWS]],
        "estimate": _estimate(result, name),
        "name": name,
        "answer": _answer(result, name),
        "excluded": _listed(result.excluded),
        "rows": rows,
        "pictured": any(row["picture"] is not None for row in rows),
        "told": any(row["carried"] for row in rows),
        "sections": list(sections.values()),
        "choices": [_choice(result.hits[rank - 1]) for rank in sections],
        "note": _note(result, len(sections)),
        "contrast": _contrast(result, name),
        "hits": plain({"rows": _csv_rows(result)}),
        "versions": versions(),
    }


def _contrast(result: SearchResult, name: str) -> ContrastView | None:
    """Show what makes the first hit closer than the second, if that was explained."""
    if result.contrast is None:
        return None
    both = _short(result.hits[0].name), _short(result.hits[1].name)
    return contrast_view(result.contrast, name, both)


def _row(hit: Hit, section: PairSection | None, columns: list[str]) -> dict[str, Any]:
    """Make a hit's row of the table; an explained molecule has its picture in it."""
    drawn = None if hit.explanation is None or hit.graph is None else thumbnail(hit.graph)
    known = None if hit.explanation is None else hit.explanation.carried
    return {
        "rank": hit.rank,
        "name": _short(hit.name),
        "twins": _listed(hit.twins),
        "key": None if section is None else section.key,
        "similarity": _similarity(hit.similarity),
        "probability": f"{hit.probability:.2f}",
        "picture": drawn,
        "carried": "" if known is None else amount(known),
        "cells": [_short(hit.columns.get(column, "")) for column in columns],
    }


def _shown_columns(hits: Sequence[Hit]) -> list[str]:
    """Columns of the library's table that say more than name and structure."""
    columns = dict.fromkeys(column for hit in hits for column in hit.columns)
    own = [{hit.name, smiles_of(hit.graph) if hit.graph is not None else None, ""} for hit in hits]
    told = [
        column
        for column in columns
        if any(
            hit.columns.get(column, "") not in known for hit, known in zip(hits, own, strict=True)
        )
    ]
    return told[:_COLUMNS]


def _seen(found: NeighbourEstimate) -> str:
    """Whether the error is one of new graphs."""
    if found.unseen:
        return "None of these has the fingerprint of a training molecule."
    return (
        "Each entry is left out of its neighbours, and not out of the model's training: if the "
        "model has learned from these values, new molecules are estimated less well."
    )


def _estimate(result: SearchResult, name: str) -> list[str]:
    """Say what the neighbours tell of the query, and how far such estimates are off."""
    found = result.estimate
    if found is None:
        return []
    places = {hit.position: hit for hit in result.hits}
    hits = [str(places[position].rank) for position in found.neighbours if position in places]
    which = f" (hits {', '.join(hits)})" if len(hits) == len(found.neighbours) else ""
    verdict = "better" if found.error < found.of_mean else "no better"
    return [
        f"The {len(found.neighbours)} nearest entries with a value{which} have a mean "
        f"{_short(found.name)} of {found.value:.3g} (standard deviation {found.spread:.2g}): an "
        f"estimate for {name}.",
        f"Estimated in the same way from their own nearest entries, {found.judged:,} entries of "
        f"the library are off by {found.error:.2g} on average; the mean of all others is off by "
        f"{found.of_mean:.2g}, so that the model's neighbours are {verdict}. {_seen(found)}",
    ]


def _similarity(value: float) -> str:
    """Write small numbers with four decimals, as neighbours are often close."""
    return f"{value:.4f}".replace("-", "\u2212") if abs(value) < 10 else number(value)


def _answer(result: SearchResult, name: str) -> str:
    first = result.hits[0]
    words = (
        f"Of {result.size:,} entries, {_short(first.name)} is most like {name}: similarity "
        f"{_similarity(first.similarity)}, and a probability of {first.probability:.0%} that the "
        f"two are alike."
    )
    if len(result.hits) == 1:
        return words
    last = result.hits[-1]
    return f"{words} Hit {last.rank} still has {_similarity(last.similarity)}."


def _note(result: SearchResult, drawn: int) -> str:
    parts = []
    if result.diverse:
        parts.append(
            "Hits were chosen to differ from one another among the nearest ten times as many."
        )
    if drawn < len(result.hits):
        which = "The first hit is" if drawn == 1 else f"The first {drawn} hits are"
        parts.append(
            f"{which} explained and drawn below; the other {len(result.hits) - drawn:,} are in the "
            f"table alone."
        )
    if len(result.hits) > _ROWS:
        parts.append(f"The table shows the first {_ROWS}; the CSV file has them all.")
    return " ".join(parts)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(_short(name) for name in names[:3])
    return shown + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def _choice(hit: Hit) -> str:
    return f"{hit.rank}. {_short(hit.name)}: {_similarity(hit.similarity)}"


def _csv_rows(result: SearchResult) -> list[list[Any]]:
    frame = result.to_frame()
    rows = frame.astype(object).where(frame.notna(), "").to_numpy().tolist()
    return [[str(column) for column in frame.columns], *rows]


def _short(name: str) -> str:
    return name_of(name, _LONGEST)
