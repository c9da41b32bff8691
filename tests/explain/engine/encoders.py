"""Encoders as people write them, each with what is right for it."""

import torch
import torch_geometric.nn as pyg
from graphs import FEATURES
from torch import nn
from torch_geometric.utils import coalesce, sort_edge_index, to_torch_csr_tensor


class Around(nn.Module):
    """Does something to the edges, then runs a GIN."""

    def __init__(self, change, gnn=None):
        super().__init__()
        self.change = change
        self.gnn = pyg.GIN(FEATURES, 8, 2) if gnn is None else gnn

    def forward(self, x, edge_index):
        return self.gnn(x, self.change(edge_index))


REARRANGED = {
    "sorted by target": lambda e: sort_edge_index(e, sort_by_row=False),
    "coalesced": coalesce,
    "reversed order": lambda e: e.flip(1),
    "unpacked": lambda e: torch.stack([e[0].clone(), e[1].clone()]),
    "loops first": lambda e: torch.cat([e[:, e[0] == e[1]], e[:, e[0] != e[1]]], dim=1),
    "two groups": lambda e: torch.cat([e[:, e[0] > e[1]], e[:, e[0] <= e[1]]], dim=1),
}


class Filtered(nn.Module):
    """Sends messages along the edges above a threshold."""

    def __init__(self):
        super().__init__()
        self.conv = pyg.GraphConv(FEATURES, 8)

    def forward(self, x, edge_index, edge_weight):
        keep = edge_weight > 0.3
        return self.conv(x, edge_index[:, keep], edge_weight[keep]).tanh()


class Relational(nn.Module):
    """A layer for each type of edge."""

    def __init__(self, relations=2):
        super().__init__()
        self.conv = pyg.RGCNConv(FEATURES, 8, relations, aggr="add")

    def forward(self, x, edge_index, edge_type):
        return self.conv(x, edge_index, edge_type).tanh()


class Rooted(nn.Module):
    """Reads one node of each graph."""

    def __init__(self):
        super().__init__()
        self.gnn = pyg.GIN(FEATURES, 8, 2)

    def forward(self, x, edge_index, root_index):
        return self.gnn(x, edge_index)[root_index]


class WithGraphFeatures(nn.Module):
    """Adds a vector for each graph to its nodes."""

    def __init__(self):
        super().__init__()
        self.gnn, self.lin = pyg.GIN(FEATURES, 8, 2), nn.Linear(3, 8)

    def forward(self, x, edge_index, u, batch):
        return self.gnn(x, edge_index) + self.lin(u)[batch]


class PassedOn(nn.Module):
    """Hands over whatever it is given."""

    def __init__(self, gnn):
        super().__init__()
        self.gnn = gnn

    def forward(self, x, edge_index, **kwargs):
        return self.gnn(x, edge_index, **kwargs)


class Centred(nn.Module):
    """Subtracts the mean over all nodes it sees."""

    def __init__(self):
        super().__init__()
        self.gnn = pyg.GIN(FEATURES, 8, 2)

    def forward(self, x, edge_index):
        h = self.gnn(x, edge_index)
        return torch.tanh(h - h.mean(0))


class PoolsBlindly(nn.Module):
    """Returns one row for whatever it sees."""

    def __init__(self):
        super().__init__()
        self.gnn = pyg.GIN(FEATURES, 8, 2)

    def forward(self, x, edge_index):
        return self.gnn(x, edge_index).sum(0, keepdim=True)


class Typed(nn.Module):
    """Looks integer types up, one table for each column."""

    def __init__(self, columns=1, norm=None):
        super().__init__()
        self.tables = nn.ModuleList([nn.Embedding(9, FEATURES) for _ in range(columns)])
        self.gnn = pyg.GIN(FEATURES, 8, 2, norm=norm)

    def forward(self, x, edge_index):
        columns = x.long().view(len(x), -1).unbind(1)
        rows = [table(column) for table, column in zip(self.tables, columns, strict=True)]
        return self.gnn(torch.stack(rows).sum(0), edge_index)


