"""Features of many molecules at once are PyG's of each."""

import os
from itertools import islice

import pytest
import torch
from rdkit import Chem, RDConfig, rdBase
from torch_geometric.utils import from_rdmol

from pyg_siamex.chemistry.codes import codes_of


def molecules(count):
    with open(os.path.join(RDConfig.RDDataDir, "NCI", "first_5K.smi")) as lines, rdBase.BlockLogs():
        found = (Chem.MolFromSmiles(line.split()[0]) for line in islice(lines, count))
        return [mol for mol in found if mol is not None]


def check(mols):
    codes, each = codes_of(mols), [from_rdmol(mol) for mol in mols]
    assert torch.equal(codes.x, torch.cat([data.x for data in each]))
    assert torch.equal(codes.edge_index, torch.cat([data.edge_index for data in each], 1))
    assert torch.equal(codes.edge_attr, torch.cat([data.edge_attr for data in each]))
    assert codes.atoms == [data.num_nodes for data in each]
    assert codes.edges == [data.num_edges for data in each]


def test_the_codes_of_real_molecules():
    check(molecules(1000))


@pytest.mark.parametrize(
    "smiles",
    [
        ["C"],
        ["[Na+].[Cl-]", "C", "CC"],
        ["C/C=C/C", "C/C=C\\C", "C[C@H](N)O", "C[C@@H](N)O", "[CH3]", "[O-][N+](=O)c1ccccc1"],
        ["F[P-](F)(F)(F)(F)F", "[Fe]", "C1CC1", "N->[Cu+2]", "[H][H]"],
    ],
)
def test_the_codes_of_small_and_odd_molecules(smiles):
    check([Chem.MolFromSmiles(text) for text in smiles])


def test_without_molecules_and_without_a_code():
    assert codes_of([]).x.shape == (0, 9) and codes_of([]).edge_index.shape == (2, 0)
    unknown = Chem.MolFromSmiles("[CH3-6]", sanitize=False)
    unknown.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(unknown)
    with pytest.raises(ValueError, match="not in list"):
        from_rdmol(unknown)
    assert codes_of([*molecules(3), unknown]) is None
