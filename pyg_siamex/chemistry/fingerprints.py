"""Extended-connectivity fingerprints, and how alike they are."""

from collections.abc import Sequence

import numpy as np
from rdkit import DataStructs
from rdkit.Chem import rdFingerprintGenerator

from pyg_siamex.chemistry.smiles import parse_smiles

_RADIUS, _BITS = 2, 2048


def ecfp4(smiles: Sequence[str]) -> list[DataStructs.ExplicitBitVect]:
    """Morgan fingerprint of radius 2 and 2048 bits of each molecule, without chirality.

    Rogers and Hahn, Extended-Connectivity Fingerprints, J. Chem. Inf. Model. 2010.

    Args:
        smiles: The molecules.

    Raises:
        ValueError: If a SMILES cannot be read.

    Example:
        >>> ecfp4(["CCO"])[0].GetNumOnBits()
        6
    """
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=_RADIUS, fpSize=_BITS)
    return [generator.GetFingerprint(parse_smiles(text)) for text in smiles]


def tanimoto(
    one: Sequence[DataStructs.ExplicitBitVect], other: Sequence[DataStructs.ExplicitBitVect]
) -> np.ndarray:
    """Tanimoto similarity of every two fingerprints, ``[a, b]`` in [0, 1].

    Args:
        one: Fingerprints, a of them.
        other: Fingerprints, b of them.

    Example:
        >>> fingerprints = ecfp4(["CCO", "OCC", "c1ccccc1"])
        >>> tanimoto(fingerprints[:1], fingerprints).tolist()
        [[1.0, 1.0, 0.0]]
    """
    rows = [DataStructs.BulkTanimotoSimilarity(bits, list(other)) for bits in one]
    return np.array(rows, dtype=float).reshape(len(one), len(other))
