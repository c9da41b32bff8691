"""What drives similarity over a whole library."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from pyg_siamex.explain import (
    BiLRP,
    IntegratedJacobians,
    Overview,
    PairExplainer,
    overview_of_pairs,
)
from pyg_siamex.explain import overview as overview_of_graphs
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.recipe.domain import domain_of_both
from pyg_siamex.recipe.labelled import Labelled
from pyg_siamex.recipe.one_thread import one_thread
from pyg_siamex.recipe.trained import Trained

PAIRS_EACH = 10
"""Partners of each graph where pairs are explained one by one."""


@dataclass(frozen=True)
class Seen:
    """What drives similarity, and the graphs that were looked at.

    Attributes:
        overview: The drivers and the outliers, for :func:`pyg_siamex.visualize.overview_report`.
        labelled: The graphs with their classes and groups.

    Example:
        >>> seen = overview(trained, "molecules.csv", "active")
        >>> overview_report(seen.overview, "overview.html", graphs=seen.labelled.graphs)
    """

    overview: Overview
    labelled: Labelled


def overview(
    trained: Trained,
    library: str | Path,
    label: str | None = None,
    *,
    groups: str | None = None,
    sample: int = 5000,
    reading: Any = None,
) -> Seen:
    """Groups of nodes that make graphs alike, as ``pyg-siamex overview`` finds them.

    All pairs count, exactly, where the model's similarity allows it; else each graph is explained
    with ten others.

    Args:
        trained: The model.
        library: CSV file of molecules, or folder or ``.npz`` file of connectivity matrices.
        label: Column of the class, or of a measured value, which is cut into thirds. One class
            where not given.
        groups: ``"functional-groups"`` (the default), ``"ring-systems"`` or ``"murcko-scaffold"``
            of molecules; ``"networks"`` (the default) or ``"regions"`` of connectomes.
        sample: Most graphs to look at; a larger library is sampled.
        reading: How the files are read: a :class:`~pyg_siamex.recipe.MoleculeColumns`
            or a :class:`~pyg_siamex.recipe.MatrixReading`.

    Raises:
        FileNotFoundError: If there is no such library.
        ValueError: If the model is of another domain, there are no such groups, or a file cannot
            be used.
        TypeError: If ``reading`` is for another domain.

    Example:
        >>> seen = overview(Trained.load("model.siamex"), "molecules.csv", "active")
        >>> seen.overview.drivers.head()
    """
    domain = domain_of_both(trained, library)
    reading = domain.read_by(reading)
    data = domain.labelled(Path(library), trained, label, groups, sample, reading)
    with one_thread():
        return Seen(_overview(trained.model, data), data)


def _overview(model: SiameseGNN, data: Labelled) -> Overview:
    known: dict[str, Any] = {"names": data.names, "class_names": data.class_names}
    if model.similarity.product_form() is None:
        return _by_pairs(model, data, known)
    return overview_of_graphs(model, data.graphs, data.groups, data.labels, **known)


def _by_pairs(model: SiameseGNN, data: Labelled, known: dict[str, Any]) -> Overview:
    """Every graph with some others, drawn at random, explained pair by pair."""
    pairs = _partners(len(data.graphs))
    sides = [[data.graphs[pair[side]] for pair in pairs] for side in (0, 1)]
    try:
        found = PairExplainer(model, BiLRP(), node_mask_type="object").explain(*sides)
    except ValueError:  # a layer or a head without a rule
        found = PairExplainer(model, IntegratedJacobians(), node_mask_type="object").explain(*sides)
    return overview_of_pairs(found, pairs, data.groups, data.labels, **known)


def _partners(count: int) -> list[list[int]]:
    generator = torch.Generator().manual_seed(0)
    each = min(PAIRS_EACH, count - 1)
    return [
        [k, (k + 1 + int(step)) % count]
        for k in range(count)
        for step in torch.randperm(count - 1, generator=generator)[:each]
    ]
