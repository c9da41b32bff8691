"""Lay out one molecule in two dimensions, in a way that works for every molecule."""

from collections.abc import Callable

import numpy as np
from rdkit import Chem, rdBase
from rdkit.Chem import rdCoordGen, rdDepictor

from pyg_siamex.chemistry.pieces import piece_places, plain_places

MOST_ATOMS = 2000
"""Atoms of the largest molecule that is laid out."""

_WHOLE = 300
"""Atoms beyond which a molecule is laid out piece by piece: CoordGen takes seconds for 1,000."""

_LARGE_RING, _NOT_CARBON = 30, 0.25
"""Atoms of a ring beyond which CoordGen takes minutes, unless that share of them is no carbon."""

_APART, _BONDED = 0.05, 0.3
"""Least distance in angstrom of any two atoms, and of two bonded atoms."""


def lay_out(molecule: Chem.Mol) -> None:
    """Give a molecule 2-D coordinates.

    They are CoordGen's, or RDKit's own where CoordGen fails (for ``[H][H]`` its coordinates are not
    finite; it tries the shapes of large rings of carbon for minutes), or distances along bonds
    projected to two dimensions where both fail. A molecule of
    more than 300 atoms is cut at chain bonds into pieces, which are laid out in rows.

    Args:
        molecule: The molecule; receives coordinates.

    Raises:
        ValueError: If the molecule has more than 2,000 atoms.

    Example:
        >>> molecule = parse_smiles("[H][H]")
        >>> lay_out(molecule)
        >>> molecule.GetConformer().GetPositions().shape
        (2, 3)
    """
    check_size(molecule)
    with rdBase.BlockLogs():
        if molecule.GetNumAtoms() > _WHOLE:
            set_places(molecule, piece_places(molecule, _lay_out_whole))
        else:
            _lay_out_whole(molecule)


def check_size(molecule: Chem.Mol) -> None:
    """Refuse a molecule that is too large to be drawn.

    Args:
        molecule: The molecule.

    Raises:
        ValueError: If it has more than 2,000 atoms.

    Example:
        >>> check_size(parse_smiles("CCO"))
    """
    atoms = molecule.GetNumAtoms()
    if atoms > MOST_ATOMS:
        raise ValueError(
            f"the molecule has {atoms:,} atoms, and at most {MOST_ATOMS:,} can be drawn: read its "
            f"importances with explanation.to_networkx(), or explain a fragment of it"
        )


def set_places(molecule: Chem.Mol, places: np.ndarray) -> None:
    """Replace all coordinates of a molecule.

    Args:
        molecule: The molecule.
        places: ``[n, 2]``.

    Example:
        >>> set_places(parse_smiles("CC"), np.array([[0.0, 0.0], [1.5, 0.0]]))
    """
    conformer = Chem.Conformer(len(places))
    conformer.Set3D(False)
    conformer.SetPositions(np.column_stack([places, np.zeros(len(places))]).astype(float))
    molecule.RemoveAllConformers()
    molecule.AddConformer(conformer, assignId=True)


def _lay_out_whole(molecule: Chem.Mol) -> None:
    ways: list[Callable[[Chem.Mol], object]] = [
        rdCoordGen.AddCoords,
        lambda one: rdDepictor.Compute2DCoords(one, forceRDKit=True),
    ]
    if 1 < molecule.GetNumAtoms() <= _WHOLE:  # CoordGen puts a lone hydrogen at NaN
        for way in ways[int(_has_large_ring(molecule)) :]:
            if _tried(molecule, way):
                return _straighten(molecule)
    set_places(molecule, plain_places(molecule))


def _has_large_ring(molecule: Chem.Mol) -> bool:
    """Whether a ring is large and nearly all carbon, unlike those of peptides and crown ethers."""
    for ring in map(list, Chem.GetSSSR(molecule)):
        others = sum(molecule.GetAtomWithIdx(k).GetAtomicNum() != 6 for k in ring)
        if len(ring) > _LARGE_RING and others < _NOT_CARBON * len(ring):
            return True
    return False


def _tried(molecule: Chem.Mol, way: Callable[[Chem.Mol], object]) -> bool:
    """Whether a way of laying out the molecule has worked."""
    molecule.RemoveAllConformers()
    try:
        way(molecule)
    except (RuntimeError, ValueError):
        return False
    return molecule.GetNumConformers() == 1 and _is_usable(molecule)


def _is_usable(molecule: Chem.Mol) -> bool:
    """Whether all coordinates are finite and no two atoms lie in one place."""
    places = molecule.GetConformer().GetPositions()[:, :2]
    if not np.isfinite(places).all():
        return False
    gaps = np.linalg.norm(places[:, None] - places[None], axis=-1)
    bonds = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in molecule.GetBonds()]
    if any(gaps[ends] < _BONDED for ends in bonds):
        return False
    return bool((gaps + np.eye(len(gaps)) >= _APART).all())


def _straighten(molecule: Chem.Mol) -> None:
    """Give bonds the usual length and angles of 30 degrees, unless that fails."""
    before = molecule.GetConformer().GetPositions()[:, :2].copy()
    rdDepictor.NormalizeDepiction(molecule)
    rdDepictor.StraightenDepiction(molecule)
    if not _is_usable(molecule):
        set_places(molecule, before)
