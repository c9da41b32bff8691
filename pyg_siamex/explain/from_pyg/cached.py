"""One graph of a pair as a function of its features and edges, the other one embedded."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.gates import edge_notes
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import compare


class CachedOther(nn.Module):
    r"""Similarity of one graph to a graph that is embedded once.

    What :meth:`~pyg_siamex.nn.SiameseGNN.against` is for users, for either side of a pair; and with
    every further input of the encoder bound, because PyG hands keyword arguments to Captum by
    position.

    Args:
        model: The Siamese model, in evaluation mode.
        graph: The graph that varies.
        other: The graph that does not.
        turned: ``other`` is the query, and comes first.
        order: Order of the edges in which the algorithm sees them; that of the graph if ``None``.
    """

    embedding: Tensor

    def __init__(
        self,
        model: SiameseGNN,
        graph: GraphInputs,
        other: GraphInputs,
        turned: bool = False,
        order: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.turned = turned
        self.model = model
        same = torch.arange(graph.edge_index.size(1), device=graph.edge_index.device)
        self.order = same if order is None else order
        self.union = graph if torch.equal(self.order, same) else graph.select_edges(self.order)
        contract = contract_of(model, graph)
        self.edges = edge_notes(model.encoder, contract.follows(graph))
        with torch.no_grad():
            self.register_buffer("embedding", model.encode(other).detach(), persistent=False)
        self.training = model.training

    @property
    def x(self) -> Tensor:
        """Node features as stock explainers expect them, ``[N, F]``."""
        return self.union.x.view(len(self.union.x), -1)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Similarity ``[1]``."""
        inputs = replace(self.union, x=x.view(self.union.x.shape), edge_index=edge_index)
        h = self.edges.note(edge_index, lambda: self.model.encode(inputs))
        both = (self.embedding, h) if self.turned else (h, self.embedding)
        return compare(self.model.similarity, *both)
