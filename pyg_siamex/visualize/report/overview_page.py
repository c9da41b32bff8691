"""What drives similarity over a whole data set, as one page."""

from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.explain.overview import Overview
from pyg_siamex.explain.overview.r_groups import RGroups
from pyg_siamex.explain.provenance import versions
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.picture_file import picture_format, write_whole
from pyg_siamex.visualize.paper.words import amount, drawable, sentence
from pyg_siamex.visualize.report.class_maps import CLASSES, class_maps, class_matrix, short
from pyg_siamex.visualize.report.number_charts import Chart, bars
from pyg_siamex.visualize.report.rendering import plain, render
from pyg_siamex.visualize.report.thumbnail import thumbnail

_BARS = 12
"""Most groups with a bar; the CSV file has all."""

_ADDED = "What each group adds to the similarity of a pair, on average"

_SUSPICIOUS = 50
"""Outliers in the page's table."""

_CARRIED = 36
"""Most class pairs in the table of how much parts carry."""

_CARDS = 6
"""Outliers that are drawn."""

_FILE_ROWS = 10_000
"""Rows of a CSV file."""


_NOUNS = {"smiles": "molecules", "roi_names": "connectomes"}
"""Names for graphs, by an attribute that they have."""


@checked
def overview_report(
    overview: Overview,
    path: str | Path,
    *,
    graphs: Sequence[Data] | None = None,
    total: int | None = None,
    r_groups: RGroups | None = None,
    title: str | None = None,
    notes: Sequence[str] = (),
) -> None:
    """Write a page of what drives similarity over a data set: one HTML file, under 5 MB.

    The page has bars of the groups that add most and of the groups that masks keep, a heat map
    between groups for every class pair, and a table of the graphs whose explanation disagrees with
    their class. The first molecules among them are drawn.

    Args:
        overview: What :func:`pyg_siamex.explain.overview` found.
        path: Where to write, ``.html``.
        graphs: The graphs, for their drawings.
        total: Number of graphs that these were sampled from, at least as many; the page says so.
        r_groups: What hangs on the most frequent scaffold, as a table.
        title: The page's title.
        notes: How far the model can be trusted, in sentences.

    Raises:
        ValueError: If the suffix is not ``.html``, or ``graphs`` or ``total`` are fewer graphs than
            the overview has.
    """
    picture_format(path, ("html",))
    if total is not None:
        whole("total", total, len(overview.outliers))
    known = max(len(overview.outliers), int(overview.outliers["position"].max()) + 1)
    if graphs is not None and len(graphs) < known:
        raise ValueError(
            f"graphs has {len(graphs)} graphs, and the overview is of {known}: "
            f"give the same graphs in the same order"
        )
    noun = _noun(graphs)
    page = render(
        "data_set.html.jinja",
        title=drawable(title) if title else "What drives similarity",
        noun=noun,
        answer=_answer(overview, noun),
        notes=[*_notes(overview, total, noun), *(sentence(str(note)) for note in notes)],
        agrees=overview.agrees,
        carried=_carried(overview),
        bars=_bars(overview.drivers, _ADDED)[0],
        kept=_kept(overview),
        cards=_cards(overview, graphs),
        scaffold=None if r_groups is None else _scaffold(r_groups),
        **_tables(overview, r_groups),
        versions=versions(),
    )
    write_whole(path, page.encode())


def _scaffold(found: RGroups) -> dict[str, Any]:
    """The scaffold with its places, and a row for each molecule."""
    from pyg_siamex.visualize.molecule.labelled_core import labelled_core  # only molecules need it

    rows = found.table.head(_SUSPICIOUS).astype(str).to_numpy().tolist()
    return {
        "svg": labelled_core(found.core),
        "columns": [short(str(column)) for column in found.table.columns],
        "rows": [[short(cell) for cell in row] for row in rows],
        "count": len(found.table),
        "total": found.total,
    }


def _tables(overview: Overview, r_groups: RGroups | None) -> dict[str, Any]:
    """Collect what the template says of classes, of outliers and of the files."""
    maps, left_out = class_maps(overview)
    return {
        "several": len(overview.class_names) > 1,
        "classes": class_matrix(overview),
        "more_classes": max(len(overview.class_names) - CLASSES, 0),
        "maps": maps,
        "left_out": left_out,
        "outliers": _outliers(overview),
        "suspicious": len(overview.suspicious),
        "disagreeing": overview.num_disagreeing,
        "rule": overview.rule,
        "graphs": len(overview.outliers),
        "files": _files(overview, r_groups),
    }


