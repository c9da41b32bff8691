"""Siamese networks on molecules: trained as they are or with a shifted embedding, and cut open."""

import copy
import functools

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import GCN, GIN
from torch_geometric.nn.models.basic_gnn import BasicGNN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.nn.training import pair_auc

ENCODERS = {"GIN": GIN, "GCN": GCN}
RATE = 3e-3


class Shifted(nn.Module):
    """An encoder whose node embeddings are 0 where all features are: h(x) - h(0).

    With a mean over nodes the graph's embedding of the reference input is then 0 as well, in
    training as in use: an exact model (arXiv 2310.05703, section 3).
    """

    def __init__(self, encoder: BasicGNN) -> None:
        super().__init__()
        self.encoder, self.out_channels = encoder, encoder.out_channels

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Node embeddings, ``[N, D]``."""
        return self.encoder(x, edge_index) - self.encoder(torch.zeros_like(x), edge_index)


class From(nn.Module):
    """The layers of an encoder after the first ``layer``, fed with what those give."""

    def __init__(self, encoder: BasicGNN, layer: int) -> None:
        super().__init__()
        self.encoder, self.layer, self.out_channels = encoder, layer, encoder.out_channels

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Node embeddings, ``[N, D]``, from those after ``layer`` layers."""
        return run(self.encoder, x, edge_index, self.layer, len(self.encoder.convs))


def run(encoder: BasicGNN, x: Tensor, edge_index: Tensor, first: int, stop: int) -> Tensor:
    """Layers ``first`` to ``stop`` of a PyG model without normalisation and dropout."""
    for k in range(first, stop):
        x = encoder.convs[k](x, edge_index)
        if k < len(encoder.convs) - 1:
            x = encoder.act(x)
    return x


@functools.cache
def molecules() -> FunctionalGroups:
    """The NCI molecules with exactly one functional group, read once for each process."""
    return FunctionalGroups()


def train(
    encoder: str, activation: str, exact: bool, width: int, layers: int, epochs: int, seed: int
) -> tuple[SiameseGNN, PairDataset, float]:
    """A model in float64, its test pairs and its pair AUC."""
    graphs = molecules()
    learn, validation, test = PairDataset(graphs, seed=seed).split((0.7, 0.1, 0.2), seed=seed)
    torch.manual_seed(seed)
    channels = graphs.features.num_node_features
    layered = ENCODERS[encoder](channels, width, layers, act=activation)
    model = SiameseGNN(Shifted(layered) if exact else layered, "mean", "cosine")
    options = {"epochs": epochs, "lr": RATE, "seed": seed, "progress": False}
    fit(model, learn, validation=validation, accelerator="cpu", **options)
    quality = pair_auc(model, test)
    return model.requires_grad_(False).eval().double(), test, quality


def shifted_quality(model: SiameseGNN, test: PairDataset) -> float:
    """Pair AUC of a trained model once its embedding is shifted, without further training."""
    shifted = SiameseGNN(Shifted(model.encoder), "mean", "cosine")
    return pair_auc(copy.deepcopy(shifted).float(), test)


def chosen_pairs(test: PairDataset, count: int, seed: int) -> tuple[list[Data], list[Data]]:
    """Random pairs in float64, every other one of two classes, no molecule all group."""
    random, queries, references = np.random.default_rng(seed), [], []
    while len(queries) < count:
        q, r = (test.graphs[int(k)] for k in random.choice(len(test.graphs), 2, replace=False))
        alike = len(queries) % 2 == 0
        if bool(q.y == r.y) == alike and not (q.atom_truth.all() or r.atom_truth.all()):
            queries.append(_double(q))
            references.append(_double(r))
    return queries, references


def _double(graph: Data) -> Data:
    return Data(
        x=graph.x.double(), edge_index=graph.edge_index, atom_truth=graph.atom_truth, y=graph.y
    )
