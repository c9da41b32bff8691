"""Shapley values are sampled."""

import torch
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import PairExplainer, ShapleySampling, SiameseGNN

edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
a, b = (Data(x=torch.rand(3, 2), edge_index=edges) for _ in range(2))
model = SiameseGNN(GIN(2, 4, 2), pool="add", similarity="cosine").eval()
explanation = PairExplainer(model, ShapleySampling(samples=3), edge_mask_type="object")(a, b)
assert explanation.query.edge_mask.shape == (4,)
