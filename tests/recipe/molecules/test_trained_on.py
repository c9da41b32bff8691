"""What a model was trained on."""

import numpy as np
import pytest

from pyg_siamex.recipe.molecules import trained_on
from pyg_siamex.recipe.molecules.trained_on import TrainedOn

KNOWN = TrainedOn.of(["CCO", "CCCO", "c1ccccc1", "CC(=O)[O-]", "OCC"])


@pytest.mark.parametrize(
    ("smiles", "warned"),
    [
        ("CCCO", []),
        ("CCCl", ["Cl is no element of the training molecules"]),
        ("BrCCCl", ["Br, Cl are no elements of the training molecules"]),
        ("C[NH3+]", ["N is no element of the training molecules",
                     "no atom of the training molecules has charge +1",
                     "2 atoms, and the training molecules have 3 to 6"]),
        ("CCCCCCCO", ["8 atoms, and the training molecules have 3 to 6"]),
    ],
)  # fmt: skip
def test_what_is_new_is_named(smiles, warned):
    assert KNOWN.warnings(smiles) == warned


def test_distance_is_to_the_nearest():
    assert KNOWN.distance("OCCC") == 0 and KNOWN.distance("[He]") == 1
    assert 0 < KNOWN.distance("CCCCO") < KNOWN.distance("CCCCCl")
    assert KNOWN.molecules == 5 and len(KNOWN.fingerprints) == 4


def test_plain_values_say_the_same_without_structures():
    plain = KNOWN.to_dict()
    assert "CCO" not in str(plain)
    again = TrainedOn.from_dict(plain)
    assert np.array_equal(again.fingerprints, KNOWN.fingerprints)
    assert again.to_dict() == plain


@pytest.mark.parametrize(
    "change",
    [{"fingerprints": "!!"}, {"fingerprints": ""}, {"atoms": [1]}, {"elements": None}, None],
)
def test_other_values_are_refused(change):
    plain = KNOWN.to_dict() | change if change is not None else {}
    with pytest.raises(ValueError, match="does not say what it was trained on"):
        TrainedOn.from_dict(plain)


def test_of_many_molecules_a_sample_is_kept(monkeypatch):
    monkeypatch.setattr(trained_on, "_MOST", 3)
    known = TrainedOn.of(["C" * k for k in range(1, 10)])
    assert known.molecules == 9 and len(known.fingerprints) <= 3 and known.atoms == (1, 9)
    assert TrainedOn.from_dict(known.to_dict()).molecules == 9
    monkeypatch.setattr(trained_on, "_MOST", 1)
    with pytest.raises(ValueError, match="bytes of fingerprints"):
        TrainedOn.from_dict(known.to_dict())
