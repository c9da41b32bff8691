"""Molecules of one scaffold are put together again from it and what hangs on it."""

import pytest
from rdkit import Chem

from pyg_siamex.chemistry.r_groups import r_group_rows

SERIES = [
    "Cc1ccc(F)nc1",
    "Clc1cccnc1",
    "COc1ccc(F)nc1",
    "c1ccncc1",
    "N#Cc1ccc(Cl)nc1",
    "CC(C)c1cccnc1",
]


def test_the_scaffold_and_its_substituents_give_the_molecules():
    found = r_group_rows([*SERIES, "CCCC", "C1CC1"])
    assert found.positions == list(range(6))
    assert set(found.groups) == {"R1", "R2"}
    for row, smiles in enumerate(SERIES):
        core = Chem.MolFromSmiles(found.core)
        parts = {name: groups[row] for name, groups in found.groups.items()}
        heavy = Chem.MolFromSmiles(smiles).GetNumHeavyAtoms()
        hanging = sum(
            0 if part == "H" else Chem.MolFromSmiles(part).GetNumHeavyAtoms()
            for part in parts.values()
        )
        assert core.GetNumHeavyAtoms() + hanging == heavy
    assert [found.groups["R1"][3], found.groups["R2"][3]] == ["H", "H"]
    named = {tuple(groups) for groups in zip(*found.groups.values(), strict=True)}
    assert ("F", "C") in named or ("C", "F") in named


def test_without_a_common_scaffold_there_is_no_table():
    assert r_group_rows(["CCO", "CCN", "CCCC", "CCCCC", "CO", "CN"]) is None
    assert r_group_rows(SERIES[:4]) is None
    assert r_group_rows(["c1ccccc1"] * 6) is None
    with pytest.raises(ValueError, match="invalid SMILES"):
        r_group_rows(["C1CC"])


def test_atom_maps_are_no_labels():
    plain = ["Cc1ccccc1", "Fc1ccccc1", "Oc1ccccc1", "Nc1ccccc1", "Clc1ccccc1"]
    mapped = [text.replace("c1ccccc1", f"[c:{k + 1}]1ccccc1") for k, text in enumerate(plain)]
    one, other = r_group_rows(plain), r_group_rows(mapped)
    assert one is not None and one == other
