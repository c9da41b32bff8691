"""Pairs whose targets have nothing to do with their graphs."""

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.data.relation import SameLabel, WithinThreshold


def permuted(pairs: PairDataset, seed: int = 0) -> PairDataset:
    """The same graphs with permuted labels, values or, for listed pairs, targets.

    Args:
        pairs: Labelled pairs; as many are drawn anew by the same rule.
        seed: Seed of the permutation and of the pairs.

    Raises:
        ValueError: If the pairs have no targets.
    """
    if pairs.target.isnan().all():
        raise ValueError("the pairs are unlabelled: there are no labels to permute")
    if isinstance(pairs.relation, SameLabel):
        labels = _shuffled(pairs.relation.labels, seed)
        return PairDataset(pairs.graphs, len(pairs), seed, labels)
    if isinstance(pairs.relation, WithinThreshold):
        values = _shuffled(pairs.relation.values, seed)
        threshold = pairs.relation.threshold
        return PairDataset.from_threshold(pairs.graphs, threshold, values, len(pairs), seed)
    return PairDataset.from_pairs(pairs.graphs, pairs.index, _shuffled(pairs.target, seed))


def _shuffled(values: Tensor, seed: int) -> Tensor:
    return values[torch.from_numpy(np.random.default_rng(seed).permutation(len(values)))]
