import pytest

from pyg_siamex.chemistry import (
    ALKANE,
    CARBONYL,
    FUNCTIONAL_GROUPS,
    PARTITIONS,
    parse_smiles,
    pattern,
)
from pyg_siamex.datasets import GROUPS
from pyg_siamex.explain.algorithm.group_occlusion import BY_CHEMISTRY


def test_every_pattern_of_the_table_can_be_read():
    assert all(pattern(name, smarts).GetNumAtoms() for name, smarts in FUNCTIONAL_GROUPS.items())


def test_data_sets_take_their_groups_from_the_one_table():
    assert GROUPS.items() <= FUNCTIONAL_GROUPS.items()


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


@pytest.mark.parametrize("smiles", ["CC(=O)O", "CC(=O)[O-]", "CC(=O)[O-].[Na+]"])
def test_an_acid_is_found_in_either_form(smiles):
    acid = pattern("acid", FUNCTIONAL_GROUPS["carboxylic acid"])
    assert parse_smiles(smiles).HasSubstructMatch(acid)


def test_partitions_are_known_by_name_without_chemistry():
    assert tuple(PARTITIONS) == BY_CHEMISTRY


def test_a_pattern_has_an_atom():
    with pytest.raises(ValueError, match="the SMARTS of 'a' has no atom"):
        pattern("a", "")
