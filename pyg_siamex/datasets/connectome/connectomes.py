"""A data set of connectomes from any source of matrices."""

import copy
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex.data.transformed import Transform
from pyg_siamex.datasets.connectome.atlas import Atlas
from pyg_siamex.datasets.connectome.check import (
    Asymmetric,
    Invalid,
    RejectedSubject,
    checked_matrices,
)
from pyg_siamex.datasets.connectome.connection_rule import ConnectionRule, Nonzero
from pyg_siamex.datasets.connectome.connectome_graph import Sign, connectome_graph
from pyg_siamex.datasets.connectome.region_order import on_atlas
from pyg_siamex.datasets.connectome.subjects import Subjects
from pyg_siamex.datasets.graph_dataset import Filter, GraphDataset


@checked
class Connectomes(GraphDataset):
    r"""One graph per subject: regions are nodes, connections are weighted edges.

    All graphs have the same nodes in the same order. The matrices are checked before the first
    graph is made. They must be square, of one size, finite, symmetric, not all zero and distinct.
    Either every subject has a label or none has. Self-connections are ignored.

    Args:
        subjects: Matrices of the subjects, see :class:`Subjects`. An array ``[S, R, R]`` means
            subjects without labels.
        atlas: The R regions, in the order of the rows; rows with names of regions
            (``subjects.regions``) are put in the atlas' order, and may lack some of its regions.
            Default: the named regions of the subjects, else numbered ones.
        connections: Which connections become edges, for example ``Density(0.15)``, ``AtLeast(0.3)``
            or ``NearestNeighbours(10)``. Default: all that are not 0.
        sign: How to treat negative connections: ``"relations"``, ``"weight"`` or ``"positive"``,
            see :func:`connectome_graph`.
        features: Node features: ``"profile"``, ``"identity"``, ``"network"``, ``"local"``,
            ``"coordinates"``, or several of them, see
            :mod:`pyg_siamex.datasets.connectome.features`.
        regions: Positions of the regions to keep; ``atlas`` still names all regions. Default: all.
        asymmetric: ``"raise"``, ``"mean"``, ``"upper"`` or ``"lower"``, see
            :func:`~pyg_siamex.datasets.connectome.check.checked_matrices`.
        invalid: ``"raise"`` an error at the first bad subject, or ``"skip"`` bad subjects.
        transform: Applied to a graph at every access.
        pre_transform: Applied to each graph once, after its features are made.
        pre_filter: Which graphs are kept, asked before ``pre_transform``.

    Attributes:
        atlas: The regions.
        class_names: Name of each class, or ``None``.
        subjects: Name of each subject.
        groups: A key per subject; split with ``PairDataset.split(together=connectomes.groups)``, so
            that scans of a person are in one part.
        sites: Where each subject was measured, or ``None``.
        columns: More about the subjects: by name of a column, a text per subject.
        matrices: The checked matrices, with all connections, ``[S, R, R]``.
        positions: Position of each subject among all that were given.
        digests: SHA-256 of each matrix, to tell whether two sets hold the same subjects.
        rejected: The subjects that were skipped, with the reason.

    Each item is a ``Data`` as :func:`connectome_graph` makes it, with ``name`` (the subject) and,
    with labels, ``y``.

    Raises:
        ValueError: If a subject is bad (and ``invalid="raise"``), none is left, sizes do not fit
            the atlas, a name is unknown, or no connection of a subject is kept.

    Example:
        >>> subjects = read_folder("study/matrices", "study/labels.csv", label="group")
        >>> graphs = Connectomes(subjects, atlas=atlas, connections=Density(0.15))
        >>> len(graphs), graphs[0].num_nodes
        (40, 40)
    """

    _per_graph = (
        *("_graphs", "matrices", "digests", "positions", "subjects"),
        *("groups", "sites", "columns"),
    )

    def __init__(
        self,
        subjects: Subjects | Sequence[ArrayLike] | np.ndarray,
        *,
        atlas: Atlas | None = None,
        connections: ConnectionRule | None = None,
        sign: Sign = "relations",
        features: str | Sequence[str] = "profile",
        regions: Sequence[int] | None = None,
        asymmetric: Asymmetric = "raise",
        invalid: Invalid = "raise",
        transform: Transform | None = None,
        pre_transform: Transform | None = None,
        pre_filter: Filter | None = None,
    ) -> None:
        super().__init__(transform, pre_transform, pre_filter)
        if not isinstance(subjects, Subjects):
            subjects = Subjects(subjects)
        subjects, atlas = on_atlas(subjects, atlas)
        checked = checked_matrices(subjects, regions, asymmetric, invalid)
        self.matrices: Tensor = checked.values
        self.digests: list[str] = checked.digests
        self.positions: list[int] = checked.position
        self.rejected: list[RejectedSubject] = checked.rejected
        self.subjects: list[str] = [subjects.names[k] for k in checked.position]
        kept = subjects.select(checked.position)
        self.groups: list[str] = kept.groups
        self.sites: list[str] | None = kept.sites
        self.columns: dict[str, list[str]] = kept.columns
        self.class_names: list[str] | None = subjects.class_names
        self.atlas: Atlas = Atlas.numbered(self.matrices.size(1)) if atlas is None else atlas
        if atlas is not None and regions is not None:
            self.atlas = atlas.subset(regions)
        self._options = (
            self.atlas,
            Nonzero() if connections is None else connections,
            sign,
            features,
        )
        self._graphs = [connectome_graph(matrix, *self._options) for matrix in self.matrices]
        each = zip(self.subjects, checked.position, self._graphs, self.matrices, strict=True)
        for name, position, data, matrix in each:
            data.name = name
            if subjects.labels is not None:
                data.y = subjects.labels[position].clone()
            if not data.num_edges:
                raise ValueError(_no_edge(subjects.called(position), matrix, sign))
        self._prepare()

    def __repr__(self) -> str:
        """Numbers of subjects and regions, in one line."""
        classes = f", classes={self.class_names}" if self.class_names else ""
        return f"Connectomes({len(self)} subjects, {self.matrices.size(1)} regions{classes})"

    @checked
    def with_matrices(self, matrices: Tensor) -> "Connectomes":
        """The same subjects, labels and options with other matrices.

        Args:
            matrices: ``[S, R, R]``, symmetric and finite.

        Raises:
            ValueError: If the shape differs, or no connection of a subject is kept.
        """
        if matrices.shape != self.matrices.shape:
            raise ValueError(
                f"matrices have shape {list(matrices.shape)}: give {list(self.matrices.shape)}"
            )
        out = copy.copy(self)
        out.matrices = matrices
        out._graphs = [connectome_graph(matrix, *self._options) for matrix in matrices]
        for before, data, matrix in zip(self._graphs, out._graphs, matrices, strict=True):
            data.name = before.name
            if before.y is not None:
                data.y = before.y.clone()
            if not data.num_edges:
                raise ValueError(_no_edge(f"subject '{data.name}'", matrix, self._options[2]))
        return out


def _no_edge(called: str, matrix: Tensor, sign: str) -> str:
    """Why a subject has no edge, and what to do."""
    own = matrix.double().clone().fill_diagonal_(0)
    strongest = float((own.clamp_min(0) if sign == "positive" else own.abs()).max())
    if not strongest:
        kind = "positive connection" if sign == "positive" and own.any() else "connection but 0"
        return f"{called} has no edge left, since its matrix has no {kind}: leave the subject out"
    return (
        f"{called} has no edge left, and its strongest connection is {strongest:.3g}: keep weaker "
        f"ones (`at_least`), or a share of them (`density`)"
    )
