"""Which edges of a graph carry a link? Simulated graphs with planted reasons."""

import statistics
import time
from typing import Any

import pandas as pd
import torch
from links.methods import METHODS
from links.sets import SETS, Planted
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch_geometric.nn import GIN, GraphSAGE

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.elements import unordered_pairs
from pyg_siamex.metric import ground_truth_auroc
from pyg_siamex.nn import find_hops

KEYS = {
    "set": str,
    "encoder": str,
    "seed": int,
    "people": int,
    "pairs": int,
    "epochs": int,
    "width": int,
    "explained": int,
}
_ENCODERS = {"GraphSAGE": GraphSAGE, "GIN": GIN}


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """One row for each method: AUROC over links and seconds for a link."""
    planted = SETS[unit["set"]](unit["people"], unit["pairs"], unit["seed"])
    model, quality, chosen = train(planted, unit)
    links = planted.pairs[chosen].T
    hops = find_hops(model, planted.graph, links)
    rows = []
    for name, method in METHODS.items():
        start = time.perf_counter()
        values = method(model, planted, links, hops)
        seconds = (time.perf_counter() - start) / len(chosen)
        each = list(zip(chosen, values, strict=True))
        auroc = [
            statistics.mean(auroc_of(planted, pair, value, within) for pair, value in each)
            for within in (1, 2)
        ]
        rows.append([quality, hops, name, *auroc, seconds])
    return pd.DataFrame(
        rows, columns=["link_auc", "hops", "method", "auroc", "auroc_two_hops", "seconds"]
    )


def train(planted: Planted, unit: dict[str, Any]) -> tuple[SiameseGNN, float, list[int]]:
    """A model, its AUC on unseen pairs, and unseen links that it finds."""
    torch.manual_seed(unit["seed"])
    graph, pairs = planted.graph, planted.pairs
    encoder = _ENCODERS[unit["encoder"]](graph.num_features, unit["width"], 2)
    bias = torch.nn.Parameter(torch.zeros(()))
    optimiser = torch.optim.Adam([*encoder.parameters(), bias], lr=5e-3)
    seen = torch.arange(len(pairs)) < 0.8 * len(pairs)

    def score() -> Tensor:
        z = encoder(graph.x, graph.edge_index)
        return (z[pairs[:, 0]] * z[pairs[:, 1]]).sum(dim=1) + bias

    for _ in range(unit["epochs"]):
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits
        loss(score()[seen], planted.linked[seen].float()).backward()
        optimiser.step()
    with torch.no_grad():
        scores = score()
    quality = float(roc_auc_score(planted.linked[~seen], scores[~seen]))
    order = scores.masked_fill(seen | ~planted.linked, -torch.inf).argsort(descending=True)
    found = int((planted.linked & ~seen & (scores > 0)).sum())
    chosen = order[: max(found, unit["explained"])]
    drawn = torch.randperm(len(chosen), generator=torch.Generator().manual_seed(unit["seed"]))
    model = SiameseGNN(encoder, pool="root", similarity="dot").eval()
    return model, quality, chosen[drawn[: unit["explained"]]].tolist()


def auroc_of(planted: Planted, pair: int, values: Tensor, within: int) -> float:
    """AUROC of the edges within so many hops of a link, both directions of an edge added up."""
    ends, number = unordered_pairs(planted.graph.edge_index)
    each = values.new_zeros(ends.size(1)).index_add(0, number, values)
    near = planted.pairs[pair]
    for _ in range(within):
        touched = torch.isin(ends, near).any(0)
        near = ends[:, touched].unique()
    reasons = planted.reasons(pair)
    truth = torch.tensor([tuple(edge) in reasons for edge in ends[:, touched].T.tolist()])
    return ground_truth_auroc(each[touched], truth)
