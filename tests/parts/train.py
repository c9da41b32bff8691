"""A model learns from pairs."""

import torch
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.metric import Faithfulness

torch.manual_seed(0)
edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
graphs = [Data(x=torch.rand(3, 2) + k % 2, edge_index=edges, y=k % 2) for k in range(40)]
model = SiameseGNN(GIN(2, 4, 2), pool="add", similarity="cosine")
assert fit(model, PairDataset(graphs), epochs=2, progress=False).quality >= 0
assert fit(model, PairDataset(graphs), epochs=1, loss="triplet", progress=False).history
assert Faithfulness(model)