class NearestNeighbours(nn.Module):
    """Makes edges of its own."""

    def __init__(self):
        super().__init__()
        self.gnn = pyg.GIN(FEATURES, 8, 2)

    def forward(self, x, edge_index):
        near = torch.cdist(x, x).topk(2, largest=False).indices
        own = torch.arange(len(x)).repeat_interleave(2)
        return self.gnn(x, torch.stack([near.flatten(), own]))


class Pooled(nn.Module):
    """Keeps half of the nodes between two layers."""

    def __init__(self, pool=None):
        super().__init__()
        self.first, self.second = pyg.GraphConv(FEATURES, 8), pyg.GraphConv(8, 8)
        self.pool = pool or pyg.TopKPooling(8, 0.5)

    def forward(self, x, edge_index, batch):
        x = self.first(x, edge_index).tanh()
        x, edge_index, _, batch, *_ = self.pool(x, edge_index, batch=batch)
        return pyg.global_add_pool(self.second(x, edge_index), batch)


class Sparse(nn.Module):
    """Turns edges into a sparse matrix."""

    def __init__(self):
        super().__init__()
        self.conv = pyg.GraphConv(FEATURES, 8)

    def forward(self, x, edge_index):
        ones = x.new_ones(edge_index.size(1))
        return self.conv(x, to_torch_csr_tensor(edge_index.flip(0), ones, size=(len(x), len(x))))


class OwnScatter(nn.Module):
    """One layer of PyG and one written by hand."""

    def __init__(self):
        super().__init__()
        self.gnn, self.lin = pyg.GIN(FEATURES, 8, 1), nn.Linear(8, 8)

    def forward(self, x, edge_index):
        h = self.gnn(x, edge_index)
        return h.index_add(0, edge_index[1], self.lin(h)[edge_index[0]])


class DenseAdjacency(nn.Module):
    """One layer of PyG and one that multiplies by a dense matrix."""

    def __init__(self):
        super().__init__()
        self.table, self.lin = nn.Embedding(9, FEATURES), nn.Linear(8, 8)
        self.gnn = pyg.GIN(FEATURES, 8, 1)

    def forward(self, x, edge_index, batch):
        h = self.gnn(x if x.is_floating_point() else self.table(x[:, 0]), edge_index)
        adjacency = h.new_zeros(len(x), len(x))
        adjacency[edge_index[1], edge_index[0]] = 1.0
        return h + adjacency @ self.lin(h)


class AlwaysDrops(nn.Module):
    """Forgets to say that it is not training."""

    def __init__(self):
        super().__init__()
        self.gnn = pyg.GIN(FEATURES, 8, 1)

    def forward(self, x, edge_index):
        return nn.functional.dropout(self.gnn(x, edge_index), 0.5)


class Remembers(nn.Module):
    """Keeps what it computed for the first graph."""

    def __init__(self):
        super().__init__()
        self.gnn, self.shift = pyg.GIN(FEATURES, 8, 1), None

    def forward(self, x, edge_index):
        h = self.gnn(x, edge_index)
        out = h if self.shift is None else h + self.shift
        self.shift = h.mean(0).detach()
        return out


class Counts(nn.Module):
    """Counts its calls in an attribute, a buffer and a list."""

    def __init__(self):
        super().__init__()
        self.gnn, self.calls, self.seen = pyg.GIN(FEATURES, 8, 1), 0, []
        self.register_buffer("total", torch.zeros(()))

    def forward(self, x, edge_index):
        self.calls += 1
        self.total += 1
        self.seen.append(len(x))
        return self.gnn(x, edge_index)


class Checkpointed(nn.Module):
    """Recomputes its activations in the backward pass."""

    def __init__(self, reentrant=False):
        super().__init__()
        self.gnn, self.reentrant = pyg.GIN(FEATURES, 8, 2), reentrant

    def forward(self, x, edge_index):
        return torch.utils.checkpoint.checkpoint(
            self.gnn, x, edge_index, use_reentrant=self.reentrant
        )
