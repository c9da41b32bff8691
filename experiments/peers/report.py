"""Tables and figures of peers and batched methods, from the result files."""

from pathlib import Path

import pandas as pd
from peers.figures import against_edges, against_nodes, against_pairs
from peers.methods import OURS, PEERS
from runner.table import framed, markdown, mean_and_interval, significant

WORLDS = {"molecules": 17, "connectomes": 116, "motifs": 1000}
"""Kinds of graphs in the comparison, and their nodes."""

INTRODUCTION = """# Stock explainers one by one, and the batched ones

Each method explains the queries' edges of the same pairs of unseen graphs, on one model per kind of
graph. Stock methods run through `model.against(reference)` one pair at a time; `≈` marks a time
that is linear in the pairs measured. `{left_out}` is left out, for one pair would take longer than
the budget. Memory is what the process grew by at its highest. {work}
"""

LEFT_OUT = "\u2013"


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md`` and four figures."""
    rows = rows.assign(extrapolated=rows["extrapolated"].astype(str).eq("True"))
    parts = [INTRODUCTION.format(left_out=LEFT_OUT, work=_work(rows))]
    for graphs in WORLDS:
        part = rows[rows["graphs"] == graphs]
        if len(part):
            parts += [_heading(part, graphs), _times(part), _quality(part)]
    parts += [_ratios(rows), _linear(rows), _searched(rows), _edges(rows)]
    figures = {
        "time_pairs.svg": lambda path: against_pairs(rows, "seconds", path),
        "memory_pairs.svg": lambda path: against_pairs(rows, "memory", path),
        "time_nodes.svg": lambda path: against_nodes(rows, path),
        "time_edges.svg": lambda path: against_edges(rows, path),
    }
    for name, draw in figures.items():
        if draw(folder / name):
            parts.append(f"![{name.removesuffix('.svg').replace('_', ' ')}]({name})\n")
    (folder / "results.md").write_text("\n".join(part for part in parts if part), encoding="utf-8")


def _work(rows: pd.DataFrame) -> str:
    """What every method did, and on what."""
    first = rows.iloc[0]
    return (
        f"Peers and ours did the same work: {first['steps']} steps for masks (self-learned "
        f"ones their default number, after their evidence), {first['points']} "
        f"points for paths, {first['samples']} permutations for Shapley values. Device: "
        f"{first['device']}; threads: {first['threads']}."
    )


def _heading(part: pd.DataFrame, graphs: str) -> str:
    edges = part.loc[part["measure"] == "edges", "value"].mean()
    auc = part.loc[part["measure"] == "model AUC", "value"].mean()
    return (
        f"## {graphs.capitalize()}: {WORLDS[graphs]} nodes, {edges / 2:.0f} edges\n\n"
        f"Pair AUC of the model {auc:.3f}.\n"
    )


def _times(part: pd.DataFrame) -> str:
    """Seconds by number of pairs, the memory of the most pairs measured, and the setup."""
    counts = sorted(int(c) for c in part.loc[part["measure"] == "seconds", "pairs"].unique())
    table = {}
    for method in _methods(part):
        own = part[part["method"] == method]
        cells = {f"{_pairs(count)}, s": _second(own, count) for count in counts}
        memory = own[own["measure"].eq("memory") & ~own["extrapolated"]]
        last = memory.loc[memory["pairs"].idxmax()] if len(memory) else None
        cells["memory, MiB (pairs)"] = (
            "" if last is None else f"{last['value']:.0f} ({int(last['pairs'])})"
        )
        cells["setup, s"] = _number(own, "setup", 1)
        table[method] = cells
    return markdown(framed(table, "method"))


def _pairs(count: int) -> str:
    return "1 pair" if count == 1 else f"{count} pairs"


def _second(own: pd.DataFrame, count: int) -> str:
    cell = own[own["measure"].eq("seconds") & own["pairs"].eq(count)]
    if cell.empty or cell["value"].isna().all():
        return LEFT_OUT
    sign = "≈ " if cell["extrapolated"].iloc[0] else ""
    return f"{sign}{significant(cell['value'].iloc[0])}"


def _quality(part: pd.DataFrame) -> str:
    """Truth and faithfulness, mean and 95 % interval over pairs, with both controls."""
    table = {}
    measures = ("AUROC", "average precision", "insertion - deletion")
    for method in _methods(part):
        own = part[part["method"] == method]
        cells = {name: _mean(own, name) for name in measures}
        table[method] = cells | {"pairs": str(int(own["measure"].eq("AUROC").sum()))}
    for control in ("random", "oracle"):
        found = part[part["measure"].str.endswith(f", {control}")]
        longest = found.groupby("method").size()
        if len(longest):
            own = found[found["method"] == longest.idxmax()]
            cells = {name: _mean(own, f"{name}, {control}") for name in measures}
            table[control] = cells | {"pairs": str(int(longest.max()) // len(measures))}
    return markdown(framed(table, "method"))


def _mean(own: pd.DataFrame, measure: str) -> str:
    values = own.loc[own["measure"] == measure, "value"].dropna()
    return mean_and_interval(values) if len(values) else ""


def _number(own: pd.DataFrame, measure: str, digits: int) -> str:
    values = own.loc[own["measure"] == measure, "value"].dropna()
    return f"{values.iloc[0]:.{digits}f}" if len(values) else ""


def _ratios(rows: pd.DataFrame) -> str:
    """How many times less a pair takes than with the counterpart."""
    table: dict[tuple[str, str], dict[str, str]] = {}
    for graphs in WORLDS:
        seconds = rows[rows["graphs"].eq(graphs) & rows["measure"].eq("seconds")]
        known = seconds.set_index(["method", "pairs"])["value"]
        beside = {name: ours for name, ours in OURS.items() if ours.counterpart is not None}
        for method, ours in beside.items():
            for count in sorted({int(pairs) for _, pairs in known.index}):
                own = known.get((method, count), float("nan"))
                other = known.get((ours.counterpart, count), float("nan"))
                if own == own and other == other:
                    cells = table.setdefault((f"{method} / {ours.counterpart}", graphs), {})
                    cells[_pairs(count)] = f"{other / own:.1f}"
    if not table:
        return ""
    frame = framed(table, "ours / counterpart", "graphs")
    return "## Times faster than the counterpart\n\n" + markdown(frame)


def _linear(rows: pd.DataFrame) -> str:
    """Whether the time of one pair is constant, as the extrapolation takes it to be."""
    single = rows[rows["measure"] == "seconds of one pair"]
    table = {}
    for (graphs, method), part in single.groupby(["graphs", "method"], sort=False):
        times = part.sort_values("pair")["value"].to_numpy()
        if len(times) >= 4:
            half = len(times) // 2
            ratio = times[half:].mean() / times[:half].mean()
            spread = times.std(ddof=1) / times.mean()
            table[(method, graphs)] = {
                "second half / first half": f"{ratio:.2f}",
                "spread of a pair (sd / mean)": f"{spread:.2f}",
                "pairs": str(len(times)),
            }
    if not table:
        return ""
    frame = framed(table, "method", "graphs")
    return "## Is the time of a pair constant, one by one?\n\n" + markdown(frame)


def _searched(rows: pd.DataFrame) -> str:
    """AUROC of every setting that a peer was tried at, on pairs that are not measured above."""
    tried = rows[rows["measure"].str.startswith("search, ")]
    if tried.empty:
        return ""
    frame = tried.assign(setting=tried["measure"].str.removeprefix("search, "))
    wide = frame.pivot_table(index=["method", "setting"], columns="graphs", values="value")
    texts = wide.map(lambda value: "" if pd.isna(value) else f"{value:.3f}")
    return (
        "## The search for the peers' settings\n\nAUROC on four other pairs; the best setting of "
        "each kind of graph is the one that is compared.\n\n" + markdown(texts)
    )


def _edges(rows: pd.DataFrame) -> str:
    """Milliseconds of a pair by density of the connectomes."""
    dense = rows[rows["graphs"].str.startswith("connectomes")]
    edges = dense[dense["measure"] == "edges"].groupby("graphs")["value"].mean() / 2
    if len(edges) < 2:
        return ""
    several = dense.groupby("method")["graphs"].nunique()
    table = {}
    for method in several[several > 1].index:
        cells = {}
        for graphs, count in edges.sort_values().items():
            own = dense[dense["method"].eq(method) & dense["graphs"].eq(graphs)]
            cells[f"{count:.0f} edges"] = _per_pair(own)
        table[method] = cells
    frame = framed(table, "method")
    return (
        "## Milliseconds of a pair against edges (116 nodes)\n\nAt the most pairs measured, in "
        "brackets.\n\n" + markdown(frame)
    )


def _per_pair(own: pd.DataFrame) -> str:
    cells = own[own["measure"].eq("seconds") & ~own["extrapolated"]].dropna(subset="value")
    if cells.empty:
        return LEFT_OUT
    last = cells.loc[cells["pairs"].idxmax()]
    return f"{significant(1e3 * last['value'] / last['pairs'])} ({int(last['pairs'])})"


def _methods(part: pd.DataFrame) -> list[str]:
    found = set(part["method"])
    return [name for name in (*PEERS, *OURS) if name in found]
