"""Two molecules explained: which bonds, or pairs of atoms, matter most."""

from typing import Any

import torch
from torch_geometric.explain import Explanation

from pyg_siamex.chemistry import atom_names, bond_name, molecule_of
from pyg_siamex.explain import PairExplanation
from pyg_siamex.explain.elements import strongest_edges, undirected_edges
from pyg_siamex.nn.training import AucInterval
from pyg_siamex.recipe.explained import Explained, carried_note
from pyg_siamex.recipe.listing import Listing
from pyg_siamex.recipe.methods import explainer_of
from pyg_siamex.recipe.molecules.remembered import Remembered
from pyg_siamex.recipe.molecules.view import MoleculeView
from pyg_siamex.recipe.trained import Trained

_LISTED_BONDS, _LISTED_PAIRS = 4, 8


def explain_molecules(
    trained: Trained,
    pair: tuple[str, str],
    method: str,
    names: tuple[str, str] | None,
    view: MoleculeView,
) -> Explained:
    """Explain two molecules by SMILES.

    Args:
        trained: The model.
        pair: SMILES of query and reference.
        method: Key of :data:`~pyg_siamex.recipe.METHODS`.
        names: Names of the two in pictures, kept with the explanation.
        view: How the pair is drawn.

    Raises:
        ValueError: If a SMILES cannot be read.

    Example:
        >>> found = explain_molecules(trained, ("CCO", "CCN"), "occlusion", None, MoleculeView())
        >>> found.strongest.columns
        ('molecule', 'bond', 'importance')
    """
    known = Remembered.by(trained)
    query, reference = (known.graph(text) for text in pair)
    if names is not None:
        query.name, reference.name = names
    [explanation] = explainer_of(trained.model, method).explain([query], [reference])
    with torch.no_grad():
        probability = float(trained.model.probability(query, reference))
    strongest = _atoms(explanation) if explanation.gives_pairs else _bonds(explanation)
    notes = [
        *_notes(trained.metadata),
        *known.notes("query", pair[0], query),
        *known.notes("reference", pair[1], reference),
        *known.stereo_note(query.smiles, reference.smiles),
        *carried_note(explanation, "atoms"),
    ]
    return Explained(explanation, probability, trained, pair, names, notes, strongest, view)


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
    if "test_pair_auc" in metadata:
        return [f"the model's test pair AUC is {_test_auc(metadata)}"]
    if "training_pair_auc" in metadata:
        return [f"the model's training pair AUC is {metadata['training_pair_auc']:.3f}"]
    return []


def _test_auc(metadata: dict[str, Any]) -> str:
    """The AUC with its interval, and those of fingerprints, where the model's file has them."""
    ends = metadata.get("test_pair_auc_interval", [float("nan")] * 2)
    if ends[0] != ends[0]:
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
