import resource

import pytest

from pyg_siamex import _memory as memory
from pyg_siamex._memory import check_memory, free_memory


def test_what_does_not_fit_is_refused_with_the_estimate():
    check_memory(1000, "a few numbers")
    with pytest.raises(ValueError, match=r"a page would take 1,048,576 TiB of .* free$"):
        check_memory(2**60, "a page")
    with pytest.raises(ValueError, match=r"are free: take fewer atoms"):
        check_memory(2**60, "a page", "take fewer atoms")


def test_the_tightest_limit_counts(monkeypatch, tmp_path):
    (tmp_path / "memory.max").write_text("5000\n")
    (tmp_path / "memory.current").write_text("2000\n")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    assert free_memory() == 3000
    (tmp_path / "memory.max").write_text("max\n")
    assert free_memory() != 3000


def test_a_limit_of_the_process_counts(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (2**20, 2**20))
    assert free_memory() == 0
    with pytest.raises(ValueError, match=r"0\.0 MiB are free"):
        check_memory(1, "a number")


def test_systems_that_do_not_tell_refuse_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "free_memory", lambda: None)
    check_memory(2**60, "a page")
