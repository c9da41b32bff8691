"""Extended-connectivity fingerprints, and how alike they are."""

from collections.abc import Sequence

import numpy as np
from rdkit.Chem import rdFingerprintGenerator

from pyg_siamex._door import checked
from pyg_siamex._versions import ones_in_rows
from pyg_siamex.chemistry.smiles import parse_smiles

_RADIUS, _BITS = 2, 2048
WORDS = _BITS // 16
"""Numbers of 16 bits in a fingerprint."""


@checked
def ecfp4(smiles: Sequence[str]) -> np.ndarray:
    """Morgan fingerprints of radius 2 and 2048 bits, without chirality, ``[n, 128]`` of 16 bits.

    Rogers and Hahn, Extended-Connectivity Fingerprints, J. Chem. Inf. Model. 2010.

    Args:
        smiles: The molecules.

    Raises:
        ValueError: If a SMILES cannot be read.

    Example:
        >>> ecfp4(["CCO", "CCN"]).shape
        (2, 128)
    """
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=_RADIUS, fpSize=_BITS)
    bits = [generator.GetFingerprintAsNumPy(parse_smiles(text)) for text in smiles]
    if not bits:
        return np.empty((0, WORDS), dtype=np.uint16)
    return np.packbits(np.stack(bits), axis=1).view(np.uint16)


@checked
def bits_of(fingerprints: np.ndarray) -> np.ndarray:
    """The bits of fingerprints, ``[..., 2048]`` of 0 and 1, for other comparisons than Tanimoto's.

    Args:
        fingerprints: ``[..., 128]`` of :func:`ecfp4`.

    Raises:
        ValueError: If they are something else.

    Example:
        >>> fingerprints = ecfp4(["CCO"])
        >>> bits_of(fingerprints).shape, int(bits_of(fingerprints).sum())
        ((1, 2048), 6)
    """
    _check("fingerprints", fingerprints, (1, 2))
    return np.unpackbits(np.ascontiguousarray(fingerprints).view(np.uint8), axis=-1)


def are_fingerprints(values: np.ndarray) -> bool:
    """Whether values are fingerprints of :func:`ecfp4`, by their type and width.

    Args:
        values: Any numbers.

    Example:
        >>> are_fingerprints(ecfp4(["CCO"])[0]), are_fingerprints(np.zeros(128))
        (True, False)
    """
    return values.dtype == np.uint16 and values.ndim > 0 and values.shape[-1] == WORDS


@checked
def tanimoto(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Tanimoto similarity of every two fingerprints, ``[a, b]`` in [0, 1].

    Args:
        one: Fingerprints ``[a, 128]``.
        other: Fingerprints ``[b, 128]``.

    Example:
        >>> fingerprints = ecfp4(["CCO", "OCC", "c1ccccc1"])
        >>> tanimoto(fingerprints[:1], fingerprints).tolist()
        [[1.0, 1.0, 0.0]]
    """
    _check("one", one, (2,))
    _check("other", other, (2,))
    found = np.empty((len(one), len(other)))
    for k, bits in enumerate(one):
        found[k] = paired_tanimoto(other, bits)
    return found


@checked
def paired_tanimoto(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Tanimoto similarity of the fingerprints of each pair, ``[p]``.

    Args:
        one: Fingerprints ``[p, 128]``.
        other: Fingerprints ``[p, 128]``, or one, ``[128]``, for all pairs.

    Example:
        >>> fingerprints = ecfp4(["CCO", "OCC"])
        >>> paired_tanimoto(fingerprints[:1], fingerprints[1:]).tolist()
        [1.0]
    """
    _check("one", one, (2,))
    _check("other", other, (1, 2))
    if other.ndim == 2 and len(one) != len(other):
        raise ValueError(f"{len(one)} fingerprints and {len(other)} others make no pairs")
    shared = ones_in_rows(one & other)
    similarity: np.ndarray = shared / np.maximum(ones_in_rows(one | other), 1)
    return similarity


def _check(name: str, given: np.ndarray, dims: tuple[int, ...]) -> None:
    if given.ndim not in dims or not are_fingerprints(given):
        raise ValueError(
            f"`{name}` must be fingerprints, [..., {WORDS}] of uint16, as ecfp4 makes them (got "
            f"{list(given.shape)} of {given.dtype})"
        )
