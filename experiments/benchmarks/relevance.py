"""Relevance factors against the original recipe.

The original recipe computes two factors for every pair and sends one backward pass per embedding
coordinate through one graph. Here every graph has one factor, computed for a batch of graphs (or
for all coordinates of one small graph) at once, and all pair matrices are products of factors.
Both run the same rules, so the ratios compare recipes alone.
"""

import statistics
from collections.abc import Sequence
from typing import Any

import torch
from benchmarks.subjects import seconds, siamese, subjects
from peers.memory import peak, reset_peak
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.algorithm.integrated_jacobians import IntegratedJacobians
from pyg_siamex.explain.relevance import Factors, all_pairs, backward, pair_relevance, top_pairs

Method = BiLRP | IntegratedJacobians
OUTPUTS, TOP = 128, 5
CPU = torch.device("cpu")


def measure_relevance(unit: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Seconds of a pair: by the recipe, alone, and among all pairs; and memory of all pairs.

    The recipe's time for all pairs is its time for a sample, scaled to their number.
    """
    graphs, rows = subjects(unit["case"], unit["graphs"]), []
    model = siamese(unit["encoder"], graphs, OUTPUTS)
    samples = [(graphs[2 * k], graphs[2 * k + 1]) for k in range(unit["sample"])]
    pairs = len(graphs) * (len(graphs) - 1) // 2
    for name, method in _methods(unit):
        alone(model, method, samples[0])
        recipe = [seconds(lambda: by_recipe(model, method, pair)) for pair in samples]  # noqa: B023
        single = [seconds(lambda: alone(model, method, pair)) for pair in samples]  # noqa: B023
        before = reset_peak(CPU)
        together = seconds(lambda: _together(model, method, graphs), 3) / pairs  # noqa: B023
        rows += [
            (name, "seconds of a pair, recipe", statistics.median(recipe)),
            (name, "seconds of a pair, alone", statistics.median(single)),
            (name, "seconds of a pair, of all", together),
            (name, "MiB of all pairs", peak(CPU) - before),
        ]
    return rows


def measure_all_pairs(unit: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Seconds for the factors of many graphs, and for all their pair matrices and the top five."""
    graphs, rows = subjects(unit["case"], unit["many"]), []
    model = siamese(unit["encoder"], graphs)
    for name, method in _methods(unit):
        found: list[Factors] = []
        before = reset_peak(CPU)
        factors = seconds(lambda: found.append(method.factors(model, graphs)))  # noqa: B023
        products = seconds(lambda: top_pairs(all_pairs(found[0], model.similarity), TOP))  # noqa: B023
        rows += [
            (name, "pairs", len(graphs) * (len(graphs) - 1) / 2),
            (name, "seconds, factors", factors),
            (name, "seconds, matrices", products),
            (name, "MiB", peak(CPU) - before),
        ]
    return rows


def _methods(unit: dict[str, Any]) -> list[tuple[str, Method]]:
    points = unit["points"]
    jacobians = IntegratedJacobians(points)
    return [("BiLRP", BiLRP()), (f"integrated Jacobians, {points} points", jacobians)]


def by_recipe(model: SiameseGNN, method: Method, pair: Sequence[Data]) -> Tensor:
    """Two factors, one backward pass per output."""
    small, backward.SMALL = backward.SMALL, 0
    try:
        query, reference = (method.factors(model, [graph]) for graph in pair)
    finally:
        backward.SMALL = small
    return pair_relevance(query, reference, model.similarity)[0]


def alone(model: SiameseGNN, method: Method, pair: Sequence[Data]) -> Tensor:
    """Both graphs at once."""
    factors = method.factors(model, pair)
    return pair_relevance(factors.select([0]), factors.select([1]), model.similarity)[0]


def _together(model: SiameseGNN, method: Method, graphs: Sequence[Data]) -> None:
    """One factor per graph, and their products, sliced out one by one."""
    for block in all_pairs(method.factors(model, graphs), model.similarity):
        for _ in block.matrices():
            pass
