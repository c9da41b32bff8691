"""Models of pairs as they are written elsewhere, small, from parts of PyG and torch."""

import torch
from torch import nn
from torch_geometric.nn import GIN, AttentionalAggregation, GCNConv, MessagePassing, global_add_pool
from torch_geometric.utils import to_dense_batch


class SimGNN(nn.Module):
    """GCN, attention readout, neural tensor network (Bai et al., arXiv 1808.05689)."""

    def __init__(self, inputs=5, channels=8, slices=4):
        super().__init__()
        self.convs = nn.ModuleList([GCNConv(inputs, channels), GCNConv(channels, channels)])
        self.readout = AttentionalAggregation(nn.Linear(channels, 1))
        self.tensor = nn.Bilinear(channels, channels, slices, bias=False)
        self.block = nn.Linear(2 * channels, slices)
        self.score = nn.Linear(slices, 1)

    def embed(self, data):
        h = data.x
        for conv in self.convs:
            h = conv(h, data.edge_index).tanh()
        return self.readout(h, data.batch)

    def forward(self, data1, data2):
        a, b = self.embed(data1), self.embed(data2)
        match = (self.tensor(a, b) + self.block(torch.cat([a, b], dim=1))).relu()
        return self.score(match).sigmoid()  # [B, 1]


class _Send(MessagePassing):
    def __init__(self, channels):
        super().__init__(aggr="add")
        self.message_net = nn.Linear(2 * channels, channels)

    def forward(self, h, edge_index):
        return self.propagate(edge_index, h=h)

    def message(self, h_i, h_j):
        return self.message_net(torch.cat([h_i, h_j], dim=1)).tanh()


class GMN(nn.Module):
    """Graph matching network with attention between the graphs (Li et al., arXiv 1904.12787)."""

    def __init__(self, inputs=5, channels=8, layers=2):
        super().__init__()
        self.lin = nn.Linear(inputs, channels)
        self.sends = nn.ModuleList([_Send(channels) for _ in range(layers)])
        self.updates = nn.ModuleList([nn.Linear(3 * channels, channels) for _ in range(layers)])

    def across(self, a, batch_a, b, batch_b):
        """What the nodes of one graph do not find in the other."""
        dense_b, there = to_dense_batch(b, batch_b)
        dense_a, mine = to_dense_batch(a, batch_a)
        alike = (dense_a @ dense_b.mT).masked_fill(~there[:, None], -torch.inf)
        return (dense_a - alike.softmax(dim=2) @ dense_b)[mine]

    def forward(self, data1, data2):
        a, b = self.lin(data1.x).tanh(), self.lin(data2.x).tanh()
        for send, update in zip(self.sends, self.updates, strict=True):
            of_a = [a, send(a, data1.edge_index), self.across(a, data1.batch, b, data2.batch)]
            of_b = [b, send(b, data2.edge_index), self.across(b, data2.batch, a, data1.batch)]
            a, b = (update(torch.cat(h, dim=1)).tanh() for h in (of_a, of_b))
        size = data1.num_graphs
        one, other = (global_add_pool(h, d.batch, size) for h, d in ((a, data1), (b, data2)))
        return -(one - other).square().sum(dim=1)


class OnePair(nn.Module):
    """A model that ignores batches, with edge features and a value of the whole graph."""

    def __init__(self, inputs=5, channels=8):
        super().__init__()
        self.gnn = GIN(inputs, channels, 2, act="tanh")
        self.lin = nn.Linear(2 * channels + 2, 1)

    def forward(self, data1, data2):
        parts = [self.gnn(d.x, d.edge_index).mean(dim=0) for d in (data1, data2)]
        return self.lin(torch.cat([*parts, data1.u[0], data2.u[0]]))


class Triplet(nn.Module):
    """Embeds three graphs; the anchor is compared with the second."""

    def __init__(self, inputs=5, channels=8):
        super().__init__()
        self.gnn = GIN(inputs, channels, 2, act="tanh")

    def embed(self, data):
        return global_add_pool(self.gnn(data.x, data.edge_index), data.batch)

    def forward(self, anchor, positive, negative):
        return self.embed(anchor), self.embed(positive), self.embed(negative)


def distance(net, anchor, other):
    """Minus the distance between the first two outputs of a model of triplets."""
    a, b, _ = net(anchor, other, other)
    return -(a - b).norm(dim=1)
