"""The similarity as a function of one graph of a pair, with the other graph embedded."""

import torch
from torch import Tensor, nn

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.union_tensors import changed
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.gates import MessageGates, edge_notes
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import compare


class CachedOther(nn.Module):
    r"""Similarity of one graph to a graph that is embedded once.

    Works like :meth:`~pyg_siamex.nn.SiameseGNN.against`, for either side of a pair. All further
    inputs of the encoder are bound, because PyG passes keyword arguments to Captum by position.

    Args:
        model: The Siamese model, in evaluation mode.
        graph: The graph that varies.
        other: The fixed graph.
        turned: Whether ``other`` is the query and comes first.
        order: Order of the edges for the algorithm. Default: the order of the graph.
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
        self.order: Tensor = same if order is None else order
        self.union: GraphInputs = (
            graph if torch.equal(self.order, same) else graph.select_edges(self.order)
        )
        contract = contract_of(model, graph)
        self.edges: MessageGates = edge_notes(model.encoder, contract.follows(graph))
        with torch.no_grad():
            self.register_buffer("embedding", model.encode(other).detach(), persistent=False)
        self.training: bool = model.training

    @property
    def x(self) -> Tensor:
        """Node features in the form that PyG's explainers expect, ``[N, F]``."""
        return self.union.x.view(len(self.union.x), -1)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Similarity ``[1]``."""
        inputs = changed(self.union, x=x.view(self.union.x.shape), edge_index=edge_index)
        h = self.edges.note(edge_index, lambda: self.model.encode(inputs))
        both = (self.embedding, h) if self.turned else (h, self.embedding)
        return compare(self.model.similarity, *both)
