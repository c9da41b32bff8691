"""How molecules become graphs, which their model keeps."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyg_siamex._door import checked

if TYPE_CHECKING:
    from pyg_siamex.chemistry import Standardisation
    from pyg_siamex.datasets import OneHotMolecule


@checked
@dataclass(frozen=True)
class Preparation:
    """What is done to each molecule, and what of it a model reads.

    A model's file keeps it, and whoever uses the model does the same.

    Attributes:
        largest_fragment: Strip salts and solvents, keep the largest organic fragment.
        neutral: Neutralise charges where a proton can be added or removed.
        no_isotopes: Leave out the marks of isotopes. Deuterium is hydrogen in any case.
        stereo: Read stereochemistry: R and S of atoms, E and Z of double bonds.

    Example:
        >>> Preparation(stereo=True).transform().node_features[-1]
        'cip'
    """

    largest_fragment: bool = False
    neutral: bool = False
    no_isotopes: bool = False
    stereo: bool = False

    def standardisation(self) -> "Standardisation":
        """The steps before a molecule becomes a graph."""
        from pyg_siamex.chemistry import Standardisation

        return Standardisation(self.largest_fragment, self.neutral, self.no_isotopes)

    def transform(self) -> "OneHotMolecule":
        """The features."""
        from pyg_siamex.datasets import OneHotMolecule

        plain = OneHotMolecule()
        if not self.stereo:
            return plain
        return OneHotMolecule((*plain.node_features, "cip"), plain.edge_features)


AS_WRITTEN = Preparation()
"""Nothing is done to molecules, and stereochemistry is not read."""
