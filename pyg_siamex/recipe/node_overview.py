"""What groups of nodes add to the similarity of all pairs of labelled graphs, or of some."""

from typing import Any

import torch

from pyg_siamex._door import checked
from pyg_siamex.explain import (
    BiLRP,
    IntegratedJacobians,
    Overview,
    PairExplainer,
    overview_of_pairs,
)
from pyg_siamex.explain import overview as overview_of_graphs
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.recipe.labelled import Labelled

_PAIRS_EACH = 10
"""Partners of each graph where pairs are explained one by one."""


@checked
def overview_of_nodes(model: SiameseGNN, data: Labelled) -> Overview:
    """What groups of nodes add to the similarity of labelled graphs.

    All pairs count, exactly, where the model's similarity allows it; else each graph is explained
    with ten others.

    Args:
        model: The model.
        data: The graphs, with a group for each of their nodes.

    Example:
        >>> labelled = overview(trained, "molecules.csv", "active").labelled
        >>> overview_of_nodes(trained.model, labelled).drivers["group"][0]
        'carbon'
    """
    known: dict[str, Any] = {"names": data.names, "class_names": data.class_names}
    if model.similarity.product_form() is None:
        return _by_pairs(model, data, known)
    return overview_of_graphs(model, data.graphs, data.groups, data.labels, **known)


def _by_pairs(model: SiameseGNN, data: Labelled, known: dict[str, Any]) -> Overview:
    """Every graph with some others, drawn at random, explained pair by pair."""
    pairs = some_pairs(len(data.graphs))
    sides = [[data.graphs[pair[side]] for pair in pairs] for side in (0, 1)]
    try:
        found = PairExplainer(model, BiLRP(), node_mask_type="object").explain(*sides)
    except ValueError:  # a layer or a head without a rule
        found = PairExplainer(model, IntegratedJacobians(), node_mask_type="object").explain(*sides)
    return overview_of_pairs(found, pairs, data.groups, data.labels, **known)


def some_pairs(count: int) -> list[list[int]]:
    """Each graph with ten others, drawn at random with a fixed seed.

    Args:
        count: How many graphs there are.

    Returns:
        Positions of the two graphs of each pair.

    Example:
        >>> some_pairs(2)
        [[0, 1], [1, 0]]
    """
    generator = torch.Generator().manual_seed(0)
    each = min(_PAIRS_EACH, count - 1)
    return [
        [k, (k + 1 + int(step)) % count]
        for k in range(count)
        for step in torch.randperm(count - 1, generator=generator)[:each]
    ]
