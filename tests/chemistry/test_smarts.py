import pytest

from pyg_siamex.chemistry import (
    ALKANE,
    CARBONYL,
    EXCLUSIVE_GROUPS,
    FUNCTIONAL_GROUPS,
    PARTITIONS,
    parse_smiles,
    pattern,
)
from pyg_siamex.explain.algorithm.group_occlusion import BY_CHEMISTRY


@pytest.mark.parametrize("table", [FUNCTIONAL_GROUPS, EXCLUSIVE_GROUPS])
def test_every_pattern_of_the_tables_can_be_read(table):
    assert all(pattern(name, smarts).GetNumAtoms() for name, smarts in table.items())


def test_a_pattern_that_cannot_be_read_is_named():
    with pytest.raises(ValueError, match=r"SMARTS of 'bad' cannot be read: \[\[\["):
        pattern("bad", "[[[")


@pytest.mark.parametrize(
    ("smiles", "alkane", "carbonyl"), [("CCC", True, False), ("CC=O", False, True)]
)
def test_the_rule_of_the_alkane_carbonyl_task(smiles, alkane, carbonyl):
    mol = parse_smiles(smiles)
    assert mol.HasSubstructMatch(pattern("alkane", ALKANE)) == alkane
    assert mol.HasSubstructMatch(pattern("carbonyl", CARBONYL)) == carbonyl


def test_exclusive_groups_tell_charges_apart():
    acid, salt = parse_smiles("CC(=O)O"), parse_smiles("CC(=O)[O-]")
    for table, both in ((FUNCTIONAL_GROUPS, True), (EXCLUSIVE_GROUPS, False)):
        group = pattern("acid", table["carboxylic acid"])
        assert acid.HasSubstructMatch(group)
        assert salt.HasSubstructMatch(group) == both


def test_partitions_are_known_by_name_without_chemistry():
    assert tuple(PARTITIONS) == BY_CHEMISTRY
