"""Counts of the graphs in a data set of pairs, under PyG's names."""

from abc import ABC, abstractmethod

from torch_geometric.data import Data


class GraphCounts(ABC):
    """Numbers of columns, read off one graph."""

    @abstractmethod
    def _one_graph(self) -> Data:
        """Any graph of the data set."""

    @property
    def num_node_features(self) -> int:
        """Columns of the graphs' ``x``."""
        return int(self._one_graph().num_node_features)

    @property
    def num_features(self) -> int:
        """Columns of the graphs' ``x``; PyG has both names."""
        return self.num_node_features

    @property
    def num_edge_features(self) -> int:
        """Columns of the graphs' ``edge_attr``."""
        return int(self._one_graph().num_edge_features)
