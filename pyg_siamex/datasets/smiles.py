"""One molecule from SMILES, in RDKit's atom order."""

from typing import Any

from rdkit import Chem, rdBase
from torch_geometric.data import Data
from torch_geometric.utils import from_rdmol


def molecule(smiles: str, **attributes: Any) -> Data:
    """Turn SMILES into PyG's molecular graph.

    Node k is atom k of ``Chem.MolFromSmiles(smiles)``; hydrogens are implicit. Features are the
    integer columns of :func:`torch_geometric.utils.from_smiles`; apply
    :class:`~pyg_siamex.datasets.OneHotMolecule` before training.

    Args:
        smiles: The molecule.
        **attributes: Set on the graph, for example ``y=1`` or ``name="aspirin"``.

    Returns:
        ``Data`` with ``x`` ``[n, 9]`` and ``edge_attr`` ``[E, 3]`` of integers, ``edge_index``,
        ``smiles``. A bond is two directed edges.

    Raises:
        ValueError: If RDKit cannot read the SMILES, or it has no atom. (PyG's ``from_smiles``
            returns an empty graph there.)
    """
    mol = parse_smiles(smiles)
    data = from_rdmol(mol)
    data.smiles = smiles.strip()
    for name, value in attributes.items():
        data[name] = value
    return data


def parse_smiles(smiles: str) -> Chem.Mol:
    """An RDKit molecule, or ``ValueError`` with RDKit's own reason."""
    if not isinstance(smiles, str) or not smiles.strip():
        raise ValueError(f"empty SMILES ({smiles!r})")
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles.strip())
        if mol is None:
            raise ValueError(f"invalid SMILES '{smiles}': {_reason(smiles)}")
    if mol.GetNumAtoms() == 0:
        raise ValueError(f"SMILES '{smiles}' has no atom")
    return mol


def _reason(smiles: str) -> str:
    mol = Chem.MolFromSmiles(smiles.strip(), sanitize=False)
    if mol is None:
        return "it cannot be parsed (unclosed ring, bracket or unknown symbol)"
    problems = [problem.Message() for problem in Chem.DetectChemistryProblems(mol)]
    return "; ".join(problems) or "it fails RDKit's sanitisation"
