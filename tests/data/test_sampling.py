"""Pairs drawn without repetition and without listing all pairs."""

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.data.sampling import choose, sample_alike, sample_any, sample_between, unrank


@given(rank=st.integers(0, 10**12))
def test_unrank_counts_pairs(rank):
    (i,), (j,) = unrank(np.array([rank]))
    assert 0 <= i < j
    assert j * (j - 1) // 2 + i == rank


@given(total=st.integers(1, 300), share=st.floats(0, 1), seed=st.integers(0, 9))
@settings(deadline=None)
def test_choices_are_different(total, share, seed):
    count = int(total * share)
    picks = choose(total, count, np.random.default_rng(seed))
    assert len(set(picks.tolist())) == count == len(picks)
    assert all(0 <= pick < total for pick in picks)


def test_too_few_different_draws_are_drawn_again():
    """Small numbers repeat; every choice stays as likely as any other."""

    class Repeating:
        """Gives 5 alone at first."""

        def __init__(self):
            self.drawn, self.rng = 0, np.random.default_rng(0)

        def integers(self, low, high, count):
            self.drawn += 1
            return np.full(count, 5) if self.drawn < 4 else self.rng.integers(low, high, count)

        def permutation(self, values):
            return self.rng.permutation(values)

    rng = Repeating()
    picks = choose(100, 3, rng)
    assert rng.drawn >= 4 and len(set(picks.tolist())) == 3
    counts = np.zeros(8)
    for seed in range(2000):
        counts[choose(8, 2, np.random.default_rng(seed))] += 1
    assert counts.sum() == 4000 and abs(counts - 500).max() < 5 * 500**0.5


@given(
    sizes=st.lists(st.integers(0, 6), min_size=2, max_size=7),
    share=st.floats(0, 1),
    seed=st.integers(0, 9),
)
@settings(deadline=None)
def test_pairs_across_classes_are_numbered_by_classes(sizes, share, seed):
    ends = np.cumsum([0, *sizes])
    groups = [np.arange(a, b) for a, b in pairwise(ends)]
    listed = [
        (i, j) for b in range(len(groups)) for a in range(b) for i in groups[a] for j in groups[b]
    ]
    count = int(share * len(listed))
    found = sample_between(groups, count, np.random.default_rng(seed)).tolist()
    picks = choose(len(listed), count, np.random.default_rng(seed))
    assert [tuple(pair) for pair in found] == [listed[k] for k in picks]


def test_many_classes_cost_no_more_than_their_members():
    groups = [np.array([2 * k, 2 * k + 1]) for k in range(200_000)]
    found = sample_between(groups, 1000, np.random.default_rng(0))
    assert (found[:, 0] // 2 != found[:, 1] // 2).all()


def unordered(pairs):
    return [tuple(sorted(pair)) for pair in pairs.tolist()]


@given(sizes=st.lists(st.integers(0, 5), min_size=1, max_size=4), seed=st.integers(0, 9))
@settings(deadline=None)
def test_all_pairs_are_drawn_once_if_as_many_are_asked_for(sizes, seed):
    size, rng = sum(sizes), np.random.default_rng(seed)
    ends = np.cumsum([0, *sizes])
    groups = [np.arange(a, b) for a, b in pairwise(ends)]
    member = [k for k, group in enumerate(groups) for _ in group]
    everything = set(combinations(range(size), 2))
    alike = {(i, j) for i, j in everything if member[i] == member[j]}
    for draw, expected in (
        (lambda n: sample_alike(groups, n, rng), alike),
        (lambda n: sample_between(groups, n, rng), everything - alike),
        (lambda n: sample_any(size, n, rng), everything),
    ):
        found = unordered(draw(len(expected)))
        assert len(found) == len(expected) and set(found) == expected
