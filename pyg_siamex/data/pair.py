"""A pair of graphs and their target similarity, the unit that the whole library works on."""

from typing import NamedTuple

from torch import Tensor
from torch_geometric.data import Data


class Pair(NamedTuple):
    r"""A query graph, a reference graph and their target similarity.

    It is a plain tuple, so :class:`torch_geometric.loader.DataLoader` collates a list of pairs into
    ``Pair(Batch, Batch, Tensor)`` without a custom collate function.

    Attributes:
        query: The graph that is explained first. :class:`~torch_geometric.data.Data`, or
            :class:`~torch_geometric.data.Batch` after collation.
        reference: The graph it is compared to.
        y: Target similarity, scalar (``[B]`` after collation): 1 for alike, 0 for not alike, any
            real number for regression, ``nan`` if unknown.
    """

    query: Data
    reference: Data
    y: Tensor | float
