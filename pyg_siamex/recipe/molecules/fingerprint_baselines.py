"""A model of molecules beside fingerprints, on the same held-out pairs."""

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.chemistry import ecfp4, paired_tanimoto, tanimoto
from pyg_siamex.data import PairDataset, SameLabel, WithinDifference
from pyg_siamex.nn.training import AucInterval, auc_interval

TANIMOTO, NEIGHBOURS = "Tanimoto of ECFP4", "5 nearest neighbours by ECFP4"

_NEIGHBOURS, _MOST = 5, 10_000


def baselines(learn: PairDataset, test: PairDataset, seed: int = 0) -> dict[str, AucInterval]:
    """Pair AUC of what needs no model, by name.

    The Tanimoto similarity of ECFP4 has learned nothing. The five nearest training molecules by it
    foretell the label of each test molecule, weighted by similarity, and a pair is scored by the
    probability of equal classes, or by the difference of measured values.

    Args:
        learn: Pairs of the training molecules, by class or by difference.
        test: Pairs that judge.
        seed: Seed of the intervals, and of a sample of more than 10,000 training molecules.

    Raises:
        ValueError: If pairs are neither by class nor by difference.

    Example:
        >>> pairs = PairDataset(table)
        >>> list(baselines(pairs, pairs))
        ['Tanimoto of ECFP4', '5 nearest neighbours by ECFP4']
    """
    asked = ecfp4([graph.smiles for graph in test.graphs])
    query, reference = test.index.numpy().T
    own = torch.from_numpy(paired_tanimoto(asked[query], asked[reference]))
    foretold = _foretold(learn, asked, seed)
    one, other = foretold[test.index[:, 0]], foretold[test.index[:, 1]]
    classes = isinstance(learn.relation, SameLabel)
    learned = (one * other).sum(1) if classes else -(one - other).abs().sum(1)
    return {
        TANIMOTO: auc_interval(own, test, seed),
        NEIGHBOURS: auc_interval(learned, test, seed),
    }


def _foretold(learn: PairDataset, asked: np.ndarray, seed: int) -> Tensor:
    """Probability of each class, or the value, of each asked molecule, ``[m, C]``."""
    targets = _targets(learn)
    chosen = np.arange(len(targets))
    if len(chosen) > _MOST:
        chosen = np.random.default_rng(seed).choice(len(chosen), _MOST, replace=False)
    known = ecfp4([learn.graphs[int(k)].smiles for k in chosen])
    similarity = torch.from_numpy(tanimoto(asked, known))  # [m, n]
    weight, nearest = similarity.topk(min(_NEIGHBOURS, len(chosen)), dim=1)
    weight = (weight + 1e-6) / (weight + 1e-6).sum(1, keepdim=True)
    return (targets[torch.from_numpy(chosen)][nearest] * weight[:, :, None]).sum(1)


def _targets(learn: PairDataset) -> Tensor:
    """Classes one-hot, or values, ``[n, C]``."""
    relation = learn.relation
    if isinstance(relation, SameLabel):
        return torch.nn.functional.one_hot(relation.labels).double()
    if isinstance(relation, WithinDifference):
        return relation.values.double()[:, None]
    raise ValueError("neighbours foretell classes or values, and these pairs are listed")
