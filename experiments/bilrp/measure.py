"""Train a model that counts what two graphs share, and judge pair relevances by the truth."""

from typing import Any

import numpy as np
import pandas as pd
import torch
from bilrp.methods import Method, methods
from bilrp.model import determination, train
from bilrp.tasks import TASKS, chosen_pairs, true_pairs
from runner.quiet import quiet
from torch import Tensor
from torch_geometric.data import Batch, Data

from pyg_siamex import SiameseGNN
from pyg_siamex.metric import ground_truth_auroc, ground_truth_average_precision

KEYS = {
    "task": str,
    "biases": bool,
    "seed": int,
    "graphs": int,
    "steps": int,
    "width": int,
    "layers": int,
    "pairs": int,
    "draws": int,
    "noises": list,
    "points": int,
}
TEST = 300


# The plain gamma rule warns of signed inputs; the column ``largest`` says what comes of them.
@quiet()
def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """One row for each method and test pair.

    Columns: ``determination`` (R² of the model on unseen pairs), measures against the truth
    (:func:`against_truth`), and for noise of each size, means over draws: ``kept_SIZE``, the cosine
    of the relevance with the noisy pair's, ``change_SIZE``, the norm of their difference
    relative to the relevance, and ``moved_SIZE``, the relative change of the similarity.
    """
    seed, draw = unit["seed"], TASKS[unit["task"]]
    arguments = {
        name: unit[name] for name in ("task", "width", "layers", "steps", "biases", "seed")
    }
    model = train(graphs=draw(unit["graphs"], 2 * seed), **arguments)
    test = [_double(graph) for graph in draw(TEST, 2 * seed + 1)]
    pairs = chosen_pairs(test, unit["pairs"], seed)
    quality, noises, rows = determination(model, test), unit["noises"], []
    for name, method in methods(unit["points"]).items():
        found = method(model, *pairs)
        shaken = [_robustness(model, method, found, pairs, size, unit["draws"]) for size in noises]
        for k, (relevance, q, r) in enumerate(zip(found, *pairs, strict=True)):
            judged = against_truth(relevance, q, r, float(model(q, r)))
            rows.append({"method": name, "pair": k, "determination": quality, **judged})
            for measures in shaken:
                rows[-1] |= {column: float(values[k]) for column, values in measures.items()}
    return pd.DataFrame(rows)


def _double(graph: Data) -> Data:
    graph.x, graph.counts = graph.x.double(), graph.counts.double()
    return graph


def against_truth(relevance: Tensor, q: Data, r: Data, similarity: float) -> dict[str, float]:
    """Measures of one relevance matrix.

    ``cosine`` with the 0/1 matrix of true pairs, ``auroc`` and ``precision`` (average) of the
    signed relevance, ``share`` of the positive relevance on true pairs, ``other`` share on pairs of
    parts that do not match, ``sum`` and ``largest`` magnitude, both relative to the similarity.
    """
    truth = true_pairs(q, r)
    parts = (q.group >= 0)[:, None] & (r.group >= 0)[None]
    flat, positive = relevance.flatten(), relevance.clamp_min(0)
    whole = float(positive.sum())
    return {
        "cosine": _cosine(relevance, truth.double()),
        "auroc": ground_truth_auroc(flat, truth.flatten()),
        "precision": ground_truth_average_precision(flat, truth.flatten()),
        "prevalence": float(truth.float().mean()),
        "share": float(positive[truth].sum()) / whole if whole else 0.0,
        "other": float(positive[parts & ~truth].sum()) / whole if whole else 0.0,
        "sum": float(relevance.sum()) / similarity,
        "largest": float(relevance.abs().max()) / abs(similarity),
    }


def _robustness(
    model: SiameseGNN,
    method: Method,
    found: list[Tensor],
    pairs: tuple[list[Data], list[Data]],
    size: float,
    draws: int,
) -> dict[str, np.ndarray]:
    """What noise of one size does to each pair's relevance and similarity."""
    seen = []
    for draw in range(draws):
        noisy = _noisy(pairs, size, draw)
        before, after = (_similarities(model, *both) for both in (pairs, noisy))
        again = method(model, *noisy)
        both = list(zip(found, again, strict=True))
        kept = [_cosine(a, b) for a, b in both]
        change = [float((b - a).norm() / a.norm()) for a, b in both]
        seen.append([kept, change, ((after - before) / before).abs().tolist()])
    means = np.array(seen).mean(0)
    return {
        f"{name}_{size:g}": m for name, m in zip(("kept", "change", "moved"), means, strict=True)
    }


def _noisy(
    pairs: tuple[list[Data], list[Data]], size: float, draw: int
) -> tuple[list[Data], list[Data]]:
    """The pairs with Gaussian noise on features, ``size`` times their norm in expectation."""
    generator = torch.Generator().manual_seed(draw)
    queries, references = ([_shaken(graph, size, generator) for graph in side] for side in pairs)
    return queries, references


def _shaken(graph: Data, size: float, generator: torch.Generator) -> Data:
    noise = torch.randn(graph.x.shape, generator=generator, dtype=graph.x.dtype)
    changed = graph.clone()
    changed.x = graph.x + size * graph.x.norm() / graph.x.numel() ** 0.5 * noise
    return changed


def _similarities(model: SiameseGNN, queries: list[Data], references: list[Data]) -> Tensor:
    return model(Batch.from_data_list(queries), Batch.from_data_list(references))


def _cosine(a: Tensor, b: Tensor) -> float:
    return float(torch.nn.functional.cosine_similarity(a.flatten(), b.flatten(), dim=0))
