"""Tables and two figures of how cost grows, from the rows alone."""

from pathlib import Path

import pandas as pd
from numpy import log10, polyfit
from runner.table import framed, markdown, significant
from scale.figures import against_size

INTRODUCTION = """# How do time and memory grow?

Processor time on one thread of a machine that others used at the same time, and the growth of the
highest memory; untrained GIN encoders, cosine. A size is measured if the one before promises that
it takes at most a minute.
"""


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``, ``edges.svg`` and ``pairs.svg``."""
    parts = [INTRODUCTION]
    for names, table in TABLES.items():
        own = rows[rows["part"].isin(names)]
        if len(own):
            parts.append(table(own))
    for part, words in FIGURES.items():
        own = rows[rows["part"] == part]
        if len(own):
            against_size(own, *words, folder / f"{part}.svg")
    (folder / "results.md").write_text("\n".join(parts), encoding="utf-8")


FIGURES = {
    "edges": ("edges of both graphs", "An explained pair of large graphs"),
    "pairs": ("pairs of molecules", "Many explained pairs of molecules"),
}


def _edges(rows: pd.DataFrame) -> str:
    text = (
        "Rings in which each node touches its nearest eight; two layers of 16. Masks have five "
        "steps, integrated gradients four points. Captum's saliency and GNNExplainer run in PyG's "
        "`Explainer`, on one graph after the other. The exponent is the slope on log axes over the "
        "sizes that took longer than a twentieth of a second: 1 is linear.\n\n![edges](edges.svg)"
    )
    return _growth("Large graphs: edges of both together", text, rows)


def _pairs(rows: pd.DataFrame) -> str:
    text = (
        "Pairs of 1,000 molecules of NCI, two layers of 64, the same amount of work. The library "
        "explains a stream; PyG's `Explainer` explains one graph after the other.\n\n"
        "![pairs](pairs.svg)"
    )
    return _growth("Many pairs of molecules", text, rows)


def _growth(title: str, text: str, rows: pd.DataFrame) -> str:
    cells: dict = {}
    for (subject,), part in rows.groupby(["subject"], sort=False):
        known = part.set_index("size")
        cells[subject] = {
            **{f"{size:,}, s": significant(s) for size, s in known["seconds"].items()},
            "exponent": _exponent(part),
            "most memory, MiB": f"{known['memory'].max():,.0f}",
        }
    order = [*(f"{size:,}, s" for size in sorted(set(rows["size"]))), "exponent"]
    order.append("most memory, MiB")
    cells = {subject: {name: row.get(name, "") for name in order} for subject, row in cells.items()}
    return _section(title, text, cells, ["method"])


def _exponent(part: pd.DataFrame) -> str:
    slow = part[part["seconds"] > 0.05]
    if len(slow) < 2:
        return ""
    return f"{polyfit(log10(slow['size']), log10(slow['seconds']), 1)[0]:.2f}"


def _of_all(rows: pd.DataFrame) -> str:
    cells = {}
    for part, own in rows.groupby("part", sort=False):
        value = own.set_index("step")
        written = value.loc["pairs"]
        count = value.loc["factors", "size"]
        cells[f"{count:,.0f} molecules, {NAMES[part]}"] = {
            "pairs compared": f"{count * (count - 1) / 2:,.0f}",
            "rows": f"{written['size']:,.0f}",
            "factors, s": significant(value.loc["factors", "seconds"]),
            "rows, s": significant(written["seconds"]),
            "memory, MiB": f"{max(value['memory']):,.0f}",
            "bytes a row": f"{written['disk'] * 2**20 / written['size']:.0f}",
        }
    return _section(
        "All pairs of many molecules, from one factor each",
        "BiLRP, 64 outputs; the five strongest atom pairs of each row are written to Parquet. The "
        "molecules are RDKit's NCI table and the same with one more methyl group.",
        cells,
        ["of"],
    )


NAMES = {"neighbours": "20 neighbours each", "all pairs": "each with each"}


def _classes(rows: pd.DataFrame) -> str:
    cells = {
        f"{size:,}": {"s": significant(seconds), "memory, MiB": f"{memory:,.0f}"}
        for size, seconds, memory in rows[["size", "seconds", "memory"]].itertuples(index=False)
    }
    text = "Ten graphs of each class and ten pairs of each graph, half of them alike."
    return _section("`PairDataset` of many classes", text, cells, ["classes"])


def _tables(rows: pd.DataFrame) -> str:
    cells = {}
    for subject, seconds, size, disk in rows[["subject", "seconds", "size", "disk"]].itertuples(
        index=False
    ):
        cells[subject] = {
            "ms a pair": significant(1e3 * seconds / size),
            "bytes a pair": f"{disk * 2**20 / size:.0f}",
            "core hours of 10^8 pairs": significant(1e8 * seconds / size / 3600),
            "GB of 10^8 pairs": f"{1e8 * disk * 2**20 / size / 1e9:.0f}",
        }
    return _section(
        "Tables of pairs, from SMILES to Parquet",
        "`TableExplainer` with its defaults, three layers of 64, pairs of NCI molecules.",
        cells,
        ["method"],
    )


def _workers(rows: pd.DataFrame) -> str:
    cells = {}
    for subject, own in rows.groupby("subject", sort=False):
        value = own.set_index("step")
        one = value.loc["one process", "seconds"]
        cells[subject] = {
            "one process, ms a pair": significant(1e3 * one / value["size"].iloc[0]),
            "two processes, times faster": f"{one / value.loc['two processes', 'seconds']:.2f}",
            "two threads, times faster": f"{one / value.loc['two threads', 'seconds']:.2f}",
        }
    return _section(
        "Processes against threads for tables of pairs",
        "`TableExplainer` from SMILES to rows, three layers of 64: wall time on two cores, the "
        "best of three turns. Both cores must be free for a gain: ratios of a run on a busy "
        "machine, whose minutes on one thread are far above its minutes of processor, say nothing.",
        cells,
        ["method"],
    )


TABLES = {
    ("edges",): _edges,
    ("pairs",): _pairs,
    ("neighbours", "all pairs"): _of_all,
    ("classes",): _classes,
    ("tables",): _tables,
    ("workers",): _workers,
}


def _section(title: str, text: str, cells: dict, names: list[str]) -> str:
    return f"## {title}\n\n{text}\n\n{markdown(framed(cells, *names))}"
