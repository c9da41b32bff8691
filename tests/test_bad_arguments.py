"""A corpus of arguments that functions should not take: each ends in a result or a named error."""

import time

import matplotlib.pyplot as plt
import pytest
from bad_arguments import GIVEN, calls, ending
from further_calls import further_calls

SHARE = 157
"""One in so many cases is in the sample."""


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """Calls that work, in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("arguments"))
        yield [*calls(), *further_calls()]


def ended_badly(known, start, step):
    cases = [(one, name, what) for one in known for name in one.arguments for what in GIVEN]
    wrong = []
    for one, name, what in cases[start::step]:
        begun = time.perf_counter()
        said = ending(one, name, what)
        plt.close("all")
        took = time.perf_counter() - begun
        said = said or (f"took {took:.0f} s" if took > 20 else "")
        wrong += [f"{one.name}({name}={what}): {said}"] if said else []
    return len(cases[start::step]), wrong


def test_the_calls_work_or_miss_a_file(known):
    for one in known:
        try:
            one.function(**one.arguments)
        except FileNotFoundError:
            assert "none" in str(one.arguments)


def test_a_sample_of_bad_arguments_ends_well(known):
    count, wrong = ended_badly(known, 5, SHARE)
    assert count > 150 and wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_bad_arguments_end_well(known, part):
    count, wrong = ended_badly(known, part, 8)
    assert count > 4500 and wrong == []  # more than 38,000 cases
