"""Which connections tell classes apart in subjects that a model has not seen, with statistics."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np

from pyg_siamex._door import checked
from pyg_siamex._edited import names_edits
from pyg_siamex._given import either
from pyg_siamex._notebook import frame_html
from pyg_siamex._numbers import whole
from pyg_siamex._tables import Columns
from pyg_siamex.data.csv_file import write_csv
from pyg_siamex.datasets.connectome import Atlas
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining
from pyg_siamex.recipe.connectomes.atlas_choice import chosen_atlas
from pyg_siamex.recipe.connectomes.edge_table import matrix_table
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe
from pyg_siamex.recipe.connectomes.group_classes import compared_classes, of_classes
from pyg_siamex.recipe.connectomes.group_contrast import Contrast, contrast
from pyg_siamex.recipe.connectomes.group_evidence import GroupEvidence, group_evidence
from pyg_siamex.recipe.connectomes.group_levels import Level, levels_of
from pyg_siamex.recipe.connectomes.group_statistics import group_table, model_z, stability
from pyg_siamex.recipe.connectomes.map_columns import GROUP_LEVELS, connections_of
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource
from pyg_siamex.recipe.connectomes.reading import AS_FOUND, MatrixReading
from pyg_siamex.recipe.connectomes.study import Study
from pyg_siamex.recipe.connectomes.subject_maps import SubjectMaps
from pyg_siamex.recipe.domain import domain_of_model
from pyg_siamex.recipe.one_thread import one_thread
from pyg_siamex.recipe.quality_notes import quality_notes
from pyg_siamex.recipe.settings import ADVISED, Settings
from pyg_siamex.recipe.trained import Trained

if TYPE_CHECKING:
    import pandas as pd

PERMUTATIONS, MODELS = 5000, 3
"""How many relabellings, and how many models of the same subjects, by default."""


_SHOWN = 10
"""Connections that a notebook shows."""


_SUBJECTS = Columns(["subject", "class"], numbers=["for_own_class", "z", "p"], others=["farthest"])
"""Columns of the table of subjects."""


@names_edits
@dataclass(frozen=True)
class GroupFound:
    """Which connections, regions and networks tell a class apart.

    Attributes:
        names: Names of the class and of what it is compared with.
        tables: By level (``"connections"``, ``"regions"``, ``"networks"``) a row per place with
            the evidence of new subjects for their class (``effect``, ``z``, ``p``, ``p_fwe``,
            ``q``, Hedges' ``g`` with a 95 % interval, connected ``cluster`` and ``p_cluster``), the
            smallest z of a retrained model (``least_z``), where the connection is stronger
            (``stronger_in``), and the same statistics of the raw connections, those of the whole
            matrices (``raw_...``, two sided).
        subjects: A row per explained subject: name, class, the sum of its evidence for its own
            class, in standard deviations over subjects, and the connection whose evidence is
            farthest from that of other members of the class (``farthest``, its ``z`` and the share
            ``p`` of members with any connection as far).
        maps: A map per subject, see
            :class:`~pyg_siamex.recipe.connectomes.subject_maps.SubjectMaps`.
        stability: Mean Spearman correlation of z between retrained models, or ``None``.
        permutations: Number of relabellings.
        notes: What was compared and how good the model is, in sentences.
        atlas: The regions.
    """

    names: tuple[str, str]
    tables: "Annotated[dict[str, pd.DataFrame], GROUP_LEVELS]"
    subjects: "Annotated[pd.DataFrame, _SUBJECTS]"
    maps: SubjectMaps
    stability: float | None
    permutations: int
    notes: list[str]
    atlas: Atlas

    def __repr__(self) -> str:
        """Groups, relabellings and significant places, in one line."""
        counts = ", ".join(f"{len(table)} {level}" for level, table in self.significant.items())
        one, other = self.names
        return f"GroupFound({one!r} and {other!r}, {self.permutations} relabellings, {counts})"

    def _repr_html_(self) -> str:
        """The connections that tell the groups apart as a table, and the notes, for notebooks."""
        table = self.tables["connections"].sort_values("p_fwe").head(_SHOWN)
        columns = [name for name in table if not str(name).endswith(("low", "high", "cluster"))]
        one, other = self.names
        title = f"{one} and {other}: the connections of smallest family-wise p"
        sentences = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return f"{frame_html(title, table[columns])}{sentences}"

    @checked
    def save(self, path: str | Path, subject: str | None = None) -> None:
        """Write the table of connections as CSV.

        Args:
            path: The file, ``.csv``; replaced if it exists.
            subject: A subject, for the table of its map.

        Raises:
            TypeError: If the tables were changed after they were made, and are none.
            ValueError: If the subject was not explained, or the file does not end in ``.csv`` or
                holds something of the library's own.
            OSError: If the file cannot be written.
        """
        tables = self.tables if subject is None else self.maps.of(subject)
        write_csv(connections_of(tables, "GroupFound"), path)

    @property
    def significant(self) -> "dict[str, pd.DataFrame]":
        """By level, the places with a family-wise p of at most 0.05."""
        return {name: table[table["p_fwe"] <= 0.05] for name, table in self.tables.items()}


@checked
def group(
    trained: Trained,
    matrices: str | Path | None = None,
    label: str | None = None,
    *,
    classes: str | None = None,
    permutations: int = PERMUTATIONS,
    models: int = MODELS,
    subject: str | None = None,
    reading: MatrixReading = AS_FOUND,
) -> GroupFound:
    r"""Explain new subjects' likeness to their class, and test the mean explanation of a class.

    Subjects are split into four blocks. Models with the settings of ``trained`` learn from the
    blocks before a subject's and say which of its connections make it like the class
    (:func:`~pyg_siamex.metric.edge_evidence.edge_evidence`); its own label has no part in that.
    Labels can therefore be permuted within blocks, and within sites, without training again: given
    the past blocks, every relabelling is as likely as the labels as they are. Sums over blocks are
    tested by their maximum over all places (family-wise errors), by Benjamini and Hochberg (false
    discoveries), and by the mass of connected clusters.

    Args:
        trained: A model of ``train_connectomes``: how graphs are made, and its settings.
        matrices: Folder or archive of all subjects. Default: where the model was trained from.
        label: Column of the class, as for training.
        classes: A class to compare with all others, or two with a comma between them. Default: the
            two that there are.
        permutations: How many relabellings, at least 20.
        models: How many models learn from the same subjects, at least 1.
        subject: A subject whose map is wanted, refused at once if there is no such subject.
        reading: Where labels are, and how matrices are read. Regions are those of the model:
            subjects that lack one are left out, or filled as in training or by
            ``drop_regions=False``.

    Raises:
        ValueError: If labels are measured values, a class or the subject is unknown, or too few
            subjects are of a class.

    Example:
        >>> reading = MatrixReading(labels="study/labels.csv")
        >>> found = group(trained, None, "group", permutations=99, models=1, reading=reading)
        >>> list(found.tables)
        ['connections', 'regions', 'networks']
    """
    _check(trained, permutations, models)
    study = _study(trained, matrices, label, classes, reading)
    if subject is not None and subject not in study.graphs.subjects:
        close = get_close_matches(subject, study.graphs.subjects, 3)
        hint = f"; did you mean {', '.join(close)}?" if close else ""
        raise ValueError(f"no subject '{subject}' is in one of the two groups{hint}")
    settings = Settings(**trained.metadata.get("settings", {}))
    notes = quality_notes(trained.metadata)
    return group_of_study(study, settings, classes, permutations, models, notes)


def group_of_study(
    study: Study,
    settings: Settings = ADVISED,
    classes: str | None = None,
    permutations: int = PERMUTATIONS,
    models: int = MODELS,
    notes: Sequence[str] = (),
) -> GroupFound:
    """The same as :func:`group` for subjects in memory.

    Args:
        study: The subjects, of two classes or of all.
        settings: The model and its training.
        classes: The class, or the class and the other one. Default: the two that there are.
        permutations: How many relabellings.
        models: How many models learn from the same subjects.
        notes: What else is known of the model, in sentences.

    Raises:
        ValueError: If too few subjects are of a class.
    """
    names, own = compared_classes(study.graphs.class_names or [], classes)
    with one_thread():
        training = ConnectomeTraining.of(study.graphs, settings)
        evidence = group_evidence(study, training, models)
        for_class = _for_class(evidence.values, own)
        drawn = _Draws(study, study.labels.numpy() == own, permutations, settings.seed)
        told = drawn.contrast(for_class.mean(0), evidence.subjects, evidence.block)
        everyone = np.arange(len(study.graphs))
        raw = drawn.contrast(matrix_table(study.graphs.matrices), everyone, np.zeros_like(everyone))
        levels = levels_of(study.graphs.atlas)
        tables = {level.name: group_table(level, told, for_class, raw, names) for level in levels}
        maps = _maps(study, evidence, told, levels)
    return GroupFound(
        names,
        tables,
        _subjects(evidence, told, maps),
        maps,
        stability(model_z(for_class, told)),
        permutations,
        [_said(study, evidence, permutations), *notes],
        study.graphs.atlas,
    )


@dataclass(frozen=True)
class _Draws:
    """Relabellings of some subjects of a study."""

    study: Study
    member: np.ndarray
    permutations: int
    seed: int

    def contrast(self, values: np.ndarray, rows: np.ndarray, blocks: np.ndarray) -> Contrast:
        """The class against the others, among the subjects at ``rows``."""
        sites = self.study.graphs.sites
        return contrast(
            values,
            self.member[rows],
            [self.study.together[k] for k in rows],
            blocks,
            None if sites is None else [sites[k] for k in rows],
            self.permutations,
            self.seed,
        )


def _said(study: Study, evidence: GroupEvidence, permutations: int) -> str:
    where = "within blocks" + ("" if study.graphs.sites is None else " and sites")
    return (
        f"{len(evidence.subjects)} of {len(study.graphs)} subjects were explained by models of the "
        f"blocks before theirs; {permutations:,} relabellings {where}"
    )


def _for_class(values: np.ndarray, own: int) -> np.ndarray:
    """Evidence for the class less the mean evidence for the others, ``[models, n, E]``."""
    others = [k for k in range(values.shape[2]) if k != own]
    differences: np.ndarray = values[:, :, own] - values[:, :, others].mean(2)
    return differences


def _maps(
    study: Study, evidence: GroupEvidence, told: Contrast, levels: list[Level]
) -> SubjectMaps:
    names = study.graphs.class_names or []
    subjects = [study.graphs.subjects[k] for k in evidence.subjects]
    classes = [names[int(study.labels[k])] for k in evidence.subjects]
    return SubjectMaps(subjects, classes, told, levels)


def _subjects(evidence: GroupEvidence, told: Contrast, maps: SubjectMaps) -> "pd.DataFrame":
    import pandas as pd

    far = maps.strongest(1)
    total = told.values.sum(1)
    sign = np.where(told.member, 1.0, -1.0)
    return pd.DataFrame(
        {
            "subject": maps.subjects,
            "class": maps.classes,
            "block": evidence.block,
            "for_own_class": sign * (total - total.mean()) / max(total.std(), 1e-12),
            "farthest": far["region"] + " \u2013 " + far["other"],
            "z": far["z"],
            "p": far["p_fwe"],
        }
    )


def _study(
    trained: Trained,
    matrices: str | Path | None,
    label: str | None,
    classes: str | None,
    reading: MatrixReading,
) -> Study:
    plain = trained.metadata["source"]
    source = MatrixSource.like(plain, matrices, reading)
    read = source.read_labelled(label, reading, strict=False, absent=True)
    if read.class_names is None:
        column = "the labels" if label is None else f"the labels '{label}'"
        raise ValueError(
            f"a group needs classes, and {column} of {either(reading.labels, source.path)} are "
            f"measured values: name a column of classes with `label`"
        )
    atlas = chosen_atlas(reading.atlas)
    recipe = GraphRecipe.from_dict(trained.metadata["graphs"]).with_atlas(atlas)
    recipe = recipe.filling(reading.drop_regions)
    return Study(recipe.graphs(of_classes(read, classes)))


def _check(trained: Trained, permutations: int, models: int) -> None:
    domain = domain_of_model(trained).name
    if domain != "connectomes":
        raise ValueError(f"groups are of connectomes, and {trained.name} is of {domain}")
    why = "the groups are compared anew for each of them"
    whole("`permutations`", permutations, 20, 100_000, why)  # fewer have no p of 0.05
    whole("`models`", models, most=1000, why="each is trained")
