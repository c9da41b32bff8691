"""Graphs of many molecules, featurised together."""

from collections.abc import Sequence

from rdkit import Chem
from torch_geometric.data import Data

from pyg_siamex.chemistry import graph_of
from pyg_siamex.chemistry.codes import codes_of
from pyg_siamex.datasets.one_hot import OneHotMolecule


def molecule_graphs(
    mols: Sequence[Chem.Mol],
    smiles: Sequence[str],
    names: Sequence[str],
    transform: OneHotMolecule,
) -> list[Data | ValueError]:
    """The graph of each molecule as one at a time, or the error that it raises.

    Args:
        mols: Molecules.
        smiles: Their SMILES, kept on the graphs.
        names: Their names, kept on the graphs.
        transform: Makes the features.

    Example:
        >>> molecule_graphs([parse_smiles("CCO")], ["CCO"], ["ethanol"], OneHotMolecule())[0].name
        'ethanol'
    """
    codes = None if transform.reads_smiles else codes_of(mols)
    if codes is None:
        return [_alone(*one, transform) for one in zip(mols, smiles, names, strict=True)]
    whole = transform(Data(x=codes.x, edge_index=codes.edge_index, edge_attr=codes.edge_attr))
    edges = codes.edge_index.split(codes.edges, dim=1)
    bonds = [None] * len(mols) if whole.edge_attr is None else whole.edge_attr.split(codes.edges)
    parts = zip(whole.x.split(codes.atoms), edges, bonds, smiles, names, strict=True)
    return [
        Data(x=x.clone(), edge_index=e.clone(), edge_attr=None if b is None else b.clone(),
             smiles=s.strip(), name=n)
        for x, e, b, s, n in parts
    ]  # fmt: skip


def _alone(mol: Chem.Mol, smiles: str, name: str, transform: OneHotMolecule) -> Data | ValueError:
    try:
        return transform(graph_of(mol, smiles, name=name))
    except ValueError as error:
        return error
