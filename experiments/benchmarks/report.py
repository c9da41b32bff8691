"""Tables of the benchmarks, from the rows alone."""

from pathlib import Path

import pandas as pd
from runner.table import framed, markdown, significant

INTRODUCTION = """# What do batched masks, relevance factors and constraints cost?

Ours and what it replaces, one after the other in one process on one thread; untrained encoders of
three layers of 64, molecules of NCI (17 nodes on average) and simulated connectomes of 116 regions.
Quality, and the stock explainers on trained models: [peers](../peers/README.md).
"""


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``."""
    parts = [INTRODUCTION]
    for benchmark, table in TABLES.items():
        part = rows[rows["benchmark"] == benchmark]
        if len(part):
            parts.append(table(part))
    (folder / "results.md").write_text("\n".join(parts), encoding="utf-8")


def _masks(rows: pd.DataFrame) -> str:
    cells = {}
    for (encoder, case), part in rows.groupby(["encoder", "case"], sort=False):
        value = part.set_index(["method", "measure"])["value"]
        stock, ours = (
            value[method, "seconds of a graph"] for method in ("GNNExplainer", "MaskOptimization")
        )
        step = value["MaskOptimization", "seconds of a step"]
        bare = value["bare forward and backward", "seconds of a step"]
        cells[encoder, case] = {
            "GNNExplainer one by one, ms a graph": f"{1e3 * stock:.0f}",
            "MaskOptimization batched, ms a graph": f"{1e3 * ours:.2f}",
            "times faster": f"{stock / ours:.0f}",
            "step / bare forward and backward": f"{step / bare:.2f}",
        }
    return _section(
        f"Masks: {rows['pairs'].iloc[0]} pairs of molecules, {rows['steps'].iloc[0]} steps",
        "Both sides masked: a pair is two graphs.",
        cells,
        ["encoder", "masks"],
    )


def _relevance(rows: pd.DataFrame) -> str:
    cells = {}
    rows = rows.sort_values(["case", "method"], ascending=[False, True], kind="stable")
    for (case, method, encoder), part in rows.groupby(["case", "method", "encoder"], sort=False):
        value = part.set_index("measure")["value"]
        recipe = value["seconds of a pair, recipe"]
        alone, of_all = value["seconds of a pair, alone"], value["seconds of a pair, of all"]
        cells[case, method, encoder] = {
            "recipe, ms a pair": significant(1e3 * recipe),
            "one pair alone, ms": significant(1e3 * alone),
            "recipe / alone": significant(recipe / alone),
            "of all pairs, ms a pair": significant(1e3 * of_all),
            "recipe / of all pairs": significant(recipe / of_all),
            "memory, MiB": f"{value['MiB of all pairs']:.0f}",
        }
    return _section(
        f"Relevance: all pairs of {rows['graphs'].iloc[0]} graphs, 128 outputs",
        "*Recipe*: two factors for every pair, one backward pass per output.",
        cells,
        ["graphs", "method", "encoder"],
    )


def _all_pairs(rows: pd.DataFrame) -> str:
    cells = {}
    for method, part in rows.groupby("method", sort=False):
        value = part.set_index("measure")["value"]
        cells[method] = {
            "pairs": f"{value['pairs']:,.0f}",
            "factors, s": f"{value['seconds, factors']:.1f}",
            "matrices and their five strongest entries, s": f"{value['seconds, matrices']:.1f}",
            "memory, MiB": f"{value['MiB']:.0f}",
        }
    return _section(
        f"All pair matrices of {rows['many'].iloc[0]:,} molecules",
        f"{rows['encoder'].iloc[0]}, 64 outputs.",
        cells,
        ["method"],
    )


def _marginals(rows: pd.DataFrame) -> str:
    cells = {}
    for (case, encoder, method), part in rows.groupby(["case", "encoder", "method"], sort=False):
        value = part.set_index("measure")["value"]
        act, masks = method.split(", ")
        names = ("Saliency", "integrated gradients, 1 point", "BiLRP")
        saliency, step, bilrp = (value[f"seconds, {name}"] for name in names)
        names = ("integrated gradients", "integrated Jacobians")
        gradients, jacobians = (value[f"seconds, {name}"] for name in names)
        pairs = f"{value['explained']:,.0f} pairs of {case}"
        cells[pairs, encoder, act, masks] = {
            "BiLRP, s": significant(bilrp),
            "BiLRP / (Saliency + one step)": f"{bilrp / (saliency + step):.2f}",
            "integrated Jacobians, s": significant(jacobians),
            "integrated Jacobians / gradients": f"{jacobians / gradients:.2f}",
        }
    return _section(
        "Masks of relevance: sums of pair matrices without the matrices",
        f"Processor time, next to `Saliency` plus one step of integrated gradients, and next to "
        f"integrated gradients at the same {rows['points'].iloc[0]:.0f} points. Where these have "
        f"converged (gelu on most graphs, encoders without biases), the sums take no passes of "
        f"their own.",
        cells,
        ["pairs", "encoder", "activation", "masks"],
    )


def _kinks(rows: pd.DataFrame) -> str:
    cells = {}
    for (case, encoder, method), part in rows.groupby(["case", "encoder", "method"], sort=False):
        value = part.set_index("measure")["value"]
        points, precision = method.split(", ")
        cells[case, encoder, precision, points] = {
            "completeness error": f"{value['error']:.0e}",
            "points of a graph": f"{value['points']:,.0f}",
            "seconds of a pair": significant(value["seconds of a pair"]),
        }
    return _section(
        "Paths of ReLU encoders, cut at their kinks",
        f"Node masks of integrated Jacobians, random biases; medians over "
        f"{rows['sample'].iloc[0]:.0f} pairs.",
        cells,
        ["graphs", "encoder", "precision", "points"],
    )


def _constraints(rows: pd.DataFrame) -> str:
    cells = {}
    for case, part in rows.groupby("case", sort=False):
        value = part.set_index("measure")["value"]
        model, rest = value["seconds of a step, model"], value["seconds of a step, constraints"]
        cells[f"{value['pairs']:.0f} pairs of {case}"] = {
            "masks": f"{value['masks']:,.0f}",
            "relations": f"{value['relations']:,.0f}",
            "model, ms a step": f"{1e3 * model:.1f}",
            "constraints, ms a step": f"{1e3 * rest:.1f}",
            "constraints / model": f"{rest / model:.2f}",
        }
    return _section(
        "Constraints of self-learned masks, next to the model's forward and backward",
        "`SelfLearned` by descent-ascent, all pairs together.",
        cells,
        ["graphs"],
    )


def _links(rows: pd.DataFrame) -> str:
    cells = {}
    for (encoder, case), part in rows.groupby(["encoder", "case"], sort=False):
        value = part.set_index(["method", "measure"])["value"]
        ours, stock = (
            value[method, "seconds of a link"] for method in ("explain_links", "PyG's Explainer")
        )
        cells[encoder, case] = {
            "links": f"{value['explain_links', 'links']:,.0f}",
            "PyG's Explainer, s a link": significant(stock),
            "explain_links, s a link": significant(ours),
            "times faster": f"{stock / ours:.0f}",
            "memory, MiB": f"{value['explain_links', 'MiB beside the graph']:.0f}",
        }
    sizes = rows.set_index("measure")["value"]
    nodes, edges = (sizes[sizes.index == name].iloc[0] for name in ("nodes", "edges"))
    few = sizes[sizes.index == "links"].min()
    return _section(
        f"Links of a graph of {nodes:,.0f} nodes and {edges:,.0f} edges",
        f"Edge masks. The graph has hubs (Barabasi and Albert). PyG's `Explainer` runs on the "
        f"whole graph, with `GNNExplainer` of as many steps for masks, and Captum for the others; "
        f"{few:.0f} of the links. Memory is beside the graph, with all "
        f"explanations.",
        cells,
        ["encoder", "method"],
    )


def _libraries(rows: pd.DataFrame) -> str:
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for method, measure, value in rows[["method", "measure", "value"]].itertuples(index=False):
        cells[method, measure] = {"value": significant(value)}
    return _section(
        "Libraries",
        "One thread. Molecules are those of RDKit's NCI table, from SMILES to embeddings. Entries "
        "are 64 numbers around 1,000 centres; the ten nearest are asked for. FAISS Flat and "
        "scikit-learn compare with every entry, HNSW with some.",
        cells,
        ["method", "measure"],
    )


TABLES = {
    "masks": _masks,
    "relevance": _relevance,
    "all pairs": _all_pairs,
    "marginals": _marginals,
    "kinks": _kinks,
    "constraints": _constraints,
    "links": _links,
    "libraries": _libraries,
}


def _section(title: str, text: str, cells: dict, names: list[str]) -> str:
    return f"## {title}\n\n{text}\n\n{markdown(framed(cells, *names))}"
