"""Small seeded graphs and encoders."""

import torch
from torch_geometric.data import Data
from torch_geometric.nn import GAT, GCN, GIN, PNA, EdgeCNN, GraphSAGE
from torch_geometric.utils import remove_self_loops, to_undirected

from pyg_siamex.nn import GINE

FEATURES, EDGE_FEATURES = 5, 3


def random_graph(nodes: int, seed: int = 0, dtype: torch.dtype = torch.float) -> Data:
    """An undirected graph without self loops, with float node and edge features."""
    generator = torch.Generator().manual_seed(seed)
    edges = torch.randint(0, nodes, (2, 2 * nodes), generator=generator)
    edges = to_undirected(remove_self_loops(edges)[0], num_nodes=nodes)
    kinds = (edges.sum(0) + edges.prod(0)) % EDGE_FEATURES
    return Data(
        x=torch.randn(nodes, FEATURES, generator=generator, dtype=dtype),
        edge_index=edges,
        edge_attr=torch.nn.functional.one_hot(kinds, EDGE_FEATURES).to(dtype),
    )


def edgeless_graph(nodes: int = 1, dtype: torch.dtype = torch.float) -> Data:
    """A graph of isolated nodes."""
    return Data(
        x=torch.linspace(-1, 1, nodes * FEATURES, dtype=dtype).view(nodes, FEATURES),
        edge_index=torch.empty(2, 0, dtype=torch.long),
        edge_attr=torch.empty(0, EDGE_FEATURES, dtype=dtype),
    )


def odd_graphs(dtype: torch.dtype = torch.float) -> list[Data]:
    """Graphs of different sizes: self loops, duplicate edges, isolated nodes, no edges."""
    loops = random_graph(6, 1, dtype)
    extra = torch.tensor([[2, 4, 0], [2, 4, loops.edge_index[1, 0]]])
    extra[0, 2] = loops.edge_index[0, 0]
    loops.edge_index = torch.cat([loops.edge_index[:, :3], extra, loops.edge_index[:, 3:]], dim=1)
    loops.edge_attr = torch.ones(loops.edge_index.size(1), EDGE_FEATURES, dtype=dtype)
    isolated = random_graph(5, 2, dtype)
    isolated.x = torch.cat([isolated.x, isolated.x[:2]])
    return [random_graph(7, 3, dtype), loops, isolated, edgeless_graph(1, dtype)]


ENCODERS = {
    "GCN": lambda: GCN(FEATURES, 8, 3),
    "GIN": lambda: GIN(FEATURES, 8, 3),
    "GINE": lambda: GINE(FEATURES, 8, 3, edge_dim=EDGE_FEATURES),
    "GraphSAGE": lambda: GraphSAGE(FEATURES, 8, 3),
    "GAT": lambda: GAT(FEATURES, 8, 3, heads=2),
    "GATv2": lambda: GAT(FEATURES, 8, 3, v2=True),
    "GATedge": lambda: GAT(FEATURES, 8, 3, edge_dim=EDGE_FEATURES),
    "PNA": lambda: PNA(
        FEATURES,
        8,
        3,
        aggregators=["mean", "max"],
        scalers=["identity", "amplification"],
        deg=torch.tensor([1, 2, 5, 3]),
    ),
    "EdgeCNN": lambda: EdgeCNN(FEATURES, 8, 3),
    "GINjk": lambda: GIN(FEATURES, 8, 3, jk="cat", norm="batch_norm"),
}
