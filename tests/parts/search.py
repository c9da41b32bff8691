"""Neighbours are found by FAISS, exactly and approximately."""

import torch
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.nn import HNSWIndex, Library

torch.manual_seed(0)
edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
graphs = [Data(x=torch.rand(3, 2), edge_index=edges) for _ in range(30)]
model = SiameseGNN(GIN(2, 8, 2), pool="add").eval()
library = Library.embed(model, graphs)
index = HNSWIndex(model.similarity, library.embeddings)
index.save("library.hnsw")
again = HNSWIndex.load("library.hnsw", model.similarity)
assert again.measure(library.embeddings) > 0.9
assert library.nearest(3, 4) == library.nearest(3, 4, estimator=again)
