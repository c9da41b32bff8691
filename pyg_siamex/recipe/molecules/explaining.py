"""Two molecules explained: which bonds, or pairs of atoms, matter most."""

from collections.abc import Sequence
from typing import Any

from rdkit import Chem
from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex._given import either
from pyg_siamex.chemistry import atom_names, bond_name, molecule_of
from pyg_siamex.explain import PairExplanation
from pyg_siamex.explain.elements import strongest_edges, undirected_edges
from pyg_siamex.explain.long_form import Element
from pyg_siamex.nn.fingerprint import file_fingerprint
from pyg_siamex.nn.training import AucInterval
from pyg_siamex.recipe.explained import Explained, carried_note
from pyg_siamex.recipe.listing import Listing
from pyg_siamex.recipe.molecules.named_smiles import NamedSmiles
from pyg_siamex.recipe.molecules.remembered import Remembered
from pyg_siamex.recipe.molecules.view import MoleculeView
from pyg_siamex.recipe.trained import Trained

_LISTED_BONDS, _LISTED_PAIRS = 4, 8
_MOST_KEPT = 10_000
"""Most molecules whose names of atoms are kept."""


class MoleculesByName:
    """Molecules by SMILES, or by name of a library.

    Args:
        trained: The model.
        view: How pairs are drawn, and the library.

    Raises:
        FileNotFoundError: If the library does not exist.
        ValueError: If it cannot be read, or the model does not say how molecules are made.

    Example:
        >>> graphs = MoleculesByName(trained, MoleculeView(library="library.csv"))
        >>> graphs.graph("ethanol").smiles, graphs.graph("OCC").smiles
        ('CCO', 'OCC')
    """

    shared: list[Data] | None = None

    def __init__(self, trained: Trained, view: MoleculeView) -> None:
        self.trained = trained
        self.view = view
        self.known: Remembered = Remembered.by(trained)
        self._named = NamedSmiles.of_view(view)
        self._molecules: dict[str, tuple[Chem.Mol, list[str]]] = {}
        self._news: dict[str, tuple[float | None, list[str]]] = {}

    @property
    def source(self) -> str:
        """Fingerprint of the library and its columns; empty without a library."""
        if self.view.library is None:
            return ""
        columns = [self.view.smiles, self.view.name]
        return file_fingerprint(self.view.library, columns=columns)

    def graph(self, name: str) -> Data:
        """The molecule of a name of the library, else of a SMILES.

        Args:
            name: The name or SMILES.

        Raises:
            ValueError: If it is neither, or stands for several molecules.
        """
        if self._named is None:
            return self.known.graph(name)
        written = self._named.smiles(name)
        if written is not None:
            try:
                found = self.known.graph(written)
            except ValueError as error:
                raise ValueError(f"{self._named.place(name)} is not a molecule: {error}") from error
            found.name = name
            return found
        try:
            return self.known.graph(name)
        except ValueError as error:
            raise ValueError(f"{self._named.absent(name)}, nor a molecule: {error}") from error

    def called(self, graph: Explanation, elements: Sequence[Element]) -> list[str]:
        """Names of atoms, such as ``N2``, and of bonds, such as ``C3=O4``.

        Args:
            graph: The molecule.
            elements: Its atoms or bonds.
        """
        mol, atoms = self._drawn(graph)
        return [
            atoms[e.first] if e.second < 0 else bond_name(mol, e.first, e.second, atoms)
            for e in elements
        ]

    def news(self, name: str, graph: Explanation) -> tuple[float | None, list[str]]:
        """Distance to the training molecules, and what none of them has.

        Args:
            name: Its name or SMILES.
            graph: The molecule.
        """
        smiles = str(graph.smiles)
        if smiles not in self._news:
            if len(self._news) >= _MOST_KEPT:
                self._news.clear()
            known = self.known.trained_on
            self._news[smiles] = (
                self.known.distance(smiles),
                [] if known is None else known.warnings(smiles),
            )
        return self._news[smiles]

    def explained(
        self,
        explanation: PairExplanation,
        probability: float,
        pair: tuple[str, str],
        names: tuple[str, str] | None,
    ) -> Explained:
        """The pair with what is new in the molecules and the strongest bonds or pairs of atoms.

        Args:
            explanation: The explanation.
            probability: That the two are alike.
            pair: How the user named query and reference.
            names: Names of the two in pictures.
        """
        query, reference = explanation.query, explanation.reference
        strongest = _atoms(explanation) if explanation.gives_pairs else _bonds(explanation)
        notes = [
            *_notes(self.trained.metadata),
            *self.known.notes("query", self._written(pair[0]), query),
            *self.known.notes("reference", self._written(pair[1]), reference),
            *self.known.stereo_note(query.smiles, reference.smiles),
            *carried_note(explanation, "atoms"),
        ]
        return Explained(
            explanation, probability, self.trained, pair, names, notes, strongest, self.view
        )

    def _drawn(self, graph: Explanation) -> tuple[Chem.Mol, list[str]]:
        """The molecule of a graph and the names of its atoms, which the next pairs may need."""
        key = str(graph.smiles)
        if key not in self._molecules:
            if len(self._molecules) >= _MOST_KEPT:
                self._molecules.clear()
            mol = molecule_of(graph)
            self._molecules[key] = mol, atom_names(mol)
        return self._molecules[key]

    def _written(self, name: str) -> str:
        return name if self._named is None else either(self._named.smiles(name), name)


