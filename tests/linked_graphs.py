"""Graphs with links to explain, and the score of a link in the whole graph."""

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.nn import GAT, GCN, GIN, GraphSAGE
from torch_geometric.utils import erdos_renyi_graph

FEATURES = 5

ENCODERS = {
    "GCN": lambda: GCN(FEATURES, 8, 2),
    "GIN": lambda: GIN(FEATURES, 8, 2),
    "GAT": lambda: GAT(FEATURES, 8, 2),
    "GraphSAGE": lambda: GraphSAGE(FEATURES, 8, 3),
}
"""Encoders of nodes."""

LINKS = [(0, 5), (1, 2), (3, 4), (10, 20), (7, 7)]


def large_graph(nodes: int = 60, degree: float = 2.5, dtype: torch.dtype = torch.float) -> Data:
    """An undirected random graph, with edge features and an isolated last node."""
    torch.manual_seed(0)
    edges = erdos_renyi_graph(nodes - 1, degree / nodes, directed=False)
    data = Data(
        x=torch.randn(nodes, FEATURES, dtype=dtype),
        edge_index=edges,
        edge_attr=torch.randn(edges.size(1), 3, dtype=dtype),
        train_mask=torch.rand(nodes) > 0.5,
    )
    data.edge_label_index = torch.tensor(LINKS).t()
    return data


@torch.no_grad()
def scores(model, data: Data, links=LINKS) -> Tensor:
    """The score of each link from the embeddings in the whole graph."""
    model.eval()
    z = model.encoder(data.x, data.edge_index)
    u, v = torch.tensor(links).t()
    return model.similarity(z[u], z[v])


def without_edge(data: Data, u: int, v: int) -> Data:
    """The graph without the edges between two nodes, in both directions."""
    a, b = data.edge_index
    keep = ~(((a == u) & (b == v)) | ((a == v) & (b == u)))
    return Data(x=data.x, edge_index=data.edge_index[:, keep])
