"""The unit every part of the library works on: two graphs and what is known of them."""

from typing import NamedTuple

from torch import Tensor
from torch_geometric.data import Data


class Pair(NamedTuple):
    r"""A query graph, a reference graph and their target similarity.

    A plain tuple, so that :class:`torch_geometric.loader.DataLoader` collates a list of pairs
    into ``Pair(Batch, Batch, Tensor)`` with no collate function of ours.

    Attributes:
        query: The graph that is explained first. :class:`~torch_geometric.data.Data`, or
            :class:`~torch_geometric.data.Batch` after collation.
        reference: The graph it is compared to.
        y: Target similarity, scalar (``[B]`` after collation): 1 alike, 0 not alike, any real
            number for regression, ``nan`` where it is unknown.
    """

    query: Data
    reference: Data
    y: Tensor | float
