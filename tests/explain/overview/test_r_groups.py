"""The table of what hangs on the most frequent scaffold."""

from explained import brain, molecule

from pyg_siamex.explain.overview.r_groups import r_groups

SERIES = ["Cc1ccccc1", "Fc1ccccc1", "Oc1ccccc1", "Nc1ccccc1", "Clc1ccccc1", "CCCC"]


def test_rows_have_names_and_labels_and_the_largest_label_is_first():
    found = r_groups([molecule(s) for s in SERIES], list("abcdef"), [1.0, 5.0, 3.0, 2.0, 4.0, 9.0])
    assert (found.core, found.total) == ("c1ccc([*:1])cc1", 6)
    assert found.table["name"].tolist() == ["b", "e", "c", "d", "a"]
    assert found.table["R1"].tolist() == ["F", "Cl", "O", "N", "C"]


def test_other_graphs_have_no_scaffold():
    assert r_groups([brain(k) for k in range(6)], list("abcdef"), range(6)) is None
    assert r_groups([molecule("CCO")] * 6, list("abcdef"), range(6)) is None
