"""What is done to a molecule before it becomes a graph."""

from dataclasses import asdict, dataclass
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize

from pyg_siamex._door import checked
from pyg_siamex.chemistry.smiles import parse_smiles, plain_hydrogens


@checked
@dataclass(frozen=True)
class Standardisation:
    """Steps of RDKit's MolStandardize, each by choice; by default none.

    Deuterium and tritium on a heavy atom are hydrogen in any case, as features have no isotopes.

    Attributes:
        largest_fragment: Keep the largest organic fragment of a salt or mixture.
        neutral: Neutralise charges where a proton can be added or removed.
        no_isotopes: Leave out the marks of isotopes.

    Example:
        >>> Standardisation(largest_fragment=True, neutral=True).smiles("CC(=O)[O-].[Na+]")
        'CC(=O)O'
    """

    largest_fragment: bool = False
    neutral: bool = False
    no_isotopes: bool = False

    def prepared(self, smiles: str) -> tuple[Chem.Mol, str]:
        """The molecule and its SMILES, whose atoms are in the same order.

        The SMILES is the given one where no step changes the molecule.

        Args:
            smiles: The molecule as written.

        Raises:
            ValueError: If the SMILES cannot be read.
        """
        mol = parse_smiles(smiles)
        kept = plain_hydrogens(mol)
        if kept is mol and not self._steps():
            return mol, smiles.strip()
        with rdBase.BlockLogs():
            for step in self._steps():
                kept = step(kept)
        text = Chem.MolToSmiles(kept)
        if text == Chem.MolToSmiles(mol):
            return mol, smiles.strip()
        return parse_smiles(text), text

    def smiles(self, smiles: str) -> str:
        """The SMILES of the standardised molecule.

        Args:
            smiles: The molecule as written.

        Raises:
            ValueError: If the SMILES cannot be read.
        """
        return self.prepared(smiles)[1]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a model's file."""
        return asdict(self)

    def _steps(self) -> list[Any]:
        steps: list[Any] = []
        if self.largest_fragment:
            steps.append(rdMolStandardize.LargestFragmentChooser(preferOrganic=True).choose)
        if self.no_isotopes:
            steps.append(lambda mol: rdMolStandardize.IsotopeParent(mol, skipStandardize=True))
        if self.neutral:
            steps.append(rdMolStandardize.Uncharger().uncharge)
        return steps


AS_WRITTEN = Standardisation()
"""No step."""
