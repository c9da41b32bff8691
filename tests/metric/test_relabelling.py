from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.metric.relabelling import Relabelling


def drawn(labels, together=None, within=None, count=400):
    draw, rng = Relabelling(labels, together, within), np.random.default_rng(0)
    return [tuple(np.array(labels)[draw(rng)].tolist()) for _ in range(count)]


def test_all_orders_are_equally_likely():
    found = Counter(drawn([0, 1, 2], count=6000))
    assert set(found) == set(permutations([0, 1, 2]))
    assert min(found.values()) > 850


def test_persons_keep_one_label_and_swap_with_those_of_as_many_scans():
    labels, people = [0, 0, 1, 1, 0, 1], ["a", "a", "b", "b", "c", "d"]
    assert set(drawn(labels, people)) == {
        (0, 0, 1, 1, 0, 1),
        (1, 1, 0, 0, 0, 1),
        (0, 0, 1, 1, 1, 0),
        (1, 1, 0, 0, 1, 0),
    }


def test_labels_that_differ_within_persons_move_within_them():
    labels, people = ["pre", "post", "pre", "post"], ["a", "a", "b", "b"]
    found = set(drawn(labels, people))
    assert len(found) == 4 and all({row[0], row[1]} == {"pre", "post"} for row in found)


@given(st.integers(0, 50))
def test_sites_keep_their_labels(seed):
    rng = np.random.default_rng(seed)
    labels, sites = rng.integers(0, 2, 30).tolist(), rng.integers(0, 3, 30).tolist()
    new = np.array(labels)[Relabelling(labels, None, sites)(rng)]
    for site in range(3):
        rows = np.array(sites) == site
        assert sorted(new[rows]) == sorted(np.array(labels)[rows])


def test_labels_that_cannot_move_are_refused():
    with pytest.raises(ValueError, match="no label can move"):
        Relabelling([0, 0, 1, 1], within=["a", "a", "b", "b"])
    with pytest.raises(ValueError, match="different blocks"):
        Relabelling([0, 0, 1], ["x", "x", "y"], ["a", "b", "b"])
    with pytest.raises(ValueError, match="3 labels"):
        Relabelling([0, 0, 1], ["x"])
