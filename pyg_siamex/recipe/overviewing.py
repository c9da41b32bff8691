"""What drives similarity over a whole library."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.explain import Overview
from pyg_siamex.explain.overview.r_groups import RGroups, r_groups
from pyg_siamex.recipe.domain import domain_of_both
from pyg_siamex.recipe.labelled import Labelled
from pyg_siamex.recipe.masked_overview import with_kept_groups
from pyg_siamex.recipe.measured_outliers import judged_by_values
from pyg_siamex.recipe.one_thread import one_thread
from pyg_siamex.recipe.quality_notes import quality_notes
from pyg_siamex.recipe.trained import Trained

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Seen:
    """What drives similarity, and the graphs that were looked at.

    Attributes:
        overview: The drivers and the outliers, for :func:`pyg_siamex.visualize.overview_report`.
        labelled: The graphs with their classes and groups.
        r_groups: What hangs on the most frequent scaffold of molecules, or ``None``.
        notes: How far the model can be trusted, in sentences.

    Example:
        >>> seen = overview(trained, "molecules.csv", "active")
        >>> graphs = seen.labelled.graphs
        >>> overview_report(seen.overview, "overview.html", graphs=graphs, r_groups=seen.r_groups)
    """

    overview: Overview
    labelled: Labelled
    r_groups: RGroups | None = None
    notes: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        """The overview in one line."""
        return f"Seen({self.overview!r})"

    def _repr_html_(self) -> str:
        """What drives similarity as a table, for notebooks."""
        return self.overview._repr_html_()


@checked
def overview(
    trained: Trained,
    library: "str | Path | pd.DataFrame",
    label: str | None = None,
    *,
    groups: str | None = None,
    sample: int = 5000,
    reading: Any = None,
) -> Seen:
    """Groups of nodes that make graphs alike, as ``pyg-siamex overview`` finds them.

    All pairs count, exactly, where the model's similarity allows it; else each graph is explained
    with ten others. Masks, which do not add up over pairs, are averaged over at most 200 pairs
    (``seen.overview.kept``).

    Args:
        trained: The model.
        library: CSV file of molecules, folder or ``.npz`` file of connectivity matrices, or table
            of rows.
        label: Column of the class, or of a measured value, which is cut into thirds. Default:
            all are one class. If the model was trained on differences of a value, labels are
            judged by the values of the nearest graphs, not by the thirds; by their logarithms if
            it was trained on those of the same label.
        groups: ``"functional-groups"`` (the default), ``"ring-systems"`` or ``"murcko-scaffold"``
            of molecules; ``"networks"`` (the default) or ``"regions"`` of connectomes;
            ``"columns"`` of rows.
        sample: Most graphs to look at; a larger library is sampled.
        reading: How the files are read: a :class:`~pyg_siamex.recipe.MoleculeColumns`, a
            :class:`~pyg_siamex.recipe.MatrixReading` or a :class:`~pyg_siamex.recipe.RowReading`.

    Raises:
        FileNotFoundError: If the library does not exist.
        ValueError: If the model is of another domain, there are no such groups, or a file cannot
            be used.
        TypeError: If ``reading`` is for another domain.

    Example:
        >>> seen = overview(Trained.load("model.siamex"), "molecules.csv", "active")
        >>> seen.overview.drivers["group"][0]
        'carbon'
    """
    domain = domain_of_both(trained, library)
    reading = domain.read_by(reading)
    whole("`sample`", sample, 2)
    place = Path(library) if isinstance(library, str) else library
    data = domain.labelled(place, trained, label, groups, sample, reading)
    with one_thread():
        found = domain.overview(trained.model, data)
        found = with_kept_groups(found, domain, trained.model, data)
        told = r_groups(data.graphs, data.names, _labels(data))
        return Seen(
            judged_by_values(found, trained, data, label),
            data,
            told,
            [*quality_notes(trained.metadata), *data.notes],
        )


def _labels(data: Labelled) -> list[object]:
    """The measured value of each graph, or the name of its class."""
    y = [graph.get("y") for graph in data.graphs]
    if all(isinstance(value, Tensor) and value.is_floating_point() for value in y):
        return [float(f"{float(value):.6g}") for value in y]
    return [data.class_names[label] for label in data.labels]
