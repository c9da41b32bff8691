"""Every molecule gets places: finite, apart, and the same every time."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem

from pyg_siamex.chemistry import parse_smiles
from pyg_siamex.chemistry.layout import MOST_ATOMS, check_size, lay_out, set_places


def places(molecule):
    lay_out(molecule)
    return molecule.GetConformer().GetPositions()


def gaps(found):
    distance = np.linalg.norm(found[:, None] - found[None], axis=-1)
    return distance + 9 * np.eye(len(found))


@pytest.mark.parametrize(
    "smiles", ["[H][H]", "[H]", "[He]", "C", "[Na+].[Cl-]", "C12C3C4C1C5C2C3C45", "C" * 400]
)
def test_atoms_have_places_of_their_own(smiles):
    found = places(parse_smiles(smiles))
    assert np.isfinite(found).all()
    assert gaps(found).min() > 0.05


@st.composite
def molecules(draw):
    """Any connected graph, also those that no chemist has seen."""
    count = draw(st.integers(1, 25))
    molecule = Chem.RWMol()
    for _ in range(count):
        molecule.AddAtom(Chem.Atom(14))
    for atom in range(1, count):
        molecule.AddBond(draw(st.integers(0, atom - 1)), atom, Chem.BondType.SINGLE)
    for u, v in draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=8)
    ):
        if u != v and molecule.GetBondBetweenAtoms(u, v) is None:
            molecule.AddBond(u, v, Chem.BondType.SINGLE)
    out = molecule.GetMol()
    out.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(out)
    return out


@settings(max_examples=40, deadline=None)
@given(molecules())
def test_no_molecule_fails(molecule):
    found = places(molecule)
    assert np.isfinite(found).all() and gaps(found).min() > 0.001


def test_where_both_programs_fail_atoms_still_have_places(monkeypatch):
    from pyg_siamex.chemistry import layout

    monkeypatch.setattr(layout, "_tried", lambda molecule, way: False)
    found = places(parse_smiles("CC(=O)Oc1ccccc1C(=O)O"))
    assert np.isfinite(found).all() and gaps(found).min() > 0.3


def test_a_thousand_atoms_take_less_than_three_seconds():
    start = time.process_time()
    found = places(parse_smiles("NC(Cc1ccccc1)C(=O)" * 91))
    assert time.process_time() - start < 3
    assert np.isfinite(found).all() and gaps(found).min() > 0.3


def test_larger_molecules_are_refused_with_a_way_out():
    molecule = parse_smiles(".".join("C" * (MOST_ATOMS + 1)))
    for refuse in (check_size, lay_out):
        with pytest.raises(
            ValueError, match=r"2,001 atoms.*to_networkx\(\), or explain a fragment"
        ):
            refuse(molecule)


def test_new_places_replace_old_ones():
    molecule = parse_smiles("CC")
    lay_out(molecule)
    set_places(molecule, np.array([[0.0, 0.0], [3.0, 4.0]]))
    assert molecule.GetNumConformers() == 1
    assert molecule.GetConformer().GetPositions()[1].tolist() == [3.0, 4.0, 0.0]


@pytest.mark.parametrize(
    "smiles",
    [
        f"C1{'C' * 60}C1",
        f"C1{'C' * 250}C1",
        f"O1{'C' * 45}C1",
        f"C1{'CCCC(C)' * 12}C1",
        f"C1{'CCC=C' * 12}C1",
        f"C1CCC2{'C' * 40}C2C1",
        f"C1{'COC' * 30}C1",
        f"N1{'CC(=O)N' * 30}CC1=O",
    ],
    ids=["ring", "largest", "ether", "branched", "alkene", "fused", "crown", "peptide"],
)
def test_large_rings_take_less_than_three_seconds(smiles):
    ring = parse_smiles(smiles)
    start = time.perf_counter()
    lay_out(ring)
    assert time.perf_counter() - start < 3
    places = ring.GetConformer().GetPositions()
    assert len(np.unique(places.round(3), axis=0)) == ring.GetNumAtoms()
