"""Parts of some work in other processes."""

import os
import signal
from functools import partial

import pytest

from pyg_siamex.recipe.processes import ProcessKilledError, cores, in_processes


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


def test_results_are_in_the_order_of_the_parts():
    found = list(in_processes(partial(pow, 2), range(9), 2, ordered=True))
    assert found == [2**k for k in range(9)]
    assert sorted(in_processes(partial(pow, 3), range(5), 2)) == [3**k for k in range(5)]


def test_an_error_of_a_part_is_told():
    with pytest.raises(ZeroDivisionError):
        list(in_processes(partial(divmod, 1), [1, 0], 2))


def test_a_killed_process_is_told():
    with pytest.raises(ProcessKilledError, match="a worker was killed"):
        list(in_processes(signal.raise_signal, [signal.SIGKILL] * 2, 2))
