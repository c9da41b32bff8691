"""Fingerprints on the same pairs."""

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from pyg_siamex.chemistry import ecfp4, tanimoto
from pyg_siamex.data import PairDataset
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.recipe.molecules.fingerprint_baselines import NEIGHBOURS, TANIMOTO, baselines


@pytest.fixture(scope="module")
def molecules():
    whole = FunctionalGroups()
    return [whole[k] for k in range(0, len(whole), 8)]


def test_tanimoto_and_neighbours_are_scored_on_the_test_pairs(molecules):
    learn, test = PairDataset(molecules).split((0.7, 0.3))
    found = baselines(learn, test)
    bits = ecfp4([graph.smiles for graph in test.graphs])
    own = tanimoto(bits, bits)[test.index[:, 0], test.index[:, 1]]
    assert found[TANIMOTO].auc == pytest.approx(roc_auc_score(test.target, own))
    assert found[NEIGHBOURS].auc > 0.6  # functional groups are in the fingerprints
    for interval in found.values():
        assert interval.low < interval.auc < interval.high


def test_neighbours_are_scikit_learns(molecules):
    from sklearn.neighbors import KNeighborsRegressor

    values = torch.tensor([float(graph.num_nodes) for graph in molecules])
    pairs = PairDataset.from_difference(molecules, 2.0, values)
    learn, test = pairs.split((0.7, 0.3))
    bits = [ecfp4([g.smiles for g in part.graphs]) for part in (learn, test)]
    model = KNeighborsRegressor(5, weights=lambda d: 1 - d + 1e-6, metric="precomputed")
    model.fit(1 - tanimoto(bits[0], bits[0]), learn.relation.values)
    foretold = torch.from_numpy(model.predict(1 - tanimoto(bits[1], bits[0])))
    score = -(foretold[test.index[:, 0]] - foretold[test.index[:, 1]]).abs()
    found = baselines(learn, test)[NEIGHBOURS]
    assert found.auc == pytest.approx(roc_auc_score(test.target, score), abs=0.01)


def test_listed_pairs_have_no_neighbours(molecules):
    pairs = PairDataset.from_pairs(molecules, [(0, 1), (1, 2), (2, 3)], [1, 0, 1])
    with pytest.raises(ValueError, match="these pairs are listed"):
        baselines(pairs, pairs)


def test_many_molecules_foretell_by_a_sample_of_them(molecules, monkeypatch):
    """Each foretold class is that of the drawn molecules alone."""
    from pyg_siamex.recipe.molecules import fingerprint_baselines as module

    pairs = PairDataset(molecules)
    asked = ecfp4([graph.smiles for graph in molecules][:20])
    monkeypatch.setattr(module, "_MOST", 30)
    found = module._foretold(pairs, asked, 3)
    drawn = np.random.default_rng(3).choice(len(molecules), 30, replace=False)
    similarity = tanimoto(asked, ecfp4([molecules[int(k)].smiles for k in drawn]))
    classes = np.array([int(molecules[int(k)].y) for k in drawn])
    for row, own in zip(found.numpy(), similarity, strict=True):
        near = np.argsort(-own, kind="stable")[:5]
        weights = (own[near] + 1e-6) / (own[near] + 1e-6).sum()
        assert row.sum() == pytest.approx(1)
        if own[near[-1]] > np.sort(own)[-6]:  # no ties at the edge
            for k in range(len(row)):
                assert row[k] == pytest.approx(weights[classes[near] == k].sum())
    assert torch.equal(module._foretold(pairs, asked, 3), found)
    assert not torch.equal(module._foretold(pairs, asked, 4), found)
