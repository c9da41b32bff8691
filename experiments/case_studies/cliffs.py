"""Activity cliffs of ESOL: small changes of structure, large changes of measured solubility."""

from collections.abc import Sequence

import pandas as pd
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

ALIKE = 0.8
"""Least Tanimoto similarity of a cliff (Morgan, radius 2, with counts)."""


def cliffs(smiles: Sequence[str], values: Sequence[float], count: int = 5) -> pd.DataFrame:
    """Pairs of similar molecules by how far their values differ, the farthest first.

    Fingerprints count, since without counts all long alcohols have the same one.

    Args:
        smiles: The molecules.
        values: Measured value of each.
        count: How many pairs.

    Returns:
        ``query`` and ``reference`` (positions, the lower value first), ``tanimoto``,
        ``difference``, and ``doubt``: why a pair is not a cliff to explain, or an empty string.
    """
    molecules = [Chem.MolFromSmiles(text) for text in smiles]
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2)
    prints = [generator.GetCountFingerprint(molecule) for molecule in molecules]
    rows = []
    for k, own in enumerate(prints):
        for other, alike in enumerate(DataStructs.BulkTanimotoSimilarity(own, prints[:k])):
            if alike >= ALIKE:
                low, high = sorted((k, other), key=lambda i: values[i])
                rows.append((low, high, alike, values[high] - values[low]))
    frame = pd.DataFrame(rows, columns=["query", "reference", "tanimoto", "difference"])
    frame = frame.sort_values("difference", ascending=False, kind="stable").head(count)
    doubts = [_doubt(molecules[q], molecules[r]) for q, r in frame[["query", "reference"]].values]
    return frame.assign(doubt=doubts).reset_index(drop=True)


def _doubt(one: Chem.Mol, other: Chem.Mol) -> str:
    flat = [Chem.MolToSmiles(molecule, isomericSmiles=False) for molecule in (one, other)]
    if flat[0] == flat[1]:
        return "one molecule, listed twice or as stereoisomers"
    if not any(molecule.GetRingInfo().NumRings() for molecule in (one, other)):
        return "long chains, hardly soluble: measured at the limit of the method"
    return ""
