"""The same pairs explained by the models of all folds, to see whether explanations stay."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import torch
from scipy.stats import spearmanr
from torch_geometric.data import Data

from pyg_siamex.metric.edge_evidence import edge_evidence
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.nn.training import embed_all
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining
from pyg_siamex.recipe.connectomes.edge_table import edge_table, full_matrices

_PAIRS = 8


def explained_pairs(together: Sequence[str], seed: int) -> list[tuple[int, int]]:
    """A few pairs of different persons, each subject in one at most.

    Args:
        together: A key per subject; equal keys are one person.
        seed: Seed of the draw.

    Example:
        >>> len(explained_pairs([str(k) for k in range(40)], 0))
        8
    """
    order = np.random.default_rng(seed).permutation(len(together)).tolist()
    pairs = zip(order[::2], order[1::2], strict=False)
    return [(i, j) for i, j in pairs if together[i] != together[j]][:_PAIRS]


def pair_maps(
    training: ConnectomeTraining,
    reader: SiameseGNN,
    inputs: list[Data],
    pairs: Sequence[tuple[int, int]],
) -> np.ndarray:
    """What each connection of the first adds to the similarity of a pair, ``[P, E]``.

    Args:
        training: How the model reads graphs.
        reader: A model.
        inputs: The graphs of all subjects.
        pairs: Positions of query and reference.
    """
    matrices = torch.from_numpy(full_matrices(edge_table(inputs))).float()
    h, graph_of = embed_all(reader, [inputs[j] for _, j in pairs]), training.graph_of(matrices)
    middle = matrices.mean(0)
    maps = [
        edge_evidence(reader, matrices[i : i + 1], middle, [h[k : k + 1]], graph_of)[0, 0]
        for k, (i, _) in enumerate(pairs)
    ]
    return np.stack(maps)


def map_stability(maps: Sequence[np.ndarray]) -> float | None:
    """Mean Spearman correlation of a pair's maps by two models, over pairs and models.

    Args:
        maps: By model ``[P, E]``.

    Returns:
        ``None`` where maps do not vary, or there is one model.
    """
    found = [
        spearmanr(one, other).statistic
        for first, second in combinations(maps, 2)
        for one, other in zip(first, second, strict=True)
        if np.ptp(one) > 0 and np.ptp(other) > 0
    ]
    return float(np.mean(found)) if found else None
