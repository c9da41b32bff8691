"""Refuse what would take days, and announce what takes minutes, before it starts."""

import logging
from collections.abc import Callable
from time import perf_counter

from torch import Tensor

from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs

_logger = logging.getLogger(__name__)

MOST_STEPS = 10**11
"""Most nodes and edges that leave-outs send through an encoder: some hours of one core."""

_ANNOUNCED = 60.0
"""Seconds from which the time is announced."""


def check_leave_outs(graphs: MaskedGraphs, rounds: int = 1) -> float:
    """Refuse leave-outs of graphs that are too large for one encoding of the whole graph each.

    Args:
        graphs: The graphs and their masks.
        rounds: How often each element is left out.

    Returns:
        How often each node and edge goes through the encoder.

    Raises:
        ValueError: If all leave-outs together pass :data:`MOST_STEPS` nodes and edges through the
            encoder.
    """
    size = _sizes(graphs)
    steps = rounds * sum(float(size[space.graph].sum()) for space in graphs.spaces.values())
    elements = max(len(space) for space in graphs.spaces.values())
    check_steps(steps, elements, float(size.max()))
    return steps / max(float(size.sum()), 1.0)


def check_steps(steps: float, parts: int, size: float) -> None:
    """Refuse to send more than :data:`MOST_STEPS` nodes and edges through an encoder.

    Args:
        steps: Nodes and edges of all graphs that are encoded.
        parts: How many elements, or groups of them, are left out one by one.
        size: Nodes and edges of the largest graph.

    Raises:
        ValueError: If there are too many.
    """
    if steps > MOST_STEPS:
        raise ValueError(
            f"leaving out {parts:,} elements one by one, from graphs of up to {size:,.0f} nodes "
            f"and edges, sends {steps:.1e} of them through the encoder, and at most "
            f"{MOST_STEPS:.0e} are allowed: use an algorithm by gradients "
            f"(IntegratedGradients, MaskOptimization, Saliency; "
            f"SelfLearned with Invariance.learn(model, graphs, algorithms=IntegratedGradients())), "
            f"or explain a part of the graph (GroupOcclusion of few groups, NodePairs)"
        )


def announce(times: float, encode: Callable[[], object]) -> None:
    """Warn of work that takes minutes or hours, with its time.

    Args:
        times: How often all graphs are encoded.
        encode: Encodes all graphs once.
    """
    start = perf_counter()
    encode()
    seconds = times * (perf_counter() - start)
    if seconds >= _ANNOUNCED:
        _logger.warning(
            "leaving out one element after the other takes about %s: "
            "algorithms by gradients (IntegratedGradients, MaskOptimization) take seconds",
            _in_time(seconds),
        )


def _in_time(seconds: float) -> str:
    return f"{seconds / 3600:,.1f} hours" if seconds >= 5400 else f"{seconds / 60:.0f} minutes"


def _sizes(graphs: MaskedGraphs) -> Tensor:
    """Nodes and edges of each graph."""
    union = graphs.union
    nodes = union.batch.bincount(minlength=union.num_graphs)
    return (nodes + union.edge_graph.bincount(minlength=union.num_graphs)).double()
