"""The same persons at two times: what changes, and how like themselves they stay."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import torch

from pyg_siamex._door import checked
from pyg_siamex._edited import names_edits
from pyg_siamex._notebook import frame_html
from pyg_siamex._numbers import whole
from pyg_siamex._tables import Columns
from pyg_siamex.data.csv_file import write_csv
from pyg_siamex.datasets.connectome import Atlas, Connectomes
from pyg_siamex.datasets.connectome.bids import entities, person_of
from pyg_siamex.metric.effect_size import paired_g
from pyg_siamex.metric.likeness_evidence import likeness_evidence
from pyg_siamex.metric.map_test import map_statistics
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.nn.training import embed_all
from pyg_siamex.recipe.connectomes.atlas_choice import chosen_atlas
from pyg_siamex.recipe.connectomes.edge_table import edge_table, full_matrices, matrix_table
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe, as_list
from pyg_siamex.recipe.connectomes.group_levels import Level, levels_of
from pyg_siamex.recipe.connectomes.group_statistics import THRESHOLD, tested_columns
from pyg_siamex.recipe.connectomes.judgement import split_names
from pyg_siamex.recipe.connectomes.map_columns import CHANGE_LEVELS, connections_of
from pyg_siamex.recipe.connectomes.matrix_graph import graph_of_edges
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource
from pyg_siamex.recipe.connectomes.reading import AS_FOUND, MatrixReading, check_read
from pyg_siamex.recipe.domain import domain_of_model
from pyg_siamex.recipe.one_thread import one_thread
from pyg_siamex.recipe.quality_notes import quality_notes
from pyg_siamex.recipe.trained import Trained

if TYPE_CHECKING:
    import pandas as pd


_PERSONS = Columns(["person"], numbers=["own", "others", "nearer"])
"""Columns of the table of persons."""


@names_edits
@dataclass(frozen=True)
class Longitudinal:
    """What changed between two sessions of the same persons.

    Attributes:
        sessions: The first session and the second.
        tables: By level (``"connections"``, ``"regions"``, ``"networks"``) a row per place: mean
            change from the first session to the second (``effect``), its ``z``, ``p``, ``p_fwe``,
            ``q``, the paired effect size ``g`` with a 95 % interval, and clusters, as
            :class:`~pyg_siamex.recipe.GroupFound` has them, two sided; the session in which it is
            stronger (``stronger_in``); what it adds to the likeness of a person's two scans, by the
            model, on average (``alike``), and the share of persons where that is above 0
            (``alike_share``).
        persons: A row per person: the similarity of both sessions by the model (``own``), the
            mean similarity of the first session to the second ones of others (``others``), and how
            many others are more similar than the person itself (``nearer``).
        atlas: The regions.
        permutations: How many flips of signs.
        notes: What was compared and how good the model is, in sentences.
    """

    sessions: tuple[str, str]
    tables: "Annotated[dict[str, pd.DataFrame], CHANGE_LEVELS]"
    persons: "Annotated[pd.DataFrame, _PERSONS]"
    atlas: Atlas
    permutations: int
    notes: list[str] = field(default_factory=list)

    @checked
    def save(self, path: str | Path) -> None:
        """Write the table of connections as CSV.

        Args:
            path: The file, ``.csv``; replaced if it exists.

        Raises:
            TypeError: If the tables were changed after they were made, and are none.
            ValueError: If the file does not end in ``.csv``, or holds something of the library's
                own.
            OSError: If the file cannot be written.
        """
        write_csv(connections_of(self.tables, "Longitudinal"), path)

    @property
    def significant(self) -> "dict[str, pd.DataFrame]":
        """By level, the places with a family-wise p of at most 0.05."""
        return {name: table[table["p_fwe"] <= 0.05] for name, table in self.tables.items()}

    def __repr__(self) -> str:
        """Sessions and numbers of persons and places, in one line."""
        counts = ", ".join(
            f"{int((table['p_fwe'] <= 0.05).sum())} {level}" for level, table in self.tables.items()
        )
        first, second = self.sessions
        return f"Longitudinal({first!r} and {second!r}, {len(self.persons)} persons, {counts})"

    def _repr_html_(self) -> str:
        """The connections of smallest family-wise p as a table, for notebooks."""
        first, second = self.sessions
        title = f"{first} to {second}: the connections of smallest family-wise p"
        return frame_html(title, self.tables["connections"].sort_values("p_fwe"))


@checked
def longitudinal(
    trained: Trained,
    matrices: str | Path | None = None,
    *,
    sessions: str | None = None,
    permutations: int = 5000,
    reading: MatrixReading = AS_FOUND,
) -> Longitudinal:
    """Test what changes within persons from one session to another.

    Without a change both orders of a person's sessions are equally likely, so that the signs of
    whole persons' changes are flipped at random. The test is of whole matrices, also of connections
    that are no edges, and needs no model. The model says how like themselves persons stay, and
    which connections make their two scans alike, or unlike
    (:func:`~pyg_siamex.metric.likeness_evidence.likeness_evidence`);
    :func:`~pyg_siamex.recipe.explain` shows both scans of one person.

    Args:
        trained: A model of ``train_connectomes``: how graphs are made, and what is alike.
        matrices: Folder or archive with BIDS names, such as ``sub-01_ses-2``. Default: where the
            model was trained from.
        sessions: Two sessions with a comma between them, the first one first, with or without
            ``ses-``. Default: the two that there are, in the order of their names, 9 before 10.
        permutations: How many flips of all signs.
        reading: How matrices are read. Regions are those of the model: subjects that lack one are
            left out, or filled as in training or by ``drop_regions=False``.

    Raises:
        ValueError: If the model is not of connectomes, names have no sessions, a person has several
            scans in one, or fewer than five persons have both.

    Example:
        >>> longitudinal(trained)  # doctest: +SKIP
    """
    domain = domain_of_model(trained).name
    if domain != "connectomes":
        raise ValueError(f"sessions are of connectomes, and {trained.name} is of {domain}")
    why = "all changes are added up anew for each of them"
    whole("`permutations`", permutations, 20, 100_000, why)  # fewer have no p of 0.05
    check_read(reading, ("labels", "group", "site"), "names alone say whose scans are")
    recipe = GraphRecipe.from_dict(trained.metadata["graphs"])
    recipe = recipe.with_atlas(chosen_atlas(reading.atlas)).filling(reading.drop_regions)
    source = MatrixSource.like(trained.metadata["source"], matrices, reading)
    with one_thread():
        graphs = recipe.graphs(source.read(absent=True))
        found = changes_of(graphs, trained.model, sessions, permutations)
    return replace(found, notes=[*found.notes, *quality_notes(trained.metadata)])


def changes_of(
    graphs: Connectomes, model: SiameseGNN, sessions: str | None, permutations: int
) -> Longitudinal:
    """The same as :func:`longitudinal` for subjects in memory.

    Args:
        graphs: The scans.
        model: The model.
        sessions: As for :func:`longitudinal`.
        permutations: How many flips.

    Raises:
        ValueError: As for :func:`longitudinal`.
    """
    chosen, persons, rows = _paired(graphs.subjects, sessions)
    table = edge_table(as_list(graphs))
    values = matrix_table(graphs.matrices)  # also of connections that are no edges
    change = values[rows[:, 1]] - values[rows[:, 0]]
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (permutations, len(rows)))
    weights = np.concatenate([np.ones((1, len(rows))), signs]) / len(rows)
    scans = torch.from_numpy(full_matrices(table)).float()
    first, second = scans[rows[:, 0]], scans[rows[:, 1]]
    alike = likeness_evidence(model, first, second, graph_of_edges(scans))
    names = (f"ses-{chosen[0]}", f"ses-{chosen[1]}")
    levels = levels_of(graphs.atlas)
    tables = {level.name: _table(level, change, weights, alike, names) for level in levels}
    likeness = _likeness(graphs, model, persons, rows)
    said = _said(graphs, likeness, permutations)
    return Longitudinal(names, tables, likeness, graphs.atlas, permutations, said)


def _said(graphs: Connectomes, persons: "pd.DataFrame", permutations: int) -> list[str]:
    own, others = persons["own"].mean(), persons["others"].mean()
    return [
        f"{len(persons)} persons have both sessions ({len(graphs)} scans were read); "
        f"{permutations:,} flips of the signs of whole persons' changes",
        f"two scans of a person have a mean similarity of {own:.3f}, scans of two persons of "
        f"{others:.3f}; {int((persons['nearer'] == 0).sum())} of {len(persons)} persons are "
        f"nearest to themselves",
    ]


def _paired(
    names: list[str], sessions: str | None
) -> tuple[tuple[str, str], list[str], np.ndarray]:
    """Both sessions, the persons that have them, and the positions of their scans."""
    of = [entities(name).get("ses") for name in names]
    found = sorted({session for session in of if session is not None}, key=_in_order)
    asked = found if sessions is None else split_names("sessions", sessions)
    chosen = [name.removeprefix("ses-") for name in asked]
    if len(chosen) != 2 or not set(chosen) <= set(found):
        told = "" if sessions is None else f" (got '{sessions:.60}')"
        raise ValueError(
            f"two sessions are needed, and names of scans have {', '.join(found) or 'none'} "
            f"(ses-): name two with `sessions`{told}"
        )
    place: dict[tuple[str, str], int] = {}
    for k, (name, session) in enumerate(zip(names, of, strict=True)):
        if session in chosen and place.setdefault((person_of(name), str(session)), k) != k:
            raise ValueError(f"'{person_of(name)}' has several scans in session {session}")
    persons = [
        person
        for person in dict.fromkeys(map(person_of, names))
        if all((person, session) in place for session in chosen)
    ]
    if len(persons) < 5:
        raise ValueError(f"{len(persons)} persons have both sessions: at least 5 are needed")
    rows = [[place[person, session] for session in chosen] for person in persons]
    return (chosen[0], chosen[1]), persons, np.array(rows)


def _in_order(session: str) -> list[tuple[int, str]]:
    """A key that puts session 9 before session 10, also in y9 and y10."""
    parts = re.split(r"(\d+)", session)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def _table(
    level: Level,
    change: np.ndarray,
    weights: np.ndarray,
    alike: np.ndarray,
    names: tuple[str, str],
) -> "pd.DataFrame":
    import pandas as pd

    values = level.of(change)
    test = map_statistics(values, weights, two_sided=True, edges=level.ends, threshold=THRESHOLD)
    g, likeness = paired_g(values), level.of(alike)
    columns = {
        **tested_columns(test, g),
        "stronger_in": np.where(test.effect >= 0, names[1], names[0]),
        "alike": likeness.mean(0),
        "alike_share": (likeness > 0).mean(0),
    }
    if level.ends is not None:
        columns |= {"cluster": test.cluster, "p_cluster": test.p_cluster}
    frame = pd.DataFrame(level.columns | columns)
    order = frame["z"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _likeness(
    graphs: Connectomes, model: SiameseGNN, persons: list[str], rows: np.ndarray
) -> "pd.DataFrame":
    import pandas as pd

    h = embed_all(model, as_list(graphs))
    first, second = (torch.from_numpy(rows[:, k]) for k in (0, 1))
    with torch.no_grad():
        similarity = model.similarity(h[first][:, None], h[second][None]).double().numpy()
    own = np.diag(similarity)
    others = (similarity.sum(1) - own) / (len(own) - 1)
    nearer = (similarity > own[:, None]).sum(1)
    return pd.DataFrame({"person": persons, "own": own, "others": others, "nearer": nearer})
