import re

import pytest
from explained import brain, molecule

from pyg_siamex.visualize.report.thumbnail import thumbnail, thumbnail_pair


def test_a_small_molecule_is_drawn_where_there_is_one():
    assert "<path" in thumbnail(molecule("CCO"))
    assert thumbnail(brain(0)) is None
    other = molecule("CCO")
    other.smiles = "C1CC"
    assert thumbnail(other) is None
    assert thumbnail(molecule(".".join("C" * 2001))) is None
    named = molecule("CCO")
    del named.smiles
    assert thumbnail(named) is None
    named.elements = ["C", "C", "O"]
    assert "<path" in thumbnail(named)


def test_a_pair_lies_alike_and_has_marks():
    one, other = molecule("Cc1ccccc1O"), molecule("Fc1ccccc1O")
    first, second = thumbnail_pair(one, other, ([0], [0]))
    assert first.count('class="marked"') == second.count('class="marked"') == 1
    places = [
        [float(found) for found in re.search(r'cx="([\d.]+)" cy="([\d.]+)"', one).groups()]
        for one in (first, second)
    ]
    assert places[0] == pytest.approx(places[1], abs=20), "about the same place"
    broken = molecule("CCO")
    broken.smiles = "C1CC"
    assert thumbnail_pair(one, broken, ([], [])) == [None, None]
