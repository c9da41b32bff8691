"""Which masks does an optimised objective find? Bond truth of NCI molecules."""

import random
import statistics
from typing import Any

import pandas as pd
import torch
from mask_objective.methods import METHODS
from torch_geometric.data import Data

from pyg_siamex import PairDataset, PairExplainer, SiameseGNN, fit
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.explain import PairAlgorithm
from pyg_siamex.metric import ground_truth_auroc, ground_truth_average_precision
from pyg_siamex.nn import build_siamese
from pyg_siamex.nn.training import pair_auc

KEYS = {
    "model": str,
    "pool": str,
    "norm": str | None,
    "seed": int,
    "explained": int,
    "epochs": int,
    "width": int,
    "layers": int,
}


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """One row for each kind of pair and method: mean AUROC and average precision of both sides."""
    model, test = train(unit)
    quality, rows = pair_auc(model, test), []
    for alike in (True, False):
        pairs = choose(test, alike, unit["explained"], unit["seed"])
        for method, algorithm in METHODS.items():
            auroc, precision = score(model, algorithm, *pairs)
            kind = "alike" if alike else "unlike"
            rows.append([quality, kind, method, auroc, precision])
    columns = ["pair_auc", "pairs", "method", "auroc", "average_precision"]
    return pd.DataFrame(rows, columns=columns)


def train(unit: dict[str, Any]) -> tuple[SiameseGNN, PairDataset]:
    """A model and its test pairs."""
    molecules, seed = FunctionalGroups(), unit["seed"]
    learn, validation, test = PairDataset(molecules, seed=seed).split((0.7, 0.1, 0.2), seed=seed)
    torch.manual_seed(seed)
    model = build_siamese(
        "GIN",
        unit["pool"],
        in_channels=molecules.features.num_node_features,
        hidden_channels=unit["width"],
        num_layers=unit["layers"],
        norm=unit["norm"],
    )
    options = {"epochs": unit["epochs"], "lr": 3e-3, "seed": seed, "progress": False}
    fit(model, learn, validation=validation, **options)
    return model, test


def choose(test: PairDataset, alike: bool, count: int, seed: int) -> tuple[list[Data], list[Data]]:
    """Random test pairs whose molecules are more than their group."""
    drawn, pairs = random.Random(seed), []
    while len(pairs) < count:
        a, b = (test.graphs[k] for k in drawn.sample(range(len(test.graphs)), 2))
        if bool(a.y == b.y) == alike and not (a.bond_truth.all() or b.bond_truth.all()):
            pairs.append((a, b))
    return [a for a, _ in pairs], [b for _, b in pairs]


def score(
    model: SiameseGNN, method: PairAlgorithm, queries: list[Data], references: list[Data]
) -> tuple[float, float]:
    """Mean bond AUROC and average precision of both sides' magnitudes."""
    explainer = PairExplainer(model, method, edge_mask_type="object", undirected=True)
    sides = [s for e in explainer.explain(queries, references) for s in (e.query, e.reference)]
    return (
        statistics.mean(ground_truth_auroc(s.edge_mask.abs(), s.bond_truth) for s in sides),
        statistics.mean(
            ground_truth_average_precision(s.edge_mask.abs(), s.bond_truth) for s in sides
        ),
    )
