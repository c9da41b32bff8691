"""Processes take the cores that they may have."""

import os

import pytest

from pyg_siamex.recipe.pair_table.local_workers import LocalWorkers, cores


def test_ranks_on_one_machine_share_its_cores(monkeypatch):
    for name in ("LOCAL_WORLD_SIZE", "SLURM_CPUS_PER_TASK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(8), raising=False)
    assert cores() == 8
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "3")
    assert cores() == 2
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "9")
    assert cores() == 1
    monkeypatch.delenv("LOCAL_WORLD_SIZE")
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", "4")
    assert cores() == 4


def test_there_is_at_least_one():
    with pytest.raises(ValueError, match="`workers` must be at least 1"):
        LocalWorkers(0)
