"""Right arguments, varied by their kind: what means the same gives the same, the rest is named."""

import random
import time

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from bad_arguments import calls, told
from further_calls import further_calls
from summed_up import alike, plain
from varied import variants

SHARE = 61
"""One in so many cases is in the sample."""


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """Calls that work, in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("arguments"))
        yield [*calls(), *further_calls()]


def _state():
    """What a call must leave as it was."""
    settings = (torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_num_threads())
    drawn = {name: value for name, value in mpl.rcParams.items() if name != "backend"}  # found late
    return settings, random.getstate(), str(np.random.get_state()), drawn


def _wrong(tried, argument, make, same):
    """How a call with a variant of an argument ends: empty if well."""
    expected = None
    if same:
        torch.manual_seed(0)
        try:
            expected = plain(tried.function(**tried.arguments))
        except FileNotFoundError:  # of a file that is not there
            return ""
    try:
        given = make()
    except (TypeError, ValueError, RuntimeError, AttributeError):  # no such variant of this value
        return ""
    torch.manual_seed(0)
    try:
        found = tried.function(**{**tried.arguments, argument: given})
    except (TypeError, ValueError, OSError, IndexError, KeyError) as error:
        return told(error) or (f"refused: {error}" if same else "")
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:150]}"
    return "" if not same or alike(expected, plain(found)) else "another result"


def ended_badly(known, start, step):
    cases = [
        (tried, argument, name, same, make)
        for k, tried in enumerate(known)
        for argument, value in tried.arguments.items()
        for name, same, make in variants(value, k)
    ]
    wrong = []
    for tried, argument, name, same, make in cases[start::step]:
        same &= not (
            "check_model" in tried.name and name.endswith("further values")
        )  # it lists them
        state, begun = _state(), time.perf_counter()
        said = _wrong(tried, argument, make, same)
        plt.close("all")
        took = time.perf_counter() - begun
        said = said or ("leaves another state" if _state() != state else "")
        said = said or (f"took {took:.0f} s" if took > 40 else "")
        wrong += [f"{tried.name}({argument}: {name}): {said}"] if said else []
    return len(cases[start::step]), wrong


def test_the_calls_work_or_miss_a_file(known):
    for tried in known:
        try:
            tried.function(**tried.arguments)
        except FileNotFoundError:
            assert "none" in str(tried.arguments)


def test_a_sample_of_variants_ends_well(known):
    count, wrong = ended_badly(known, 7, SHARE)
    assert count > 150 and wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_variants_end_well(known, part):
    count, wrong = ended_badly(known, part, 4)
    assert count > 2500 and wrong == []  # more than 10,000 cases
