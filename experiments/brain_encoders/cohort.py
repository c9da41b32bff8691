"""Published connectome matrices as graphs: who was measured, and what is to be told."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.datasets import Connectomes
from pyg_siamex.datasets.connectome import Subjects

HCP, ABIDE = "connectomes/hcp68_spatial_orientation.npz", "connectomes/abide_children.npz"
LARGE_SITE = 10  # subjects, so that each of five folds holds some


@dataclass
class Cohort:
    """Subjects with a class each.

    Attributes:
        name: Of the set and of what is told apart.
        matrices: Connectivity, ``[S, R, R]``, zero diagonal.
        labels: Class, ``[S]``.
    """

    name: str
    matrices: Tensor
    labels: np.ndarray
    _graphs: dict[str, list[Data]] = field(default_factory=dict)

    @property
    def regions(self) -> int:
        """Number R of regions."""
        return self.matrices.size(1)

    @property
    def vectors(self) -> np.ndarray:
        """Connections above the diagonal, ``[S, R (R - 1) / 2]``."""
        rows, columns = np.triu_indices(self.regions, 1)
        return self.matrices.numpy()[:, rows, columns]

    def graphs(self, features: str, subjects: np.ndarray) -> list[Data]:
        """Graphs of some subjects, with node features of a kind (see ``Connectomes``)."""
        if features not in self._graphs:
            read = Subjects(self.matrices.numpy(), labels=self.labels)
            every = Connectomes(read, sign="weight", features=features)
            # Names of subjects and regions are left behind: batches are made thousands of times.
            self._graphs[features] = [
                Data(x=g.x, edge_index=g.edge_index, edge_weight=g.edge_weight, y=g.y)
                for g in every
            ]
        return [self._graphs[features][k] for k in subjects]


def hcp(path: Path) -> Cohort:
    """Structural networks of high and low spatial orientation, 212 subjects, 68 regions."""
    with np.load(path) as file:
        return Cohort("HCP-68, spatial orientation", _clean(file["adjacency"]), file["label"])


def abide(path: Path) -> tuple[Cohort, Cohort]:
    """Children with and without autism, 101 subjects, 116 regions; and their large sites."""
    with np.load(path) as file:
        matrices, label, site = _clean(file["adjacency"]), file["label"], file["site"]
    _, position, counts = np.unique(site, return_inverse=True, return_counts=True)
    large = (counts >= LARGE_SITE)[position]
    sites = np.unique(position[large], return_inverse=True)[1]
    return (
        Cohort("ABIDE children, diagnosis", matrices, label),
        Cohort("ABIDE children, site", matrices[torch.from_numpy(large)], sites),
    )


def _clean(adjacency: np.ndarray) -> Tensor:
    matrices = torch.from_numpy(adjacency.astype(np.float32))
    matrices.diagonal(dim1=1, dim2=2).zero_()
    return matrices
