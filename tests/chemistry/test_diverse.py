"""Diverse molecules are far from one another."""

import pytest

from pyg_siamex.chemistry.diverse import most_diverse
from pyg_siamex.chemistry.fingerprints import ecfp4, tanimoto

SERIES = [
    *("CCCCO", "CCCCCO", "CCCCCCO", "CCCCCCCO"),
    *("c1ccccc1C", "c1ccccc1CC", "c1ccccc1CCC"),
    *("NC1CCCCC1", "CC#N"),
]


def test_one_of_each_kind_is_chosen_the_first_always():
    chosen = most_diverse(SERIES, 4)
    assert chosen[0] == 0 and chosen == sorted(chosen)
    kinds = [0, 0, 0, 0, 1, 1, 1, 2, 3]
    assert sorted(kinds[k] for k in chosen) == [0, 1, 2, 3]


def test_each_next_one_is_the_farthest_from_those_chosen():
    prints = ecfp4(SERIES)
    distance = 1 - tanimoto(prints, prints)
    chosen = [0]
    while len(chosen) < 4:
        nearest = distance[:, chosen].min(1)
        chosen.append(int(nearest.argmax()))
    assert most_diverse(SERIES, 4) == sorted(chosen)


def test_few_molecules_are_all_chosen():
    assert most_diverse(SERIES[:2], 5) == [0, 1]
    with pytest.raises(ValueError, match="at least 1"):
        most_diverse(SERIES, 0)
