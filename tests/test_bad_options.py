"""A corpus of values that options should not have: each ends in a result, or a line with why."""

import os

import pytest
from bad_options import NUMBERS, PATHS, TEXTS, calls, cases, ending, options

from pyg_siamex._numbers import whole
from pyg_siamex.recipe import Listing, domain_named

SHARE = 53
"""One in so many cases is in the sample."""


class QuickDemo:
    """A demonstration that ends at once."""

    introduction = "no molecules"

    def __init__(self, epochs, seed):
        whole("seed", seed, 0)

    def train(self):
        return None, "nothing is learned"

    def judge(self, model):
        return Listing("nothing", ("explainer", "score"), []), []

    def write(self, model, explanations, folder):
        (folder / "picture.svg").write_text("<svg/>")
        return [folder / "picture.svg"]


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    """A folder, and commands that work in it."""
    folder = tmp_path_factory.mktemp("options")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setitem(vars(domain_named("molecules")), "demo", QuickDemo)
        yield folder, calls(folder)


def ended_badly(commands, start, step):
    folder, known = commands
    os.chdir(folder)
    tried = [(call, name, value) for call in known for name, value in cases(call)][start::step]
    endings = [(case, ending(*case, folder)) for case in tried]
    return len(tried), [
        f"{c.command} {n}={v!r:.60}: {wrong}" for (c, n, v), wrong in endings if wrong
    ]


def test_a_sample_of_bad_values_ends_well(commands):
    count, wrong = ended_badly(commands, 7, SHARE)
    assert count > 30 and wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_bad_values_end_well(commands, part):
    count, wrong = ended_badly(commands, part, 8)
    assert count > 200 and wrong == []  # more than 1,600 cases


def test_every_option_of_every_command_is_tried(commands):
    tried = {(call.command, name) for call in commands[1] for name, _ in cases(call)}
    assert tried == options()
    values = {value for call in commands[1] for _, value in cases(call)}
    assert values == {*NUMBERS, *PATHS, *TEXTS}
