"""Train the network inside PGExplainer on pairs."""

import logging
from collections.abc import Sequence

import torch
from torch_geometric.explain import PGExplainer
from torch_geometric.explain.config import MaskType

from pyg_siamex.explain.engine.seeded import seeded
from pyg_siamex.explain.from_pyg.stock_run import View, connect, like
from pyg_siamex.explain.from_pyg.upstream import copied, undone

_logger = logging.getLogger(__name__)


def trained_copy(algorithm: PGExplainer, views: Sequence[View], seed: int) -> PGExplainer:
    """Train a copy of ``algorithm`` from scratch, one step for each view and epoch.

    Args:
        algorithm: The algorithm with its settings.
        views: The views to learn from, in evaluation mode; left unchanged.
        seed: Seed of the network's initial weights and of the edge samples.

    Returns:
        The trained copy.

    Raises:
        ValueError: If the views have no edges to train on, or the loss is not finite.
    """
    views = [view for view in views if view.union.has_edges]
    if not views:
        raise ValueError("there is no pair with an edge to train on")
    trained = copied(algorithm).to(like(views[0]))
    connect(trained, None, MaskType.object)
    with seeded(seed):
        trained.reset_parameters()
    trained.optimizer = torch.optim.Adam(trained.mlp.parameters(), lr=trained.lr)
    targets = []
    for view in views:
        with torch.no_grad():
            targets.append(view(view.x, view.union.edge_index))
    for epoch in range(trained.epochs):
        total = 0.0
        for position, (view, target) in enumerate(zip(views, targets, strict=True)):
            with undone(view, seed + epoch * len(views) + position):
                x, edge_index = view.x, view.union.edge_index
                total += trained.train(epoch, view, x, edge_index, target=target)
        if not torch.tensor(total).isfinite():
            raise ValueError(f"PGExplainer's loss is {total} in epoch {epoch}: lower its lr")
        _logger.info("PGExplainer, epoch %d: loss %.4g", epoch, total / len(views))
    return trained
