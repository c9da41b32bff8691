"""Processes of this machine that explain parts."""

import pytest

from pyg_siamex.recipe.pair_table.local_workers import LocalWorkers


def test_there_is_at_least_one():
    with pytest.raises(ValueError, match="`workers` must be at least 1"):
        LocalWorkers(0)
