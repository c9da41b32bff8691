"""Train on simulated connectomes; then take away what is planted, or as much of the rest."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import torch
from runner.quiet import quiet
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.nn import GCN, GIN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.datasets import PlantedConnectomes
from pyg_siamex.nn.training import pair_auc
from pyg_siamex.nn.training.quality import spread

KEYS = {"classes": str, "encoder": str, "seed": int, "subjects": int, "epochs": int}
TWO = {"a": ["default"], "b": ["occipital"]}
CLASSES = {
    "default network": {"control": [], "patient": ["default"]},
    "either of two networks": {"a": ["default"], "b": ["occipital"]},
    "both of two networks": {
        "a": ["default"],
        "b": ["occipital"],
        "both": ["default", "occipital"],
    },
}
ENCODERS = {"GIN": GIN, "GCN": GCN}


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """Columns ``measure`` and ``value``: pair AUC on unseen subjects, and cosines of classes."""
    classes, seed = CLASSES[unit["classes"]], unit["seed"]
    subjects = PlantedConnectomes(unit["subjects"], classes, seed=seed)
    parts = PairDataset(subjects, seed=seed).split((0.6, 0.1, 0.3), seed=seed)
    learn, validation, test = parts
    with quiet(), torch.random.fork_rng():
        torch.manual_seed(seed)
        model = SiameseGNN(ENCODERS[unit["encoder"]](6, 32, 2))
        fit(model, learn, validation=validation, epochs=unit["epochs"], seed=seed, progress=False)
    unseen = list(test.graphs)
    rows = {
        "pair AUC": pair_auc(model, test),
        "pair AUC without the blocks": _auc(model, unseen, _outside, seed),
        "pair AUC without as many others": _auc(model, unseen, _as_many_others, seed),
    }
    with torch.no_grad():
        embedded = torch.cat([model.embed(graph) for graph in unseen])
    labels = torch.tensor([int(graph.y) for graph in unseen])
    for number, name in enumerate(classes):
        rows[f"mean cosine, {name}"] = spread(embedded[labels == number])
    return pd.DataFrame(list(rows.items()), columns=["measure", "value"])


def _auc(
    model: SiameseGNN, graphs: list[Data], kept: Callable[[Data, int], Tensor], seed: int
) -> float:
    """Pair AUC of the same subjects with a part of their edges."""
    lesser = [
        Data(x=g.x, edge_index=g.edge_index[:, kept(g, seed + k)], y=g.y)
        for k, g in enumerate(graphs)
    ]
    return pair_auc(model, PairDataset(lesser, seed=seed))


def _outside(graph: Data, seed: int) -> Tensor:
    """Edges of no block: what is left is independent of the class."""
    return graph.edge_block < 0


def _as_many_others(graph: Data, seed: int) -> Tensor:
    """All but as many connections outside the blocks, both directions of each."""
    row, column = graph.edge_index
    forward = (row < column) & (graph.edge_block < 0)
    others = forward.nonzero().flatten()
    order = torch.randperm(len(others), generator=torch.Generator().manual_seed(seed))
    gone = others[order[: int((graph.edge_block >= 0).sum()) // 2]]
    keys = torch.minimum(row, column) * graph.num_nodes + torch.maximum(row, column)
    return ~torch.isin(keys, keys[gone])
