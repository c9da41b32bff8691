"""Half of the drawn pairs are alike, and each possible pair is drawn as often as another."""

from collections import Counter
from itertools import combinations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.data.balance import (
    balanced_by_class,
    balanced_by_difference,
    count_pairs,
    pair_count,
)
from pyg_siamex.data.difference_limit import DifferenceLimit


def kinds(values, alike):
    """All unordered pairs of positions, split by whether they are alike."""
    pairs = list(combinations(range(len(values)), 2))
    yes = {pair for pair in pairs if alike(values[pair[0]], values[pair[1]])}
    return yes, set(pairs) - yes


def drawn(index):
    return [tuple(sorted(pair)) for pair in index.tolist()]


@settings(deadline=None, max_examples=60)
@given(
    values=st.lists(st.integers(0, 4), min_size=3, max_size=9),
    seed=st.integers(0, 3),
    share=st.floats(0.1, 1),
)
def test_pairs_are_different_and_half_of_them_alike(values, seed, share):
    limit = DifferenceLimit.of(torch.tensor(values), 1.0)
    ways = [
        (lambda count: balanced_by_class(torch.tensor(values), count, seed), lambda a, b: a == b),
        (
            lambda count: balanced_by_difference(torch.tensor(values).float(), limit, count, seed),
            lambda a, b: abs(a - b) <= 1,
        ),
    ]
    for draw, alike in ways:
        yes, no = kinds(values, alike)
        if not yes or not no:
            with pytest.raises(ValueError, match=r"nothing to tell apart in \d+ graphs"):
                draw(None)
            continue
        count = max(1, int(share * len(yes | no)))
        found = drawn(draw(count))
        assert len(set(found)) == len(found) == count
        # one kind fills up what the other kind lacks
        assert sum(pair in yes for pair in found) == min(len(yes), max(count // 2, count - len(no)))
        free = drawn(draw(None))
        assert len(free) == min(10 * len(values), len(yes | no), 2 * min(len(yes), len(no)))


def test_each_pair_is_as_likely_as_another():
    values, counts = torch.tensor([0.0, 0.4, 0.8, 2.0, 2.3]), Counter()
    limit = DifferenceLimit.of(values, 0.5)
    for seed in range(400):
        counts.update(drawn(balanced_by_difference(values, limit, 4, seed)))
    yes, no = kinds(values.tolist(), lambda a, b: abs(a - b) <= 0.5)
    for kind in (yes, no):
        expected = 400 * 2 / len(kind)
        assert all(abs(counts[pair] - expected) < 5 * expected**0.5 for pair in kind)


def test_counts_of_pairs():
    assert [count_pairs(n) for n in range(5)] == [
        len(list(combinations(range(n), 2))) for n in range(5)
    ]
    assert pair_count(None, 5) == 10 and pair_count(None, 100) == 1000 and pair_count(7, 5) == 7
    with pytest.raises(ValueError, match="num_pairs is 11, and 5 graphs make 10 pairs"):
        pair_count(11, 5)
