"""Graphs of any size, many molecules, and a small model of either."""

import tempfile
from pathlib import Path

import torch
from rdkit import Chem, RDConfig, rdBase
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.datasets.molecule_rows import MoleculeRows

DEGREE, FEATURES, WIDTH, LAYERS = 8, 8, 16, 2
"""Edges of a node, its features, and width and layers of the encoder."""


def lattice(edges: int) -> Data:
    """A ring in which each node touches its nearest eight, with random features."""
    nodes = max(edges // DEGREE, DEGREE + 1)
    steps = torch.tensor([k for k in range(-DEGREE // 2, DEGREE // 2 + 1) if k])
    first = torch.arange(nodes).repeat_interleave(DEGREE)
    second = (first + steps.repeat(nodes)) % nodes
    return Data(x=torch.randn(nodes, FEATURES), edge_index=torch.stack([first, second]))


def molecules(count: int) -> list[Data]:
    """Molecules of RDKit's NCI table, and the same with one more methyl group."""
    lines = (Path(RDConfig.RDDataDir) / "NCI" / "first_5K.smi").read_text().splitlines()
    with rdBase.BlockLogs():
        known = [Chem.MolFromSmiles(line.split()[0]) for line in lines[:count]]
        smiles = [Chem.MolToSmiles(mol) for mol in known if mol is not None]
        smiles += [grown for k in (0, -1) for one in smiles if (grown := _with_methyl(one, k))]
    wanted = list(dict.fromkeys(smiles))[:count]
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "molecules.smi"
        table.write_text("\n".join(wanted))
        return [graph for _, graph in MoleculeRows(table).usable([])]


def _with_methyl(smiles: str, place: int) -> str:
    """The molecule with a methyl group at its first, or last, carbon with hydrogen; or nothing."""
    mol = Chem.RWMol(Chem.MolFromSmiles(smiles))
    free = [a.GetIdx() for a in mol.GetAtoms() if a.GetSymbol() == "C" and a.GetTotalNumHs()]
    if not free:
        return ""
    mol.AddBond(free[place], mol.AddAtom(Chem.Atom("C")), Chem.BondType.SINGLE)
    try:
        Chem.SanitizeMol(mol)
    except ValueError:
        return ""
    return Chem.MolToSmiles(mol)


def siamese(graph: Data, width: int = WIDTH) -> SiameseGNN:
    """An untrained model of such graphs."""
    torch.manual_seed(0)
    net = GIN(graph.num_node_features, width, LAYERS)
    return SiameseGNN(net, pool="mean", similarity="cosine").eval()
