"""A corpus of bad inputs: each ends in the right result or a named error, soon and small."""

import resource

import pytest
from bad_inputs import KINDS, Kind, bombs, ending, file_cases

GIGABYTE = 2**20
"""Kilobytes, as the system counts the memory of a process."""


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def ended_badly(tmp_path, kind: Kind, seeds: range) -> tuple[int, list[str]]:
    before = peak()
    cases = list(file_cases(tmp_path, kind, seeds))
    assert peak() - before < GIGABYTE
    return len(cases), [f"{name}: {wrong}" for name, wrong in cases if wrong]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_sample_of_damaged_files_ends_well(tmp_path, kind):
    _, wrong = ended_badly(tmp_path, kind, range(2))
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_damaged_files_end_well(tmp_path, kind):
    count, wrong = ended_badly(tmp_path, kind, range(2, 17))
    assert count > 190 and wrong == []  # 24 kinds: more than 7,000 cases


def test_files_that_unfold_are_refused_before_they_do(tmp_path):
    before = peak()
    for path in bombs(tmp_path):
        for kind in KINDS:
            if kind.name.rpartition(".")[2] == path.suffix[1:] or path.suffix == ".model":
                wrong = ending(kind, path, None)
                assert wrong == "" or "accepted" not in wrong, f"{kind.name}: {wrong}"
    assert peak() - before < GIGABYTE