def strongest_bonds(explanation: Explanation, k: int) -> list[tuple[str, float]]:
    """The ``k`` bonds of largest magnitude, written like ``C3=O4``.

    Args:
        explanation: An explained molecule with an edge mask.
        k: How many.

    Example:
        >>> [(bond, importance)] = strongest_bonds(explained.explanation.query, 1)
    """
    mol = molecule_of(explanation)
    edges = strongest_edges(undirected_edges(explanation), k)
    return [(bond_name(mol, i, j), value) for i, j, value in edges]


def _notes(metadata: dict[str, Any]) -> list[str]:
    if metadata.get("test_pair_auc") is not None:
        return [f"the model's test pair AUC is {_test_auc(metadata)}"]
    if metadata.get("training_pair_auc") is not None:
        return [f"the model's training pair AUC is {metadata['training_pair_auc']:.3f}"]
    return []


def _test_auc(metadata: dict[str, Any]) -> str:
    """The AUC with its interval, and those of fingerprints, where the model's file has them."""
    ends = metadata.get("test_pair_auc_interval")
    if ends is None or ends[0] != ends[0]:
        return f"{metadata['test_pair_auc']:.3f}"
    others = [f"{name} {found[0]:.3f}" for name, found in metadata.get("baselines", {}).items()]
    own = str(AucInterval(metadata["test_pair_auc"], *ends))
    return ", ".join([own, *others])


def _bonds(explanation: PairExplanation) -> Listing:
    rows: list[tuple[str, ...]] = [
        (name, bond, f"{value:.3f}")
        for name, side in (("query", explanation.query), ("reference", explanation.reference))
        for bond, value in strongest_bonds(side, _LISTED_BONDS)
    ]
    title = f"strongest bonds ({explanation.algorithm})"
    return Listing(title, ("molecule", "bond", "importance"), rows)


def _atoms(explanation: PairExplanation) -> Listing:
    query, reference = (
        atom_names(molecule_of(side)) for side in (explanation.query, explanation.reference)
    )
    rows: list[tuple[str, ...]] = [
        (query[i], reference[j], f"{value:.4f}")
        for i, j, value in explanation.top_pairs(_LISTED_PAIRS)
    ]
    title = f"strongest pairs of atoms ({explanation.algorithm})"
    terms = {name: f"{value:.4f}" for name, value in explanation.terms.items()}
    return Listing(title, ("query", "reference", "relevance"), rows, terms)
