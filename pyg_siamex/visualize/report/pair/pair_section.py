"""One explained pair as a fragment of a page, with the data that its script reads."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.trust import SHARES
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.visualize.report.domain import Groups
from pyg_siamex.visualize.report.pair.answer import answer_of
from pyg_siamex.visualize.report.pair.fidelity_chart import fidelity_chart
from pyg_siamex.visualize.report.pair.measures import measures_of, warnings_of
from pyg_siamex.visualize.report.pair.pair_data import pair_data
from pyg_siamex.visualize.report.pair.pair_drawings import left_out, legends_of
from pyg_siamex.visualize.report.pair.ranked_elements import RankedElements
from pyg_siamex.visualize.report.pair.shown_pair import ShownPair, shown_pair
from pyg_siamex.visualize.report.pair.strongest_cells import cells_note, is_painted
from pyg_siamex.visualize.report.rendering import render


@dataclass(frozen=True)
class PairSection:
    """A pair's part of a page.

    Attributes:
        key: What its ids begin with.
        html: The fragment, for a page that extends ``page.html.jinja``.
        data: What the page's script reads: put it into the block ``data`` by :attr:`script`.
        trust: What is known of the explanation's trust, see :func:`~pyg_siamex.metric.trust`.
    """

    key: str
    html: Markup
    data: dict[str, Any]
    trust: dict[str, Any]

    @property
    def script(self) -> Markup:
        """The data as a block of JSON."""
        return Markup(render("data.html.jinja", key=self.key, data=self.data))


def pair_section(
    explanation: PairExplanation,
    key: str = "pair-1",
    *,
    model: SiameseGNN | None = None,
    names: tuple[str, str] | None = None,
    groups: Groups | None = None,
    hidden: bool = False,
) -> PairSection:
    """Render one explained pair.

    Args:
        explanation: What an explainer returned.
        key: What its ids begin with; different for each pair of a page, letters, digits and
            hyphens.
        model: The explained model, for fidelities; by default the explanation's own. Where the
            explanation carries what :func:`~pyg_siamex.metric.trust` measured, that is shown.
        names: Names of query and reference; by default the graphs' ``name``, or their SMILES.
        groups: From a graph to a group for each of its nodes, such as
            :func:`~pyg_siamex.explain.ring_systems`; by default functional groups of molecules and
            networks of connectomes.
        hidden: Whether another pair is shown first.

    Raises:
        ValueError: If a value is not finite, ``names`` or ``groups`` do not fit, or ``model`` is
            not the one that was explained.
    """
    pair = shown_pair(explanation, model, names, groups)
    html = Markup(render("pair.html.jinja", key=key, hidden=hidden, **_context(pair)))
    return PairSection(key, html, pair_data(pair), pair.trust)


def until_full(sections: Iterable[PairSection], most: int) -> Iterator[PairSection]:
    """Yield sections until a page is full.

    Args:
        sections: The sections in the order of the page.
        most: Bytes that the page has room for; the first section is on it, whatever its size.
    """
    size = 0
    for place, section in enumerate(sections):
        size += len(section.html.encode()) + len(section.script.encode())
        if place and size > most:
            return
        yield section


def flat_settings(settings: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    """Flatten nested settings into lines of a table."""
    out = []
    for name, value in settings.items():
        path = f"{above} \u203a {name}" if above else str(name)
        if isinstance(value, Mapping):
            out += flat_settings(value, path)
        else:
            out.append((path, "none" if value is None else str(value)))
    return out


def _context(pair: ShownPair) -> dict[str, Any]:
    """Collect what the template of a pair shows."""
    explanation, subject, elements = pair.explanation, pair.subject, pair.elements
    curves = pair.trust["curves"]
    return {
        "names": pair.names,
        "short": pair.short,
        "answer": answer_of(explanation, subject, pair.short, elements, pair.related, curves),
        "explanation": explanation,
        "subject": subject,
        "drawings": pair.drawings,
        "has_matrix": pair.matrix is not None,
        "is_painted": is_painted(pair.matrix),
        "cells_note": cells_note(pair.matrix),
        "parts": pair.parts,
        "legends": legends_of(pair.drawings),
        "charts": _charts(curves, pair.short, elements),
        "shares": SHARES,
        "noun": elements[0].noun if elements[0].explained else elements[1].noun,
        "why_not": pair.why_not,
        "measures": measures_of(explanation, pair.trust, pair.short),
        "warnings": warnings_of(explanation, pair.trust, pair.short),
        "settings": flat_settings(explanation.settings),
        "seed": explanation.settings.get("algorithm", {}).get("seed"),
        "left_out": left_out(subject, pair.drawings),
    }


def _charts(
    curves: Mapping[str, Mapping[str, Any]],
    names: tuple[str, str],
    elements: tuple[RankedElements, RankedElements],
) -> list[dict[str, Any]]:
    out = []
    for side, name, found in zip(("query", "reference"), names, elements, strict=True):
        if side in curves:
            chart = fidelity_chart(curves[side], name)
            out.append({"side": side, "name": name, "chart": chart, "elements": f"{found.noun}s"})
    return out