def _noun(graphs: Sequence[Data] | None) -> str:
    """Name the graphs by the first attribute of :data:`_NOUNS` that one of them has."""
    first = {} if graphs is None else graphs[0]
    return next((noun for key, noun in _NOUNS.items() if first.get(key) is not None), "graphs")


def _answer(overview: Overview, noun: str) -> str:
    if not overview.agrees:
        return (
            f"What parts of these {noun} carry is not what the model finds them alike by, so that "
            "nothing can be said of what drives similarity. What the model's biases do is on no "
            'part unless the model, or the explainer, has biases="nodes".'
        )
    top = overview.drivers.iloc[0]
    name = short(top["group"])
    words = (
        f"\u201c{name}\u201d drives similarity most: on average it adds "
        f"{number(top['within'], '+')} to the similarity of two {noun}"
    )
    if isnan(top["between"]):
        return f"{words}."
    if isnan(top["within"]):
        return (
            f"\u201c{name}\u201d drives similarity most: on average it adds "
            f"{number(top['between'], '+')} to the similarity of two {noun} of different classes."
        )
    return f"{words} of one class, and {number(top['between'], '+')} to that of two classes."


def _notes(overview: Overview, total: int | None, noun: str) -> list[str]:
    graphs, pairs = len(overview.outliers), overview.num_pairs
    which = "sampled pairs" if overview.sampled else "pairs, all there are"
    notes = [f"{graphs:,} {noun} and {pairs:,} {which}, explained by {overview.algorithm}."]
    if total is not None and total > graphs:
        notes.append(f"These are a random sample of {total:,} {noun}.")
    return notes


def _carried(overview: Overview) -> list[list[str]]:
    """Rows of the table of how much parts carry: classes, pairs and amount."""
    rows = overview.classes[["query_class", "reference_class", "pairs"]].itertuples(index=False)
    return [
        [short(one), short(other), f"{pairs // 2 if one == other else pairs:,}", amount(found)]
        for (one, other, pairs), found in zip(rows, overview.carried, strict=True)
    ][:_CARRIED]


def _bars(groups: pd.DataFrame, label: str) -> tuple[Chart, bool]:
    """Bars of the first groups, and whether there are pairs of two classes."""
    top = groups.head(_BARS)
    several = not top["between"].isna().all()
    columns = ["within", "between"] if several else ["within"]
    series = ["pairs of one class", "pairs of two classes"] if several else ["all pairs"]
    return bars(top["group"].tolist(), top[columns].to_numpy().tolist(), series, label), several


def _kept(overview: Overview) -> dict[str, Any] | None:
    """Bars of the masks, and who made them."""
    if overview.kept is None:
        return None
    chart, several = _bars(overview.kept, "What masks keep of each group, on average")
    return {"chart": chart, "by": overview.kept_by, "several": several}


def _outliers(overview: Overview) -> list[list[str]]:
    shown = overview.suspicious.head(_SUSPICIOUS)
    return [
        [
            short(str(row["name"])),
            short(row["class"]),
            short(row["resembles"]),
            number(row["score"], "+"),
            number(row["own"]),
            number(row["other"]),
        ]
        for row in shown.to_dict("records")
    ]


def _cards(overview: Overview, graphs: Sequence[Data] | None) -> list[dict[str, Any]]:
    if graphs is None:
        return []
    out = []
    for row in overview.suspicious.head(_CARDS).to_dict("records"):
        svg = thumbnail(graphs[row["position"]])
        if svg is not None:
            words = f"labelled {short(row['class'])}, resembles {short(row['resembles'])}"
            if overview.rule == "value":
                words = f"{row['class']}, the nearest have {row['resembles']}"
            out.append({"name": short(str(row["name"])), "words": words, "svg": svg})
    return out


def _files(overview: Overview, r_groups: RGroups | None) -> dict[str, Any]:
    strongest = overview.table
    if len(strongest) > _FILE_ROWS:
        order = strongest["contribution"].abs().sort_values(ascending=False, kind="stable").index
        strongest = strongest.loc[order[:_FILE_ROWS]]
    frames = {
        "groups": strongest,
        "drivers": overview.drivers,
        **({} if overview.kept is None else {"kept": overview.kept}),
        "outliers": overview.outliers.head(_FILE_ROWS // 4),
    }
    if r_groups is not None:
        frames["r_groups"] = r_groups.table.head(_FILE_ROWS // 4)
    return {name: plain({"rows": _rows(frame)}) for name, frame in frames.items()}


def _rows(frame: pd.DataFrame) -> list[list[Any]]:
    rounded = frame.map(lambda v: float(f"{v:.5g}") if isinstance(v, float) else v)
    body = rounded.astype(object).to_numpy().tolist()
    return [list(frame.columns), *body]
