"""Two subjects' connectomes explained, drawn and told."""

from pathlib import Path
from statistics import mean
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from torch_geometric.explain import Explanation

from pyg_siamex.cli.graph_recipe import GraphRecipe, as_list
from pyg_siamex.cli.matrix_source import MatrixSource, position_of
from pyg_siamex.cli.methods import METHODS, explained
from pyg_siamex.datasets import Connectomes
from pyg_siamex.datasets.connectome import Atlas
from pyg_siamex.explain import PairAlgorithm, PairExplanation, SelfLearned, SharedInvariance
from pyg_siamex.explain.elements import strongest_edges, undirected_edges
from pyg_siamex.nn import SiameseGNN

FORMATS = (".svg", ".png", ".pdf", ".html")
STYLES = ("brains", "circles")
LISTED, DASH = 8, " \u2013 "


def explain_connectomes(
    model: SiameseGNN,
    metadata: dict[str, Any],
    pair: tuple[str, str],
    method: str,
    out: Path,
    *,
    names: tuple[str, str] | None = None,
    matrices: Path | None = None,
    atlas: Atlas | None = None,
    style: str | None = None,
    save: Path | None = None,
) -> None:
    """Explain two subjects, draw them and print the connections that matter most.

    Args:
        model: The model.
        metadata: What its file says of it.
        pair: Names of query and reference.
        method: Name of the explainer; ``"self-learned"`` learns from the subjects of the model.
        out: Picture or page to write.
        names: Names of the two in the picture; their own where not given.
        matrices: Where the matrices are, if not where the model was trained from.
        atlas: Regions, if others than those of the model's file.
        style: ``"brains"`` or ``"circles"``; brains where the regions have coordinates.
        save: File to keep the explanation in.

    Raises:
        ValueError: If there is no such subject, or an argument is not among its choices.
    """
    if out.suffix.lower() not in FORMATS:
        raise ValueError(f"--out must end in {' or '.join(FORMATS)} (got '{out}')")
    recipe = GraphRecipe.from_dict(metadata["graphs"]).with_atlas(atlas)
    if style is not None and out.suffix.lower() == ".html":
        raise ValueError("--style is for pictures: a page shows brains where there are coordinates")
    style = _style(style, recipe.atlas)
    graphs = _read(metadata, recipe, pair, matrices)
    query, reference = (graphs[graphs.subjects.index(name)] for name in pair)
    algorithm = _algorithm(model, method, metadata, graphs)
    explanation = explained(model, method, algorithm, query, reference)
    with torch.no_grad():
        probability = float(model.probability(query, reference))
    if save is not None:
        explanation.save(save)
    _draw(explanation, out, style, names or pair)
    _print(explanation, probability, metadata, pair, out)


def _style(style: str | None, atlas: Atlas | None) -> str:
    placed = atlas is not None and atlas.coordinates is not None
    if style is None:
        return "brains" if placed else "circles"
    if style not in STYLES:
        raise ValueError(f"--style must be {' or '.join(STYLES)} (got '{style}')")
    if style == "brains" and not placed:
        raise ValueError(
            "--style brains needs coordinates: give --atlas a table with columns name, x, y and z, "
            "or --style circles"
        )
    return style


def _read(
    metadata: dict[str, Any], recipe: GraphRecipe, pair: tuple[str, str], matrices: Path | None
) -> Connectomes:
    """The graphs of all subjects that are there and usable, the pair among them."""
    plain = metadata["source"]
    source = MatrixSource(**{**plain, "path": str(matrices or plain["path"])})
    subjects = source.read()
    for name in pair:
        position_of(name, subjects.names, source.path)
    graphs = recipe.graphs(subjects)
    for rejected in graphs.rejected:
        if rejected.subject in pair:
            raise ValueError(str(rejected))
    return graphs


def _algorithm(
    model: SiameseGNN, method: str, metadata: dict[str, Any], graphs: Connectomes
) -> PairAlgorithm:
    if method != "self-learned":
        return METHODS[method]()
    trained = set(metadata["subjects"])
    everyone = as_list(graphs)
    pool = [data for data in everyone if data.name in trained] or everyone
    invariance = SharedInvariance.learn(model, pool, edge_mask_type="object", undirected=True)
    return SelfLearned(solver="gda", invariance=invariance)


def _draw(explanation: PairExplanation, out: Path, style: str, names: tuple[str, str]) -> None:
    from pyg_siamex.visualize import draw_circles, draw_connectomes, report

    if out.suffix.lower() == ".html":
        report(explanation, out, names=names)
        return
    draw = draw_connectomes if style == "brains" else draw_circles
    draw(explanation, out, names=names)


def _print(
    explanation: PairExplanation,
    probability: float,
    metadata: dict[str, Any],
    pair: tuple[str, str],
    out: Path,
) -> None:
    console = Console()
    console.print(f"similarity {explanation.prediction:.3f}, probability alike {probability:.2f}")
    if "cross_validation" in metadata:
        value = mean(metadata["cross_validation"]["pair_auc"])
        console.print(f"the model's pair AUC on held-out subjects is {value:.3f}")
    else:
        console.print(f"the model's training pair AUC is {metadata['training_pair_auc']:.3f}")
    seen = [name for name in pair if name in metadata["subjects"]]
    if seen:
        console.print(f"the model was trained on {' and '.join(seen)} too", markup=False)
    relevance = explanation.relevance is not None
    table = _regions(explanation) if relevance else _connections(explanation, pair)
    console.print(table)
    kind = "page" if out.suffix.lower() == ".html" else "picture"
    console.print(f"{kind}: {out}", soft_wrap=True)


def _connections(explanation: PairExplanation, pair: tuple[str, str]) -> Table:
    title = f"strongest connections ({explanation.algorithm})"
    table = Table("subject", "connection", "importance", title=title)
    grouped = "networks" in explanation.query
    if grouped:
        table.add_column("networks")
    for name, side in zip(pair, (explanation.query, explanation.reference), strict=True):
        for connection, networks, value in strongest_connections(side, LISTED):
            table.add_row(name, connection, f"{value:.3g}", *([networks] if grouped else []))
    return table


def _regions(explanation: PairExplanation) -> Table:
    title = f"strongest pairs of regions ({explanation.algorithm})"
    table = Table("query", "reference", "relevance", title=title)
    sides = explanation.query, explanation.reference
    for i, j, value in explanation.top_pairs(LISTED):
        table.add_row(sides[0].roi_names[i], sides[1].roi_names[j], f"{value:.4f}")
    for name, value in explanation.terms.items():
        table.add_row(f"[dim]{name}[/]", "", f"[dim]{value:.4f}[/]")
    return table


def strongest_connections(explanation: Explanation, k: int) -> list[tuple[str, str, float]]:
    """The ``k`` connections of largest magnitude: regions, networks where known, importance."""
    networks = explanation.get("networks")
    out: list[tuple[str, str, float]] = []
    for i, j, value in strongest_edges(undirected_edges(explanation), k):
        ends = [explanation.roi_names[node] for node in (i, j)]
        inside = [] if networks is None else dict.fromkeys((networks[i], networks[j]))
        out.append((DASH.join(ends), DASH.join(inside), value))
    return out
