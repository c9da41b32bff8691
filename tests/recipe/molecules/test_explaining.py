from pathlib import Path

import pytest
import torch

from pyg_siamex.datasets import FunctionalGroups, molecule
from pyg_siamex.recipe import MoleculeView
from pyg_siamex.recipe.molecules.explaining import strongest_bonds


def test_bonds_are_named_once_each():
    data = FunctionalGroups()[0]
    data.edge_mask = data.bond_truth.float()
    bonds = strongest_bonds(data, 4)
    assert len(bonds) == 4 and all(value == 1 for _, value in bonds)
    assert any("=" in name for name, _ in bonds)


def test_bonds_fall_in_magnitude_whatever_their_sign():
    data = molecule("CC=O")
    data.edge_mask = torch.tensor([0.1, 0.1, -0.7, -0.7])
    assert [name for name, _ in strongest_bonds(data, 2)] == ["C1=O2", "C0-C1"]


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match=r"`out` must end in \.svg or \.png or \.html"):
        MoleculeView().check(Path("a.pdf"), None)
    with pytest.raises(ValueError, match="`atom_numbers` is for pictures"):
        MoleculeView(atom_numbers=True).check(Path("a.html"), None)
