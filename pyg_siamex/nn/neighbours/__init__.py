"""Nearest embeddings under a similarity head, exactly or by an approximate index."""

from pyg_siamex.nn.neighbours.hnsw import HNSWIndex
from pyg_siamex.nn.neighbours.neighbour_index import Nearest, NeighbourIndex

__all__ = ["HNSWIndex", "Nearest", "NeighbourIndex"]
