"""A graph with more than one correct explanation."""

from torch import Tensor
from torch_geometric.data import Data


class DataWithAlternatives(Data):
    """A graph whose ground truth has several alternatives.

    The number of alternatives differs between graphs, so they cannot be concatenated. A batch
    therefore has no ``atom_truth``, and PyG's loaders work unchanged. Read the truth from the
    single graph.

    Attributes:
        atom_truth: Bool ``[n, alternatives]``, a column for each correct explanation. A graph with
            nothing to explain has one column without any atom.
    """

    @property
    def atom_truth(self) -> Tensor:
        """Bool ``[n, alternatives]``."""
        truth: Tensor | None = self.__dict__.get("_atom_truth")
        if truth is None:  # a batch, or a graph without a truth
            raise AttributeError("atom_truth")
        return truth

    @atom_truth.setter
    def atom_truth(self, truth: Tensor) -> None:
        self.__dict__["_atom_truth"] = truth
