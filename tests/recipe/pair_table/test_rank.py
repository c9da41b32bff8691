"""Ranks share all parts, and each is in one share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.recipe import Rank


@given(st.integers(0, 500), st.integers(1, 40))
def test_every_part_is_in_one_share(count, world_size):
    shares = [Rank(rank, world_size).share(count) for rank in range(world_size)]
    assert [number for share in shares for number in share] == list(range(count))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize(
    ("variables", "rank"),
    [
        ({}, (0, 1)),
        ({"RANK": "2", "WORLD_SIZE": "3"}, (2, 3)),
        ({"SLURM_PROCID": "2", "SLURM_STEP_NUM_TASKS": "3", "SLURM_NTASKS": "3"}, (2, 3)),
        # The script of sbatch is one process, whatever the number of tasks.
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "8"}, (0, 1)),
        ({"RANK": "1"}, (0, 1)),
    ],
)
def test_launchers_give_the_rank(variables, rank):
    assert Rank.of_environment(variables) == rank


def test_a_rank_among_unknown_many_is_told(caplog):
    with caplog.at_level("WARNING"):
        assert Rank.of_environment({"SLURM_PROCID": "0"}) == Rank.of_environment({}) == (0, 1)
        assert not caplog.text
        assert Rank.of_environment({"RANK": "3"}) == (0, 1)
    assert "RANK=3 is in the environment without WORLD_SIZE" in caplog.text


def test_what_is_no_rank_is_refused():
    with pytest.raises(ValueError, match=r"RANK=3 WORLD_SIZE=3 in the environment: `rank` must"):
        Rank.of_environment({"RANK": "3", "WORLD_SIZE": "3"})
    with pytest.raises(ValueError, match=r"RANK=a WORLD_SIZE=3 in the .*: RANK must be a who"):
        Rank.of_environment({"RANK": "a", "WORLD_SIZE": "3"})
    with pytest.raises(ValueError, match=r"the environment: WORLD_SIZE must be a whole number"):
        Rank.of_environment({"RANK": "1", "WORLD_SIZE": "2.5"})
    with pytest.raises(ValueError, match=r"below `world_size` \(got -1 of 2\)"):
        Rank(-1, 2).checked()


@pytest.mark.parametrize(
    ("rank", "name"),
    [
        (Rank(True, 2), "rank"),
        (Rank(0, True), "world_size"),
        (Rank("0", 2), "rank"),
        (Rank(0, 2.0), "world_size"),
        (Rank(None, 2), "rank"),
    ],
    ids=["yes", "yes of size", "text", "float", "none"],
)
def test_ranks_are_whole_numbers(rank, name):
    for use in (rank.checked, lambda: rank.share(4)):
        with pytest.raises(TypeError, match=f"`{name}` must be a whole number"):
            use()


def test_ranks_may_be_numbers_of_numpy():
    assert Rank(np.int64(1), np.int64(4)).share(16) == range(4, 8)


@pytest.mark.parametrize("variables", [None, 3, "RANK"])
def test_what_is_no_environment_is_named(variables):
    with pytest.raises(TypeError, match="`variables` must be"):
        Rank.of_environment(variables)


@pytest.mark.parametrize("count", [None, 2.5, "a", -1], ids=str)
def test_parts_are_a_whole_number(count):
    with pytest.raises((TypeError, ValueError), match="`count` must be"):
        Rank(0, 1).share(count)
