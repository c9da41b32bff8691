import numpy as np
import pytest

from pyg_siamex.recipe.connectomes.group_contrast import contrast


def made(member, blocks, sites=None, people=None, count=50):
    rng = np.random.default_rng(0)
    values = rng.standard_normal((len(member), 4))
    people = people or [str(k) for k in range(len(member))]
    return contrast(values, member, people, blocks, sites, count, 0)


def test_the_sum_is_the_weighted_mean_of_differences_within_blocks():
    member = np.array([1, 0, 1, 0, 1, 0, 0, 0]) > 0
    blocks = np.array([1, 1, 1, 1, 2, 2, 2, 2])
    found = made(member, blocks)
    first = found.values[:4][member[:4]].mean(0) - found.values[:4][~member[:4]].mean(0)
    other = found.values[4] - found.values[5:].mean(0)
    expected = (1.0 * first + 0.75 * other) / 1.75
    assert np.allclose(found.weights[0] @ found.values, expected)
    one = made(member, np.zeros(8, int))
    whole = one.values[member].mean(0) - one.values[~member].mean(0)
    assert np.allclose(one.weights[0] @ one.values, whole)


def test_labels_stay_in_blocks_and_sites():
    member, blocks = np.arange(16) % 2 == 0, np.repeat([1, 2], 8)
    sites = ["Oslo", "Oslo", "Rome", "Rome"] * 4
    found = made(member, blocks, sites)
    moved = found.weights > 0
    assert len(np.unique(moved, axis=0)) > 10
    for block in (1, 2):
        for site in ("Oslo", "Rome"):
            rows = (blocks == block) & (np.array(sites) == site)
            assert (moved[:, rows].sum(1) == 2).all()


def test_persons_move_as_one():
    member = np.repeat([True, False] * 4, 2)
    found = made(member, np.ones(16, int), people=[str(k // 2) for k in range(16)])
    moved = found.weights > 0
    assert (moved[:, ::2] == moved[:, 1::2]).all()


def test_labels_that_cannot_move_are_refused():
    with pytest.raises(ValueError, match="no label can move"):
        made(np.array([True, True, False, False]), np.array([1, 1, 2, 2]))
