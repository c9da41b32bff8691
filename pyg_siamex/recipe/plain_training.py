"""Training of graphs, or rows, that need nothing of their own: pairs, and a model on them."""

from typing import Any

from pyg_siamex._given import either
from pyg_siamex.data import PairDataset
from pyg_siamex.explain.engine.seeded import seeded
from pyg_siamex.nn import SiameseGNN, build_siamese
from pyg_siamex.nn.training import FitResult, fit
from pyg_siamex.recipe.settings import Settings

EPOCHS, LR = 20, 1e-3

ENOUGH = ((100, (0.8, 0.1, 0.1)), (50, (0.6, 0.2, 0.2)))
"""Fewest graphs, and the shares to learn from, to stop by and to judge by."""


def paired(graphs: Any, max_difference: float | None, seed: int) -> PairDataset:
    """Pairs of one class, or of measured values that differ little, and pairs that are not.

    Args:
        graphs: The graphs, with ``y``.
        max_difference: Largest difference of two alike values; ``None`` for classes.
        seed: Seed of the pairs.

    Example:
        >>> len(paired(graphs, None, 0).graphs) == len(graphs)
        True
    """
    if max_difference is None:
        return PairDataset(graphs, seed=seed)
    return PairDataset.from_difference(graphs, max_difference, seed=seed)


def fitted(
    learn: PairDataset, validation: PairDataset, settings: Settings, layers: int
) -> tuple[SiameseGNN, FitResult]:
    """A model as settings ask for it, and how its training went.

    Args:
        learn: Pairs to learn from.
        validation: Pairs to stop by.
        settings: The model and its training. By default a GIN with mean readout, 20 epochs at a
            learning rate of 0.001.
        layers: Number of layers by default.

    Example:
        >>> pairs = paired(graphs, None, 0)
        >>> fitted(pairs, pairs, Settings(hidden=8, epochs=1), 2)[0].encoder.num_layers
        2
    """
    with seeded(settings.seed):
        model = build_siamese(
            either(settings.encoder, "GIN"),
            either(settings.pool, "mean"),
            settings.similarity,
            settings.biases,
            in_channels=learn.num_node_features,
            hidden_channels=settings.hidden,
            num_layers=either(settings.layers, layers),
        )
    report = fit(
        model,
        learn,
        validation=validation,
        epochs=either(settings.epochs, EPOCHS),
        lr=either(settings.lr, LR),
        loss=settings.loss,
        seed=settings.seed,
    )
    return model, report
