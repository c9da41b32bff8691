"""Molecules are read, and their groups of atoms named."""

from pathlib import Path

from pyg_siamex.datasets import MoleculeTable, parse_smiles
from pyg_siamex.explain import functional_groups, murcko_scaffold

Path("molecules.csv").write_text("smiles,active\nCCO,1\nCCN,0\nCC(=O)Oc1ccccc1C(=O)O,1\n")
graphs = MoleculeTable("molecules.csv", label="active")
assert [graph.num_nodes for graph in graphs] == [3, 3, 13]
assert functional_groups(graphs[2]) and murcko_scaffold(graphs[2])
assert parse_smiles("c1ccccc1").GetNumAtoms() == 6
