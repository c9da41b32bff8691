"""The graph that was explained, without what the explanation says of it."""

from collections.abc import Sequence

import torch
from torch_geometric.data import Batch, Data
from torch_geometric.explain import Explanation

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.nn.siamese import SiameseGNN


def unexplained(graph: Data | Explanation, model: SiameseGNN) -> Data:
    """The attributes of ``graph`` that the model reads."""
    names = ("x", "edge_index", *model.extra_inputs)
    plain = Data(**{name: graph[name] for name in names if name in graph})
    if plain.edge_index is None:
        plain.edge_index = torch.empty(2, 0, dtype=torch.long)
    return plain


def union(graphs: Sequence[Data | Explanation], model: SiameseGNN) -> GraphInputs:
    """The graphs as one union on the model's device."""
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    plain = [unexplained(graph, model) for graph in graphs]
    return model.inputs(Batch.from_data_list(plain).to(device))
