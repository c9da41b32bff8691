"""Refuse what would take days, before it starts."""

from torch import Tensor

from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs

MOST_STEPS = 10**11
"""Most nodes and edges that leave-outs send through an encoder: some hours of one core."""


def check_leave_outs(graphs: MaskedGraphs, rounds: int = 1) -> None:
    """Refuse leave-outs of graphs that are too large for one encoding of the whole graph each.

    Args:
        graphs: The graphs and their masks.
        rounds: How often each element is left out.

    Raises:
        ValueError: If all leave-outs together pass :data:`MOST_STEPS` nodes and edges through the
            encoder.
    """
    size = _sizes(graphs)
    steps = sum(float(size[space.graph].sum()) for space in graphs.spaces.values())
    if rounds * steps > MOST_STEPS:
        elements = max(len(space) for space in graphs.spaces.values())
        raise ValueError(
            f"leaving out {elements:,} elements one by one, from graphs of up to "
            f"{int(size.max()):,} nodes and edges, sends {rounds * steps:.1e} of them through the "
            f"encoder, and at most {MOST_STEPS:.0e} are allowed: use an algorithm by gradients "
            f"(IntegratedGradients, MaskOptimization, Saliency; "
            f"SelfLearned with Invariance.learn(model, graphs, algorithms=IntegratedGradients())), "
            f"or explain a part of the graph (GroupOcclusion, NodePairs)"
        )


def _sizes(graphs: MaskedGraphs) -> Tensor:
    """Nodes and edges of each graph."""
    union = graphs.union
    nodes = union.batch.bincount(minlength=union.num_graphs)
    return (nodes + union.edge_graph.bincount(minlength=union.num_graphs)).double()
