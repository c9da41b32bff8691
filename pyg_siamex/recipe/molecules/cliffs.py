"""Activity cliffs of a table of molecules, each explained."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.chemistry import molecule_of
from pyg_siamex.chemistry.common_atoms import common_atoms
from pyg_siamex.explain import PairExplainer
from pyg_siamex.explain.cliffs import Cliff, Cliffs, mark_changed, share_on
from pyg_siamex.recipe.choices import check_choice
from pyg_siamex.recipe.domain import domain_of_both
from pyg_siamex.recipe.embedded import embedded
from pyg_siamex.recipe.labelled import sampled
from pyg_siamex.recipe.methods import METHODS
from pyg_siamex.recipe.molecules.cliff_pairs import Candidate, CliffPairs
from pyg_siamex.recipe.molecules.cliff_search import CliffSearch
from pyg_siamex.recipe.molecules.library import MoleculeLibrary
from pyg_siamex.recipe.molecules.values import check_differing
from pyg_siamex.recipe.one_thread import one_thread
from pyg_siamex.recipe.trained import Trained

METHOD_NAMES = ("occlusion", "integrated", "gradient", "bilrp", "jacobians")
"""Explainers with a signed importance of each atom."""

_FEW = 2
"""Fewest pairs of a change that is listed."""


@checked
def cliffs(
    trained: Trained,
    table: str | Path,
    activity: str,
    *,
    k: int = 50,
    method: str = "occlusion",
    which: CliffSearch | None = None,
    reading: Any = None,
) -> Cliffs:
    """Find activity cliffs and ask whether the model sees what changed, as ``pyg-siamex cliffs``.

    A cliff is a pair of molecules that are alike, by structure or by the model, and far apart in
    activity. The steepest (largest SALI) are explained by the importance of each atom. The share of
    it that lies on the atoms in which the two differ is compared with the share of these atoms
    among all atoms.

    Args:
        trained: A model of molecules.
        table: The table of molecules.
        activity: Column of the measured value.
        k: How many cliffs to explain.
        method: ``"occlusion"``, ``"integrated"``, ``"gradient"``, ``"bilrp"`` or ``"jacobians"``.
        which: Which pairs are cliffs.
        reading: How the table is read, a :class:`~pyg_siamex.recipe.MoleculeColumns`.

    Raises:
        FileNotFoundError: If the table does not exist.
        ValueError: If the model is not of molecules, the column is missing, has too few numbers or
            equal ones alone, or an argument is out of its range.

    Example:
        >>> found = cliffs(trained, "measured.csv", "logS", k=3)
        >>> list(found.to_frame())[:3]
        ['rank', 'one', 'other']
    """
    which = which or CliffSearch()
    which.check()
    check_choice("method", method, METHOD_NAMES)
    whole("`k`", k)
    domain = domain_of_both(trained, table)
    if domain.name != "molecules":
        raise ValueError(f"cliffs are for molecules, and {trained.name} is of {domain.name}")
    with one_thread():
        library = MoleculeLibrary(table, trained, domain.read_by(reading))
        library.check_measured(activity)  # before the long work
        entries, _ = embedded(library, trained, None)
        positions, values = _measured(library, activity, which.sample)
        graphs = [library[position] for position in positions]
        smiles = [graph.smiles for graph in graphs]
        least = which.least_difference or float(values.std(ddof=1))
        pairs = CliffPairs(trained.model, entries.embeddings[positions], smiles, values)
        found, alike = pairs.candidates(which.by, which.similarity, least)
        names = [entries.names[position] for position in positions]
        told = _explained(trained, found[:k], graphs, names, values, positions, method)
    return Cliffs(
        pairs=told,
        changes=_changes(pairs),
        activity=activity,
        by="model" if which.by == "model" else "structure",  # as which.check() knows
        least_similarity=which.similarity,
        least_difference=least,
        entries=len(values),
        compared=alike,
        found=len(found),
        algorithm=METHODS[method]().name,
        notes=library.known.stereo_note(*_drawn(told)),
    )


def _drawn(cliffs: list[Cliff]) -> list[str]:
    """SMILES of the molecules that are drawn."""
    known = [cliff.explanation for cliff in cliffs if cliff.explanation is not None]
    return [str(graph.smiles) for one in known for graph in (one.query, one.reference)]


def _measured(library: MoleculeLibrary, activity: str, most: int) -> tuple[list[int], np.ndarray]:
    """Entries with a value, and their values."""
    found = library.measured(activity)
    known = [k for k, value in enumerate(found) if value is not None]
    known = [known[k] for k in sampled(len(known), most)]
    check_differing([found[k] for k in known], activity, library.path)
    return known, np.array([found[k] for k in known], dtype=float)


def _explained(
    trained: Trained,
    found: list[Candidate],
    graphs: list[Data],
    names: list[str],
    values: np.ndarray,
    positions: list[int],
    method: str,
) -> list[Cliff]:
    """Explain cliffs by the importance of each atom."""
    explainer = PairExplainer(trained.model, METHODS[method](), node_mask_type="object")
    sides = [[graphs[getattr(pair, side)] for pair in found] for side in ("one", "other")]
    explanations = explainer.explain(*sides)
    cliffs = []
    for rank, (pair, explanation) in enumerate(zip(found, explanations, strict=True), start=1):
        both = pair.one, pair.other
        changed = _changed(pair, graphs[pair.one], graphs[pair.other])
        share, chance = share_on(explanation, changed)
        mark_changed(explanation, changed)
        cliffs.append(
            Cliff(
                rank,
                (positions[both[0]], positions[both[1]]),
                (names[both[0]], names[both[1]]),
                (float(values[both[0]]), float(values[both[1]])),
                pair.tanimoto,
                pair.similarity,
                pair.probability,
                pair.sali,
                "" if pair.match is None else pair.match.change,
                changed,
                share,
                chance,
                explanation,
            )
        )
    return cliffs


def _changed(pair: Candidate, one: Data, other: Data) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Atoms that differ: the substituents, or all that is outside the common substructure."""
    if pair.match is not None:
        return pair.match.changed
    shared = common_atoms(molecule_of(one), molecule_of(other))
    if not shared:
        return (), ()
    sides = zip((one, other), zip(*shared, strict=True), strict=True)
    first, second = (
        tuple(k for k in range(int(graph.num_nodes or 0)) if k not in set(common))
        for graph, common in sides
    )
    return first, second


def _changes(pairs: CliffPairs) -> pd.DataFrame:
    """What each change of a substituent does to the activity, and to the model's similarity."""
    rows = []
    for (one, other), match in pairs.matches.items():
        before, after = match.change.split(">>")
        turn = -1.0 if before > after else 1.0  # each change in one direction
        change = match.change if turn > 0 else f"{after}>>{before}"
        step = other - one - 1
        rows.append((change, turn * (pairs.values[other] - pairs.values[one]), one, step))
    likeness = {one: pairs.likeness(one) for one in {row[2] for row in rows}}
    frame = pd.DataFrame(
        [
            (change, difference, likeness[one].similarity[step], likeness[one].probability[step])
            for change, difference, one, step in rows
        ],
        columns=["change", "difference", "similarity", "probability"],
    )
    found = frame.groupby("change").agg(
        pairs=("difference", "size"),
        mean=("difference", "mean"),
        std=("difference", "std"),
        similarity=("similarity", "mean"),
        probability=("probability", "mean"),
    )
    found = found[found["pairs"] >= _FEW].reset_index()
    return found.sort_values(["pairs", "change"], ascending=[False, True], ignore_index=True)
