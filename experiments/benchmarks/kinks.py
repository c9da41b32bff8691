"""Paths cut at the kinks of ReLU against a fixed number of points: error, points and time."""

import statistics
from typing import Any

import torch
from benchmarks.subjects import seconds, siamese, subjects
from torch import nn

from pyg_siamex import IntegratedJacobians, PairExplainer

_MOST = 8192


def measure_kinks(unit: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Completeness error, points of a graph and seconds of a pair, medians over pairs."""
    graphs, rows = subjects(unit["case"], 2 * unit["sample"]), []
    for precision in (torch.float32, torch.float64):
        model = _with_biases(siamese(unit["encoder"], graphs)).to(precision)
        given = [graph.clone() for graph in graphs]
        for graph in given:
            graph.x = graph.x.to(precision)
        for name, algorithm in {
            "32 points": IntegratedJacobians(),
            "1024 points": IntegratedJacobians(1024),
            "kinks": IntegratedJacobians(quadrature="kinks", most_steps=_MOST),
        }.items():
            explainer = PairExplainer(model, algorithm, node_mask_type="object")
            found: list[Any] = []
            times = [
                seconds(lambda k=k: found.append(explainer(given[2 * k], given[2 * k + 1])))  # noqa: B023
                for k in range(unit["sample"])
            ]
            points = [e.info[f"steps_{side}"] for e in found for side in ("query", "reference")]
            method = f"{name}, {str(precision).split('.')[1]}"
            rows += [
                (method, "error", statistics.median(e.completeness_error for e in found)),
                (method, "points", statistics.median(points)),
                (method, "seconds of a pair", statistics.median(times)),
            ]
    return rows


def _with_biases(model: nn.Module) -> nn.Module:
    """Biases that matter, as after training."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, parameter in model.encoder.named_parameters():
            if name.endswith("bias"):
                parameter.copy_(0.3 * torch.randn(parameter.shape, generator=generator))
    return model
