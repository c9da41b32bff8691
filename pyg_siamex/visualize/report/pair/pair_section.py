"""One explained pair as a fragment of a page, with the data that its script reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from torch_geometric.explain import Explanation

from pyg_siamex.data.smiles import smiles_of
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.trust import SHARES, OtherModelError, pair_curves
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.visualize.paper.words import name_of, pair_names
from pyg_siamex.visualize.report.pair.answer import answer_of
from pyg_siamex.visualize.report.pair.fidelity_chart import fidelity_chart
from pyg_siamex.visualize.report.pair.measures import measures_of, warnings_of
from pyg_siamex.visualize.report.pair.pair_data import node_table, pair_data, parts_of
from pyg_siamex.visualize.report.pair.pair_drawings import drawings_of, left_out, legend_of
from pyg_siamex.visualize.report.pair.ranked_elements import Elements, elements_of
from pyg_siamex.visualize.report.pair.subject import Groups, pair_matrix, subject_of
from pyg_siamex.visualize.report.rendering import render

LONGEST_NAME = 44
"""Letters of a graph's name in headings."""

NO_MODEL = (
    "There is no fidelity here, as the model was not at hand when this page was written: the "
    "slider filters the drawing alone."
)


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
    called = pair_title(explanation) if names is None else pair_names(names)
    short = name_of(called[0], LONGEST_NAME), name_of(called[1], LONGEST_NAME)
    subject = subject_of(explanation, groups)
    matrix = pair_matrix(explanation, subject)
    trust, why_not = trust_of(explanation, model)
    elements = elements_of(explanation, subject, 0), elements_of(explanation, subject, 1)
    drawings = drawings_of(explanation, subject, elements, matrix, short)
    parts = parts_of(subject, matrix, drawings)
    table = parts if matrix is not None else None
    answer_table = table or node_table(subject, matrix)
    answer = answer_of(explanation, subject, short, elements, answer_table, trust["curves"])
    context: dict[str, Any] = {
        "key": key,
        "hidden": hidden,
        "names": called,
        "short": short,
        "answer": answer,
        "explanation": explanation,
        "subject": subject,
        "drawings": drawings,
        "has_matrix": matrix is not None,
        "parts": parts,
        "legend": legend_of(drawings),
        "charts": _charts(trust["curves"], short, elements),
        "shares": SHARES,
        "noun": elements[0].noun if elements[0].explained else elements[1].noun,
        "why_not": why_not,
        "measures": measures_of(explanation, trust, short),
        "warnings": warnings_of(explanation, trust, short),
        "settings": flat_settings(explanation.settings),
        "seed": explanation.settings.get("algorithm", {}).get("seed"),
        "left_out": left_out(subject, drawings),
    }
    html = Markup(render("pair.html.jinja", **context))
    data = pair_data(explanation, subject, called, drawings, matrix, parts, trust)
    return PairSection(key, html, data, trust)


def pair_title(explanation: PairExplanation) -> tuple[str, str]:
    """Names of query and reference: their ``name``, else their SMILES, else these words."""
    query = _title(explanation.query, "query")
    reference = _title(explanation.reference, "reference")
    if query == reference:
        return f"{query} (query)", f"{reference} (reference)"
    return query, reference


def trust_of(
    explanation: PairExplanation, model: SiameseGNN | None
) -> tuple[dict[str, Any], str | None]:
    """What is known of the explanation's trust, and why there are no curves, if there are none."""
    trust = dict(explanation.info.get("trust") or {})
    if model is None and trust.get("curves"):
        return trust, None
    trust["curves"] = {}
    if model is None and explanation.model is None:
        return trust, NO_MODEL
    try:
        trust["curves"] = pair_curves(explanation, model)
    except OtherModelError as error:
        if model is not None:
            raise
        return trust, f"There is no fidelity here: {error}."
    except ValueError as error:
        return trust, f"There is no fidelity here: {error}."
    why_not = None if trust["curves"] else "There is no fidelity here: there are no masks to rank."
    return trust, why_not


def _title(graph: Explanation, otherwise: str) -> str:
    name = graph.get("name")
    if isinstance(name, list | tuple) and len(name) == 1:
        name = name[0]
    if isinstance(name, str | int) and str(name).strip():
        return f"{otherwise} {name}" if str(name).isdigit() else str(name)
    return smiles_of(graph) or otherwise


def flat_settings(settings: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    """Nested settings as lines of a table."""
    out = []
    for name, value in settings.items():
        path = f"{above} \u203a {name}" if above else str(name)
        if isinstance(value, Mapping):
            out += flat_settings(value, path)
        else:
            out.append((path, "none" if value is None else str(value)))
    return out


def _charts(
    curves: Mapping[str, Mapping[str, Any]],
    names: tuple[str, str],
    elements: tuple[Elements, Elements],
) -> list[dict[str, Any]]:
    out = []
    for side, name, found in zip(("query", "reference"), names, elements, strict=True):
        if side in curves:
            chart = fidelity_chart(curves[side], name)
            out.append({"side": side, "name": name, "chart": chart, "elements": f"{found.noun}s"})
    return out
