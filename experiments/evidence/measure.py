"""Which evidence finds what two graphs are alike by? Sets with exact truth."""

import itertools
import random
import statistics
from typing import Any

import pandas as pd
import torch
from evidence.methods import COMPARED, methods
from evidence.sets import alkane_carbonyl, ba_motifs, conjunction, sharing, two_motifs
from scipy.stats import spearmanr
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.nn import GAT, GCN, GIN

from pyg_siamex import PairDataset, PairExplainer, SiameseGNN, fit
from pyg_siamex.explain import PairAlgorithm
from pyg_siamex.metric import ground_truth_auroc
from pyg_siamex.nn.training import pair_auc

KEYS = {
    "set": str,
    "encoder": str,
    "seed": int,
    "graphs": int,
    "epochs": int,
    "width": int,
    "queries": int,
    "references": int,
}
_ENCODERS = {"GIN": GIN, "GCN": GCN, "GAT": GAT}
_MOTIFS = ("ba motifs", "two motifs")


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """One row for each method and kind of pairs: AUROC, and stability over references.

    Pairs are ``alike`` with the query masked alone, ``unlike``, alike with ``both`` graphs masked,
    or, for edges of an encoder that reads weights, alike with masks as edge ``weights``.
    """
    model, quality, pool, test = train(unit)
    masks: dict[str, Any] = {"node_mask_type": "object"}
    if unit["set"] in _MOTIFS:
        masks = {"edge_mask_type": "object", "undirected": True}
    alike, found = choose(test, unit), methods(model, pool)
    few = {name: found[name] for name in COMPARED}
    rows = _judged(model, alike, found, {"side": "query", **masks}, "alike")
    rows += _judged(model, alike, few, {"side": "both", **masks}, "both")
    if unit["set"] != "two motifs":
        unlike = choose(test, unit, of=0)
        rows += _judged(model, unlike, few, {"side": "query", **masks}, "unlike")
    if "edge_mask_type" in masks and "edge_weight" in model.extra_inputs:
        weighted = {"side": "query", "mask_mode": "weight", **masks}
        rows += _judged(model, _with_weights(alike), few, weighted, "weights")
    frame = pd.DataFrame(rows, columns=["pairs", "method", "auroc", "stability"])
    return frame.assign(pair_auc=quality)


def _judged(
    model: SiameseGNN,
    chosen: tuple[list, ...],
    algorithms: dict[str, tuple[PairAlgorithm, bool]],
    options: dict[str, Any],
    pairs: str,
) -> list[list]:
    queries, references, truths, scopes, numbers = chosen
    rows = []
    for name, (algorithm, magnitude) in algorithms.items():
        try:
            explainer = PairExplainer(model, algorithm, **options)
            found = explainer.explain(queries, references)
        except ValueError:  # not with masks as weights
            continue
        values = [e.query.edge_mask if "edge_mask" in e.query else e.query.node_mask for e in found]
        values = [(v.abs() if magnitude else v).flatten().double() for v in values]
        auroc = statistics.mean(map(_auroc, values, truths, scopes))
        rows.append([pairs, name, auroc, _stability(values, numbers)])
    return rows


def _with_weights(chosen: tuple[list, ...]) -> tuple[list, ...]:
    graphs = [[graph.clone() for graph in part] for part in chosen[:2]]
    for graph in itertools.chain(*graphs):
        graph.edge_weight = torch.ones(graph.num_edges)
    return (*graphs, *chosen[2:])


def train(unit: dict[str, Any]) -> tuple[SiameseGNN, float, list[Data], list[Data]]:
    """A model, its pair AUC, the graphs it learned from and the graphs it has not seen."""
    seed, count = unit["seed"], unit["graphs"]
    parts: list[PairDataset]
    if unit["set"] == "two motifs":
        graphs, has = two_motifs(count, seed)
        cuts = [0, int(0.65 * count), int(0.75 * count), count]
        spans = [slice(a, b) for a, b in itertools.pairwise(cuts)]
        parts = [
            sharing(graphs[s], has[s], k, seed)
            for s, k in zip(spans, (3000, 400, 400), strict=True)
        ]
        pool, test = graphs[spans[0]], graphs[spans[2]]
    else:
        graphs = _graphs(unit["set"], count, seed)
        random.Random(seed).shuffle(graphs)
        parts = list(PairDataset(graphs, seed=seed).split((0.65, 0.1, 0.25), seed=seed))
        pool, test = list(parts[0].graphs), list(parts[2].graphs)
    torch.manual_seed(seed)
    kind, options = _ENCODERS[unit["encoder"]], {"norm": "batch_norm"}
    if unit["encoder"] == "GAT":
        options["heads"] = 4
    model = SiameseGNN(kind(graphs[0].x.size(1), unit["width"], 3, **options), "mean")
    fit(
        model,
        parts[0],
        validation=parts[1],
        epochs=unit["epochs"],
        lr=3e-3,
        seed=seed,
        progress=False,
    )
    return model, pair_auc(model, parts[2]), pool, test


def choose(
    test: list[Data], unit: dict[str, Any], of: int = 1
) -> tuple[list[Data], list[Data], list[Tensor], list[Tensor], list[Any]]:
    """Queries, references of a class, truth, the elements that are judged, numbers of queries."""
    drawn, out = random.Random(unit["seed"]), ([], [], [], [], [])
    motifs = unit["set"] == "two motifs"
    asked = [g for g in test if int(g.y) == (2 if motifs else 1) and _partly(g.truth)]
    for number, query in enumerate(drawn.sample(asked, min(unit["queries"], len(asked)))):
        for label in (0, 1) if motifs else (of,):
            others = [g for g in test if int(g.y) == label and g is not query]
            for reference in drawn.sample(others, unit["references"]):
                truth = query.motif == label if motifs else query.truth
                scope = query.truth if motifs else torch.ones(len(truth)).bool()
                for part, value in zip(
                    out, (query, reference, truth, scope, (number, label)), strict=True
                ):
                    part.append(value)
    return out


def _graphs(name: str, count: int, seed: int) -> list[Data]:
    if name == "ba motifs":
        return ba_motifs(count, seed)
    if name == "alkane and carbonyl":
        return alkane_carbonyl(count // 2, seed)
    first, second = name.split(" and ")
    return conjunction(first, second, count // 2, seed)


def _partly(truth: Tensor) -> bool:
    present = truth.view(len(truth), -1).any(1)
    return bool(present.any() and not present.all())


def _auroc(values: Tensor, truth: Tensor, scope: Tensor) -> float:
    """The best of the alternatives, among the elements of the scope."""
    columns = truth[scope].view(int(scope.sum()), -1).unique(dim=1).T
    return max(
        ground_truth_auroc(values[scope], one) for one in columns if 0 < one.sum() < len(one)
    )


def _stability(values: list[Tensor], numbers: list[Any]) -> float:
    """Mean rank correlation of the explanations of a query over its references."""
    by_query: dict[Any, list[Tensor]] = {}
    for value, number in zip(values, numbers, strict=True):
        by_query.setdefault(number, []).append(value)
    found = [
        float(spearmanr(a, b).statistic)
        for own in by_query.values()
        for a, b in itertools.combinations(own, 2)
        if a.std() > 0 and b.std() > 0
    ]
    return statistics.mean(found) if found else 1.0
