"""Graphs whose similarity is the number of parts they share, so that the true pairs are known.

Every graph has ``group``, the part each node belongs to (-1 for none), and ``counts``, ``[1, K]``,
how many of each part it has. The similarity of two graphs is the product of their counts, and a
pair of nodes is true if both belong to the same part.
"""

import networkx as nx
import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.utils import degree, to_undirected

KINDS, STYLES, CHANNELS, SPREAD = 6, 3, 16, 0.1
BASE, DEGREES = 12, 6
MOTIFS: tuple[nx.Graph, ...] = (
    nx.house_graph(),
    nx.cycle_graph(6),
    nx.wheel_graph(5),
    nx.complete_graph(4),
)


def kinds(count: int, seed: int) -> list[Data]:
    """Trees of 6 to 9 nodes of six kinds, each in one of three unrelated looks, with noise.

    The counterpart of counting the digits that two sequences share: what a node is must be read
    from its features, and edges mean nothing.
    """
    looks = torch.randn(KINDS, STYLES, CHANNELS, generator=torch.Generator().manual_seed(0)).relu()
    random, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    graphs = []
    for _ in range(count):
        nodes = int(random.integers(6, 10))
        group = torch.from_numpy(random.integers(KINDS, size=nodes))
        look = looks[group, torch.from_numpy(random.integers(STYLES, size=nodes))]
        noise = SPREAD * torch.randn(nodes, CHANNELS, generator=generator)
        parents = torch.tensor([int(random.integers(k)) for k in range(1, nodes)])
        edges = to_undirected(torch.stack([torch.arange(1, nodes), parents]), num_nodes=nodes)
        counts = torch.bincount(group, minlength=KINDS).float()[None]
        graphs.append(Data(x=look + noise, edge_index=edges, group=group, counts=counts))
    return graphs


def motifs(count: int, seed: int) -> list[Data]:
    """Trees of preferential attachment with two of four motifs; a node knows its degree alone."""
    random = np.random.default_rng(seed)
    graphs = []
    for _ in range(count):
        whole = nx.barabasi_albert_graph(BASE, 1, seed=int(random.integers(2**31)))
        group = [-1] * BASE
        chosen = random.choice(len(MOTIFS), size=2, replace=False)
        for kind in chosen:
            motif, start = MOTIFS[kind], len(group)
            whole = nx.disjoint_union(whole, motif)
            whole.add_edge(int(random.integers(BASE)), start + int(random.integers(len(motif))))
            group += [int(kind)] * len(motif)
        edges = to_undirected(torch.tensor(list(whole.edges)).T, num_nodes=len(group))
        degrees = degree(edges[0], len(group)).long().clamp(max=DEGREES) - 1
        counts = torch.zeros(1, len(MOTIFS))
        counts[0, chosen] = 1
        x = torch.nn.functional.one_hot(degrees, DEGREES).float()
        graphs.append(Data(x=x, edge_index=edges, group=torch.tensor(group), counts=counts))
    return graphs


TASKS = {"kinds": kinds, "motifs": motifs}


def true_pairs(query: Data, reference: Data) -> Tensor:
    """Node pairs of one part, bool ``[n_q, n_r]``."""
    same = query.group[:, None] == reference.group[None]
    return same & (query.group >= 0)[:, None]


def chosen_pairs(graphs: list[Data], count: int, seed: int) -> tuple[list[Data], list[Data]]:
    """Random pairs that share something and not everything."""
    random, queries, references = np.random.default_rng(seed), [], []
    while len(queries) < count:
        q, r = (graphs[k] for k in random.choice(len(graphs), size=2, replace=False))
        shared = (q.counts * r.counts).sum()
        if 0 < shared < (q.counts.square().sum() * r.counts.square().sum()).sqrt():
            queries.append(q)
            references.append(r)
    return queries, references
