"""Batched pair masks against stock GNNExplainer, one graph at a time."""

import statistics
from typing import Any

import torch
from benchmarks.subjects import seconds, siamese, subjects
from peers.methods import MODEL
from torch_geometric.data import Batch, Data
from torch_geometric.explain import Explainer, GNNExplainer

from pyg_siamex import MaskOptimization, PairExplainer, SiameseGNN
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs

MASKS: dict[str, dict[str, str]] = {
    "edges": {"edge_mask_type": "object"},
    "edges and features": {"edge_mask_type": "object", "node_mask_type": "attributes"},
}


def measure_masks(unit: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Seconds of a graph (a pair with both sides masked is two), and of a step and a bare pass."""
    graphs = subjects("molecules", 2 * unit["pairs"])
    queries, references = graphs[: unit["pairs"]], graphs[unit["pairs"] :]
    model, masks = siamese(unit["encoder"], graphs), MASKS[unit["case"]]
    explainer = PairExplainer(model, MaskOptimization(epochs=unit["steps"]), **masks)
    step, bare = _step(explainer, queries, references, unit["steps"])
    return [
        ("GNNExplainer", "seconds of a graph", _stock(model, graphs, masks, unit)),
        ("MaskOptimization", "seconds of a graph", _ours(explainer, queries, references)),
        ("MaskOptimization", "seconds of a step", step),
        ("bare forward and backward", "seconds of a step", bare),
    ]


def _stock(
    model: SiameseGNN, graphs: list[Data], masks: dict[str, str], unit: dict[str, Any]
) -> float:
    """Median over some of the queries."""
    times = []
    for query, reference in zip(graphs[: unit["stock"] + 1], graphs[unit["pairs"] :], strict=False):
        explainer = Explainer(
            model.against(reference),
            algorithm=GNNExplainer(epochs=unit["steps"]),
            explanation_type="model",
            **masks,
            model_config=MODEL,
        )
        times.append(seconds(lambda: explainer(query.x, query.edge_index)))  # noqa: B023
    return statistics.median(times[1:])  # the first compiles PyG's templates


def _ours(explainer: PairExplainer, queries: list[Data], references: list[Data]) -> float:
    query, reference = Batch.from_data_list(queries), Batch.from_data_list(references)
    explainer(Batch.from_data_list(queries[:2]), Batch.from_data_list(references[:2]))
    return seconds(lambda: explainer(query, reference)) / (2 * len(queries))


def _step(
    explainer: PairExplainer, queries: list[Data], references: list[Data], steps: int
) -> tuple[float, float]:
    """An optimisation step, and a masked forward and backward pass of the same batch."""
    chunk = next(explainer._chunks(queries, references))
    problem = explainer._problem(*chunk)
    step = seconds(lambda: explainer._explain(*chunk)) / steps
    with untouched(explainer.model):
        pairs = MaskedPairs(problem)
        masks = {name: mask.requires_grad_() for name, mask in pairs.ones().items()}
        with pairs.encoding() as encode:

            def bare() -> None:
                for _ in range(steps):
                    total = pairs.similarity(encode(masks)).sum()
                    torch.autograd.grad(total, list(masks.values()))

            return step, seconds(bare) / steps
