"""What a model of molecules keeps: how molecules become graphs, and what it was trained on."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from torch_geometric.data import Data

from pyg_siamex._visible import in_one_line
from pyg_siamex.chemistry import Standardisation, graph_of
from pyg_siamex.chemistry.stereo import has_stereo
from pyg_siamex.datasets.one_hot import OneHotMolecule
from pyg_siamex.recipe.molecules.trained_on import TrainedOn
from pyg_siamex.recipe.trained import Trained

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Remembered:
    """How a model's molecules are made, and what is known of its training molecules.

    Attributes:
        standardisation: What is done to each molecule first.
        transform: Makes the features.
        trained_on: The training molecules, or ``None`` of a model that does not say.

    Example:
        >>> Remembered.by(trained).graph("OCC").smiles
        'OCC'
    """

    standardisation: Standardisation
    transform: OneHotMolecule
    trained_on: TrainedOn | None

    @classmethod
    def by(cls, trained: Trained) -> "Remembered":
        """What a model keeps.

        Args:
            trained: The model.

        Raises:
            ValueError: If its file cannot be understood.
        """
        known, plain = trained.metadata, trained.metadata.get("trained_on")
        try:
            return cls(
                Standardisation(**known.get("standardisation", {})),
                OneHotMolecule.from_dict(known["features"]),
                None if plain is None else TrainedOn.from_dict(plain),
            )
        except (KeyError, TypeError, ValueError) as error:
            words = f"{trained.name} does not say how its molecules are made: {error}"
            raise ValueError(words) from error

    @property
    def reads_stereo(self) -> bool:
        """Whether stereochemistry is among the features."""
        return "cip" in self.transform.node_features

    def graph(self, smiles: str) -> Data:
        """The graph of a molecule as the model reads it.

        Args:
            smiles: The molecule as written.

        Raises:
            ValueError: If the SMILES cannot be read.
        """
        mol, text = self.standardisation.prepared(smiles)
        return self.transform(graph_of(mol, text))

    def distance(self, smiles: str) -> float | None:
        """Distance to the training molecules, see :meth:`TrainedOn.distance`; ``None`` if unknown.

        Args:
            smiles: A standardised molecule.
        """
        return None if self.trained_on is None else self.trained_on.distance(smiles)

    def notes(self, called: str, written: str, graph: Data) -> list[str]:
        """What users should know of a molecule before they trust what the model says of it.

        Args:
            called: How it is called in the sentence.
            written: Its SMILES as the user wrote it.
            graph: Its graph.
        """
        smiles, notes = str(graph.smiles), []
        if smiles != written.strip():
            notes.append(f"{called} is read as {smiles}, as the model's molecules were")
        if self.trained_on is not None:
            notes += [f"{called}: {warning}" for warning in self.trained_on.warnings(smiles)]
            notes.append(
                f"{called}: distance {self.trained_on.distance(smiles):.2f} to the training "
                f"molecules (1 - Tanimoto of ECFP4 to the nearest)"
            )
        return notes

    def warn_of(self, graphs: Sequence[Data]) -> None:
        """Log how many molecules have what no training molecule has, with an example.

        Args:
            graphs: The molecules.
        """
        if self.trained_on is None:
            return
        found = {str(g.smiles): self.trained_on.warnings(str(g.smiles)) for g in graphs}
        new = {smiles: warnings for smiles, warnings in found.items() if warnings}
        if new:
            smiles, warnings = next(iter(new.items()))
            _logger.warning(
                "%d of %d molecules have what no training molecule has, for example %s: %s",
                *(len(new), len(found), in_one_line(smiles, 80), warnings[0]),
            )

    def stereo_note(self, *smiles: str) -> list[str]:
        """A sentence where wedges are drawn that the model does not read; else none.

        Args:
            *smiles: The molecules.
        """
        if self.reads_stereo or not any(map(has_stereo, smiles)):
            return []
        return [
            "the model does not read stereochemistry: wedges and directed double bonds are drawn "
            "as written and change nothing (train with `stereo` to read them)"
        ]
