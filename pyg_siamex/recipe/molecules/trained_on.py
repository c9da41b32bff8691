"""What a model was trained on, and how far another molecule is from that."""

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from rdkit import Chem

from pyg_siamex.chemistry import ecfp4, parse_smiles, tanimoto
from pyg_siamex.chemistry.fingerprints import WORDS

_MOST = 10_000
"""Most fingerprints that a model's file keeps."""


@dataclass(frozen=True)
class TrainedOn:
    """Elements, charges and sizes of the training molecules, and their fingerprints.

    Structures are not kept. Of more than 10,000 molecules the fingerprints of a sample are.

    Attributes:
        elements: Symbols.
        charges: Formal charges of atoms.
        atoms: Fewest and most atoms without hydrogen of a molecule.
        molecules: Number of molecules.
        fingerprints: Different ECFP4 ``[m, 128]`` of them, see
            :func:`~pyg_siamex.chemistry.ecfp4`.

    Example:
        >>> known = TrainedOn.of(["CCO", "CCCO", "c1ccccc1"])
        >>> known.warnings("CCCl")
        ['Cl is no element of the training molecules']
        >>> round(known.distance("CCCCO"), 2)
        0.42
    """

    elements: list[str]
    charges: list[int]
    atoms: tuple[int, int]
    molecules: int
    fingerprints: np.ndarray

    @classmethod
    def of(cls, smiles: Sequence[str], seed: int = 0) -> "TrainedOn":
        """What some molecules have.

        Args:
            smiles: The training molecules, standardised.
            seed: Seed of the sample of more than 10,000.

        Raises:
            ValueError: If there are none, or a SMILES cannot be read.
        """
        mols = [parse_smiles(text) for text in smiles]
        sizes = [mol.GetNumAtoms() for mol in mols]
        chosen = list(smiles)
        if len(smiles) > _MOST:
            drawn = np.random.default_rng(seed).choice(len(smiles), _MOST, replace=False)
            chosen = [smiles[int(k)] for k in drawn]
        return cls(
            sorted({atom.GetSymbol() for mol in mols for atom in mol.GetAtoms()}),
            sorted({atom.GetFormalCharge() for mol in mols for atom in mol.GetAtoms()}),
            (min(sizes), max(sizes)),
            len(mols),
            np.unique(ecfp4(chosen), axis=0),
        )

    def distance(self, smiles: str) -> float:
        """1 - Tanimoto similarity of ECFP4 to the nearest training molecule, in [0, 1].

        Args:
            smiles: A standardised molecule.

        Raises:
            ValueError: If the SMILES cannot be read.
        """
        return float(1 - tanimoto(ecfp4([smiles]), self.fingerprints).max())

    def warnings(self, smiles: str) -> list[str]:
        """What the molecule has and no training molecule has, in phrases.

        Args:
            smiles: A standardised molecule.

        Raises:
            ValueError: If the SMILES cannot be read.
        """
        mol = parse_smiles(smiles)
        return [*self._new_elements(mol), *self._new_charges(mol), *self._new_size(mol)]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a model's file."""
        packed = zlib.compress(self.fingerprints.tobytes(), 9)
        return {
            "elements": self.elements,
            "charges": self.charges,
            "atoms": list(self.atoms),
            "molecules": self.molecules,
            "fingerprints": base64.b85encode(packed).decode("ascii"),
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "TrainedOn":
        """What :meth:`to_dict` described.

        Args:
            plain: Plain values.

        Raises:
            ValueError: If they are none of this class.
        """
        size = _MOST * WORDS * 2
        try:
            packed = base64.b85decode(plain["fingerprints"])
            bits = zlib.decompressobj().decompress(packed, size + 1)
            if not 0 < len(bits) <= size:
                raise ValueError(f"{len(bits)} bytes of fingerprints")
            return cls(
                [str(symbol) for symbol in plain["elements"]],
                [int(charge) for charge in plain["charges"]],
                (int(plain["atoms"][0]), int(plain["atoms"][1])),
                int(plain["molecules"]),
                np.frombuffer(bits, dtype=np.uint16).reshape(-1, WORDS),
            )
        except (KeyError, TypeError, IndexError, ValueError, zlib.error) as error:
            raise ValueError(f"the model does not say what it was trained on: {error}") from error

    @cached_property
    def _known(self) -> set[str]:
        return set(self.elements)

    def _new_elements(self, mol: Chem.Mol) -> list[str]:
        new = sorted({atom.GetSymbol() for atom in mol.GetAtoms()} - self._known)
        if not new:
            return []
        words = f"{new[0]} is no element" if len(new) == 1 else f"{', '.join(new)} are no elements"
        return [f"{words} of the training molecules"]

    def _new_charges(self, mol: Chem.Mol) -> list[str]:
        new = sorted({atom.GetFormalCharge() for atom in mol.GetAtoms()} - set(self.charges))
        return [f"no atom of the training molecules has charge {charge:+d}" for charge in new]

    def _new_size(self, mol: Chem.Mol) -> list[str]:
        (least, most), count = self.atoms, mol.GetNumAtoms()
        if least <= count <= most:
            return []
        return [f"{count} atoms, and the training molecules have {least} to {most}"]
