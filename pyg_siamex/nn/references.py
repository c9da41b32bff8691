"""Embeddings of graphs that a model keeps, to compare new graphs with."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data

from pyg_siamex.data.pool import draw_graphs
from pyg_siamex.nn.fingerprint import fingerprints_agree, similarity_fingerprint
from pyg_siamex.nn.siamese import SiameseGNN, embed_named

NUM_REFERENCES = 20
"""Number of training graphs that :func:`~pyg_siamex.nn.training.fit` keeps the embeddings of."""


@dataclass(frozen=True)
class References:
    """Embeddings of unlabelled graphs by one model.

    Attributes:
        embeddings: ``[K, D]``.
        num_edges: Mean number of edges of the graphs.
        fingerprint: Fingerprint of the model that made them.
    """

    embeddings: Tensor
    num_edges: float
    fingerprint: str

    @classmethod
    @torch.no_grad()
    def draw(
        cls, model: SiameseGNN, graphs: Sequence[Data], count: int = NUM_REFERENCES, seed: int = 0
    ) -> "References":
        """Embed ``count`` different graphs, or all if there are fewer.

        Args:
            model: The model, in evaluation mode.
            graphs: Graphs; labels are not read.
            count: Number K of graphs.
            seed: Seed of the draw.

        Raises:
            ValueError: If there are no graphs, or ``count`` is below 1.
        """
        chosen = draw_graphs(graphs, count, seed, "count")
        found = [
            embed_named(model, Batch.from_data_list([graph]), chosen.called(k))
            for k, graph in enumerate(chosen)
        ]
        edges = sum(graph.num_edges for graph in chosen) / len(chosen)
        return cls(torch.cat(found).cpu(), edges, similarity_fingerprint(model))

    def match(self, model: SiameseGNN) -> bool:
        """Whether the model still has the weights and parts that made the embeddings."""
        return fingerprints_agree(self.fingerprint, similarity_fingerprint(model))
