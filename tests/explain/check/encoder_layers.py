"""PyG's layers, norms and pools as encoders that are called as ``encoder(x, edge_index, ...)``."""

import torch
from torch import nn
from torch_geometric.nn import GCNConv, JumpingKnowledge, global_add_pool
from torch_geometric.utils import sort_edge_index

FEATURES, HIDDEN, EDGE_FEATURES, TYPES = 6, 8, 3, 2


def dense(channels_in, channels_out=HIDDEN):
    return nn.Sequential(nn.Linear(channels_in, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, channels_out))


class OwnGCN(GCNConv):
    """A layer derived from one of PyG's that is there already."""

    def __init__(self, *sizes):
        GCNConv(1, 1)
        super().__init__(*sizes)


class Layers(nn.Module):
    """Layers one after the other, with ReLU between them, on one width."""

    def __init__(self, *layers, features=FEATURES):
        super().__init__()
        self.first, self.layers = nn.Linear(features, HIDDEN), nn.ModuleList(layers)
        self.last = nn.LazyLinear(HIDDEN)

    def run(self, x, call):
        start = x = self.first(x)
        for layer in self.layers:
            x = call(layer, x, start).relu()
        return self.last(x)


class Plain(Layers):
    def forward(self, x, edge_index):
        return self.run(x, lambda layer, x, start: layer(x, edge_index))


class Reversible(Layers):
    """Layers that free their input, which no ReLU may have kept."""

    def forward(self, x, edge_index):
        x = self.first(x)
        for layer in self.layers:
            x = layer(x, edge_index)
        return self.last(x)


class Sorted(Layers):
    """Layers that are given the edges sorted by their target."""

    def forward(self, x, edge_index):
        edge_index = sort_edge_index(edge_index, num_nodes=len(x), sort_by_row=False)
        return self.run(x, lambda layer, x, start: layer(x, edge_index))


class WithStart(Layers):
    """Layers that read the first layer's input as well."""

    def forward(self, x, edge_index):
        return self.run(x, lambda layer, x, start: layer(x, start, edge_index))


class EdgeAttr(Layers):
    def forward(self, x, edge_index, edge_attr):
        return self.run(x, lambda layer, x, start: layer(x, edge_index, edge_attr=edge_attr))


class EdgeWeight(Layers):
    def forward(self, x, edge_index, edge_weight):
        return self.run(x, lambda layer, x, start: layer(x, edge_index, edge_weight))


class EdgeType(Layers):
    def forward(self, x, edge_index, edge_type):
        return self.run(x, lambda layer, x, start: layer(x, edge_index, edge_type))


class AllTypes(Layers):
    def forward(self, x, edge_index, node_type, edge_type, edge_attr):
        return self.run(
            x, lambda layer, x, start: layer(x, edge_index, node_type, edge_type, edge_attr)
        )


class Signed(Layers):
    """Positive and negative edges by their type."""

    def forward(self, x, edge_index, edge_type):
        split = edge_index[:, edge_type == 0], edge_index[:, edge_type == 1]
        return self.run(x, lambda layer, x, start: layer(x, *split))


class Position(Layers):
    def forward(self, x, edge_index, pos):
        return self.run(x, lambda layer, x, start: layer(x, pos, edge_index))


class Normals(Layers):
    def forward(self, x, edge_index, pos):
        normal = nn.functional.normalize(pos)
        return self.run(x, lambda layer, x, start: layer(x, pos, normal, edge_index))


class Hyperedges(Layers):
    """Edges as pairs of a node and a hyperedge."""

    def forward(self, x, edge_index):
        return self.run(x, lambda layer, x, start: layer(x, edge_index, num_edges=len(x)))


class Batched(Layers):
    def forward(self, x, edge_index, batch):
        return self.run(x, lambda layer, x, start: layer(x, edge_index, batch))


class History(Layers):
    """Layers that read what all layers before them gave."""

    def forward(self, x, edge_index):
        history = [self.first(x)]
        for layer in self.layers:
            history.append(layer(torch.stack(history, dim=1), edge_index).relu())
        return self.last(history[-1])


class Normed(nn.Module):
    """Two layers with a norm between them that reads one union as a whole."""

    def __init__(self, layer, norm):
        super().__init__()
        self.one, self.norm, self.two = layer(FEATURES, HIDDEN), norm, layer(HIDDEN, HIDDEN)

    def forward(self, x, edge_index):
        return self.two(self.norm(self.one(x, edge_index)).relu(), edge_index)


class NormedByGraph(Normed):
    """The same, each graph normed by itself."""

    def forward(self, x, edge_index, batch):
        return self.two(self.norm(self.one(x, edge_index), batch).relu(), edge_index)


class MessageNormed(Normed):
    """The same for a norm of messages in proportion to features."""

    def forward(self, x, edge_index):
        x = self.one(x, edge_index)
        return self.two(x + self.norm(x, self.two(x, edge_index)), edge_index)


class Jumping(nn.Module):
    def __init__(self, layer, mode):
        super().__init__()
        sizes = [FEATURES, HIDDEN, HIDDEN]
        self.layers = nn.ModuleList(layer(a, HIDDEN) for a in sizes)
        self.jump = JumpingKnowledge(mode, HIDDEN, 3)

    def forward(self, x, edge_index):
        found = []
        for layer in self.layers:
            x = layer(x, edge_index).relu()
            found.append(x)
        return self.jump(found)


class Pooled(nn.Module):
    """A layer, a pool that merges or drops nodes, a layer, and a sum over what is left."""

    def __init__(self, layer, pool):
        super().__init__()
        self.one, self.pool, self.two = layer(FEATURES, HIDDEN), pool, layer(HIDDEN, HIDDEN)

    def forward(self, x, edge_index, batch, batch_size):
        x = self.one(x, edge_index).relu()
        found = list(self.pool(x, edge_index, batch=batch))
        x, edge_index = found[:2]
        batch = next(
            value
            for value in found[2:]
            if getattr(value, "dtype", None) is torch.long and value.shape == x.shape[:1]
        )
        return global_add_pool(self.two(x, edge_index), batch, size=batch_size)


class ClusterPooled(Pooled):
    """The same for a pool that returns its merged nodes in an object."""

    def forward(self, x, edge_index, batch, batch_size):
        x = self.one(x, edge_index).relu()
        x, edge_index, batch, _ = self.pool(x, edge_index, batch)
        return global_add_pool(self.two(x, edge_index), batch, size=batch_size)


class MemoryPooled(Pooled):
    def forward(self, x, edge_index, batch):
        x = self.two(self.one(x, edge_index).relu(), edge_index)
        return self.pool(x, batch)[0].flatten(1)


class WithoutEdges(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x, edge_index):
        return self.net(x)
