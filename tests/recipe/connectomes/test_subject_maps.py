"""Each subject against the other members of its class."""

import numpy as np
import pytest
from small_study import noise, shifted

from pyg_siamex.datasets.connectome import Atlas
from pyg_siamex.metric.against_others import against_others
from pyg_siamex.recipe.connectomes.group_contrast import Contrast
from pyg_siamex.recipe.connectomes.group_levels import levels_of
from pyg_siamex.recipe.connectomes.subject_maps import SubjectMaps

ATLAS = Atlas("small", [f"r{k}" for k in range(8)], networks=list("aaaabbbb"))


def maps(odd=12.0):
    matrices = noise(40)
    matrices[:1] = shifted(matrices[:1], np.array([odd]), edges=[(2, 5)])
    row, col = np.triu_indices(8, 1)
    values, member = matrices[:, row, col], np.arange(40) % 2 == 0
    evidence = Contrast(values, np.ones((2, 40)), member, np.zeros(40, dtype=int))
    classes = ["ill" if one else "well" for one in member]
    return SubjectMaps([f"sub-{k:02d}" for k in range(40)], classes, evidence, levels_of(ATLAS))


def test_an_odd_subject_is_far_in_the_odd_connection():
    found = maps().of("sub-00")
    top = found["connections"].iloc[0]
    assert {top["region"], top["other"]} == {"r2", "r5"} and top["z"] > 3
    assert top["p_fwe"] == 1 / 20 and (found["connections"]["p_fwe"][1:] > 1 / 20).all()
    networks = found["networks"].set_index(["network", "other"])["z"]
    assert abs(networks["a", "b"]) > 1.5
    assert {"r2", "r5"} & set(found["regions"]["region"][:2])


def test_the_sign_is_that_of_evidence_for_the_own_class():
    found = maps()
    units = found.evidence.in_units(found.evidence.values)
    well = against_others(-units[1::2])
    one = found.of("sub-03")["connections"].set_index(["region", "other"])["z"]
    assert one[("r0", "r1")] == pytest.approx(well[1, 0])


def test_the_strongest_of_all_are_a_table():
    table = maps().strongest(3)
    assert len(table) == 120 and table["subject"].iloc[0] == "sub-00"
    assert table.iloc[0]["p_fwe"] == table["p_fwe"].min() == 1 / 20
    assert list(table.columns) == [
        *("subject", "class", "region", "other", "for_own_class", "z", "p_fwe")
    ]


def test_other_subjects_are_refused_by_name():
    with pytest.raises(ValueError, match="no subject 'sub-77'"):
        maps().of("sub-77")
