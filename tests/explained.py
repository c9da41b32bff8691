"""Small graphs of every kind to explain, and texts that try to be markup."""

from typing import Any

import torch
from torch_geometric.data import Data
from torch_geometric.nn import GIN
from torch_geometric.utils import from_smiles, to_undirected

from pyg_siamex import SiameseGNN
from pyg_siamex.nn.siamese import Biases

NASTY = '</script><img src=x onerror="window.hurt=1">\'"&{{7*7}}'
FOREIGN = (
    "\u962a\u5927 \u0421\u043b\u043e\u0432\u043e \u0639\u064a\u0646\u0629 \U0001f9e0 \u2028\x00"
)


def molecule(smiles: str, name: str = "") -> Data:
    """A molecule whose atoms know their element, and nothing else."""
    data = from_smiles(smiles)
    elements = torch.nn.functional.one_hot(data.x[:, 0] % 9, 9).float()
    graph = Data(x=elements, edge_index=data.edge_index, smiles=smiles)
    if name:
        graph.name = name
    return graph


def small_model(
    channels: int, layer: Any = GIN, seed: int = 0, biases: Biases = "nodes"
) -> SiameseGNN:
    """A model with weights so large that it tells graphs apart untrained."""
    generator = torch.Generator().manual_seed(seed)
    encoder = layer(channels, 8, 2)
    model = SiameseGNN(encoder, pool="add", similarity="cosine", biases=biases)
    for weights in model.encoder.parameters():
        torch.nn.init.normal_(weights, generator=generator)
    return model.eval()


def brain(seed: int, regions: int = 12, **rest: Any) -> Data:
    generator = torch.Generator().manual_seed(seed)
    edges = torch.randint(0, regions, (2, 3 * regions), generator=generator)
    edges = to_undirected(edges[:, edges[0] != edges[1]], num_nodes=regions)
    given = {
        "roi_names": [f"area {k}" for k in range(regions)],
        "networks": [("visual", "default", "motor")[k % 3] for k in range(regions)],
        "pos": torch.linspace(-60, 60, 3 * regions).view(regions, 3),
        "name": f"subject {'AB'[seed % 2]}",
    }
    return Data(x=torch.eye(regions), edge_index=edges, **{**given, **rest})


def row(seed: int, names: list[str]) -> Data:
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(1, len(names), generator=generator)
    empty = torch.empty(2, 0, dtype=torch.long)
    return Data(x=values, edge_index=empty, feature_names=list(names), name=f"patient {'AB'[seed]}")
