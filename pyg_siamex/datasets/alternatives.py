"""A molecule for which more than one explanation is right."""

from torch import Tensor
from torch_geometric.data import Data


class DataWithAlternatives(Data):
    """A graph whose ground truth has several alternatives.

    The number of alternatives differs between graphs, so they cannot be concatenated: a batch
    has no ``atom_truth``, and every stock loader works. Read the truth from the single graph.

    Attributes:
        atom_truth: Bool ``[n, alternatives]``, a column for each right explanation. A graph
            with nothing to explain has one column without an atom.
    """

    @property
    def atom_truth(self) -> Tensor:
        """Bool ``[n, alternatives]``."""
        truth = self.__dict__.get("_atom_truth")
        if truth is None:  # a batch, or a graph to which none was given
            raise AttributeError("atom_truth")
        return truth

    @atom_truth.setter
    def atom_truth(self, truth: Tensor) -> None:
        self.__dict__["_atom_truth"] = truth
