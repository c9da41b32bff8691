"""Pieces of large molecules, and places from distances along bonds."""

import numpy as np
from rdkit import Chem

from pyg_siamex.chemistry import parse_smiles
from pyg_siamex.chemistry.layout import lay_out
from pyg_siamex.chemistry.pieces import piece_places, pieces, plain_places

PEPTIDE = "NC(Cc1ccccc1)C(=O)" * 40


def test_pieces_are_a_partition_into_connected_parts_with_whole_rings():
    molecule = parse_smiles(PEPTIDE)
    found = pieces(molecule)
    assert sorted(atom for piece in found for atom in piece) == list(range(molecule.GetNumAtoms()))
    of = {atom: k for k, piece in enumerate(found) for atom in piece}
    assert all(len({of[atom] for atom in ring}) == 1 for ring in molecule.GetRingInfo().AtomRings())
    cut = [b for b in molecule.GetBonds() if of[b.GetBeginAtomIdx()] != of[b.GetEndAtomIdx()]]
    assert len(cut) == len(found) - 1 > 3
    assert all(15 <= len(piece) <= 75 for piece in found)
    assert all(bond.GetBondType() == Chem.BondType.SINGLE for bond in cut)


def test_bonds_keep_their_length_but_where_the_molecule_is_cut():
    molecule = parse_smiles(PEPTIDE)
    found = piece_places(molecule, lay_out)
    of = {atom: k for k, piece in enumerate(pieces(molecule)) for atom in piece}
    for bond in molecule.GetBonds():
        u, v = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        if of[u] == of[v]:
            assert 1.0 < np.linalg.norm(found[u] - found[v]) < 2.0


def test_fragments_lie_beside_one_another():
    molecule = parse_smiles(".".join(["CCO"] * 9))
    found = plain_places(molecule)
    boxes = [found[3 * k : 3 * k + 3] for k in range(9)]
    for k, one in enumerate(boxes):
        for other in boxes[:k]:
            apart = (one.min(0) > other.max(0)) | (one.max(0) < other.min(0))
            assert apart.any()


def test_plain_places_fit_the_numbers_of_bonds():
    found = plain_places(parse_smiles("CCCCC"))
    steps = np.linalg.norm(np.diff(found, axis=0), axis=1)
    assert np.allclose(steps, 1.5, atol=0.1)
    assert np.linalg.norm(found[0] - found[-1]) > 5.5
    ring = plain_places(parse_smiles("C1CCCCC1"))
    middle = np.linalg.norm(ring - ring.mean(0), axis=1)
    assert np.allclose(middle, middle.mean(), rtol=0.02)
    assert plain_places(Chem.Mol()).shape == (0, 2)
