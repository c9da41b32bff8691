import time

import pytest
from rdkit import Chem
from rdkit.Chem.Scaffolds import MurckoScaffold

from pyg_siamex.chemistry.murcko import scaffold_of
from pyg_siamex.datasets import FunctionalGroups

ODD = [
    "CCCC(=O)C(=C(C)C)c1ccccc1",
    "CC(C)=C1CC1=C=CC",
    "C1CC1C(=C=O)CCC2CC2",
    "OS(=O)(=O)CC1CC1",
    "C1CC1N(=O)=O",
    "C1CC1[N+](=O)[O-]",
    "[Na+].C1CC1CC(=O)[O-]",
    "C1CC1.C1CCC1CCCC",
    "C[C@H]1CC[C@@H](CC)CC1",
    "CCC/C=C/C1CC1",
    "[2H]c1ccccc1[CH2:3]CC",
    "CP(=O)(C1CC1)CP(=C)C",
    "[H][H]",
    "C",
]


def smiles() -> list[str]:
    """Real molecules of one kind of group after another, and odd ones."""
    return [*ODD, *(data.smiles for data in FunctionalGroups()[:600])]


def test_is_the_scaffold_of_rdkit():
    for text in smiles():
        molecule = Chem.MolFromSmiles(text)
        whole, ours = MurckoScaffold.GetScaffoldForMol(molecule), scaffold_of(molecule)
        assert Chem.MolToSmiles(ours) == Chem.MolToSmiles(whole), text
        assert Chem.MolToSmiles(molecule) == Chem.CanonSmiles(text)


@pytest.mark.parametrize("text", ["C" * 4000, "C" * 4000 + "c1ccccc1", "C1CC1" + "C" * 4000 + "=O"])
def test_long_chains_are_taken_off_at_once(text):
    molecule, start = Chem.MolFromSmiles(text), time.process_time()
    assert scaffold_of(molecule).GetNumAtoms() in (0, 3, 6)
    assert time.process_time() - start < 5
