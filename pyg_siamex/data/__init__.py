"""Pairs of graphs, data sets of pairs, and the inputs that an encoder reads from a graph."""

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.node_pairs import NodePairs
from pyg_siamex.data.pair import Pair
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.data.relation import (
    ListedPairs,
    Relation,
    SameLabel,
    Unlabelled,
    WithinDifference,
)

__all__ = [
    "GraphInputs",
    "ListedPairs",
    "NodePairs",
    "Pair",
    "PairDataset",
    "Relation",
    "SameLabel",
    "Unlabelled",
    "WithinDifference",
]
