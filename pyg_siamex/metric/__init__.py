"""Measures that tell a good explanation from a bad one."""

from pyg_siamex.metric.ground_truth import ground_truth_auroc, ground_truth_average_precision

__all__ = ["ground_truth_auroc", "ground_truth_average_precision"]
