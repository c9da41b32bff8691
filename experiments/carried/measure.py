"""How much of the similarity do the parts of relevance carry, and at what pair AUC?"""

import statistics
from itertools import chain
from typing import Any

import pandas as pd
import torch
from carried.trained import Tested, tested
from scipy.stats import spearmanr
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.utils import subgraph

from pyg_siamex import BiLRP, IntegratedJacobians, PairExplainer, PairExplanation, SiameseGNN
from pyg_siamex.metric import ground_truth_auroc

KEYS = {
    "set": str,
    "training": str,
    "seed": int,
    "pairs": int,
    "removed": int,
    "epochs": int,
}


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """One row for each method and each rule for biases."""
    models = tested(unit)
    quality = statistics.mean(auc for _, _, auc in models)
    rules = ("apart", "nodes") if unit["training"] == "as advised" else ("apart",)
    out = []
    for biases in rules:
        for algorithm in (BiLRP(biases=biases), IntegratedJacobians(biases=biases)):
            each = unit["pairs"] // len(models)
            found = [_explained(one, algorithm, each) for one in models]
            sums, whole, _ = (list(chain(*part)) for part in zip(*found, strict=True))
            right = [a * b > 0 for a, b in zip(sums, whole, strict=True)]
            values = {
                "rank correlation": spearmanr(sums, whole).statistic,
                "right sign": statistics.mean(right),
                "largest gap": max(abs(a - b) for a, b in zip(sums, whole, strict=True)),
                **_judged(models[0][0], found[0][2], unit),
            }
            for name, value in {"pair AUC": quality, **values}.items():
                out.append((biases, algorithm.name, name, value))
    return pd.DataFrame(out, columns=["biases", "method", "measure", "value"])


def _explained(
    one: Tested, algorithm: BiLRP | IntegratedJacobians, count: int
) -> tuple[list[float], list[float], list[PairExplanation]]:
    """Sums over parts, similarities, and the explanations of unseen pairs."""
    model, test, _ = one
    pairs = [test[k] for k in range(len(test))]
    half = count // 2
    chosen = [p for p in pairs if p.y == 1][:half] + [p for p in pairs if p.y == 0][:half]
    mask = "attributes" if chosen[0].query.num_nodes == 1 else "object"
    explainer = PairExplainer(model, algorithm, node_mask_type=mask)
    found = explainer.explain([p.query for p in chosen], [p.reference for p in chosen])
    sums = [float(e.query.node_mask.double().sum()) for e in found]
    return sums, [e.prediction for e in found], found


def _judged(model: SiameseGNN, found: list[PairExplanation], unit: dict) -> dict[str, float]:
    """What the relevance of the query's atoms or regions agrees with, where that is known."""
    if "planted" in found[0].query:
        alike = [e for e in found if e.query.planted.any() and e.reference.planted.any()]
        default = torch.tensor([name == "default" for name in found[0].query.networks])
        auroc = [ground_truth_auroc(_own(e).abs(), default) for e in alike]
        return {"AUROC of regions": statistics.mean(auroc)}
    if "smiles" not in found[0].query:
        return {}
    several = [e for e in found if e.query.num_nodes > 2]
    step = max(len(several) // max(unit["removed"], 1), 1)
    agreed = [_agreement(model, e) for e in several[::step]]
    out = {"removal": statistics.mean(value for value in agreed if value == value)}
    if "atom_truth" in found[0].query:
        alike = [e for e in found if e.query.y == e.reference.y and not e.query.atom_truth.all()]
        values = [ground_truth_auroc(_own(e).abs(), e.query.atom_truth) for e in alike]
        out["AUROC of atoms"] = statistics.mean(values)
    return out


def _own(explanation: PairExplanation) -> Tensor:
    return explanation.query.node_mask[:, 0].double()


@torch.no_grad()
def _agreement(model: SiameseGNN, explanation: PairExplanation) -> float:
    """Rank correlation with what the similarity loses when one atom is really taken away."""
    query = explanation.query
    without = [_without(query, atom) for atom in range(query.num_nodes)]
    reference = Data(x=explanation.reference.x, edge_index=explanation.reference.edge_index)
    left = model(Batch.from_data_list(without), reference)
    return float(spearmanr(_own(explanation), explanation.prediction - left).statistic)


def _without(graph: Data, atom: int) -> Data:
    keep = torch.arange(graph.num_nodes) != atom
    edges, _ = subgraph(keep, graph.edge_index, relabel_nodes=True, num_nodes=graph.num_nodes)
    return Data(x=graph.x[keep], edge_index=edges)
