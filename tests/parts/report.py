"""Pairs are drawn, and told on a page."""

from pathlib import Path

import torch
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import PairExplainer, Saliency, SiameseGNN, report
from pyg_siamex.visualize import draw_graphs

edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
a, b = (Data(x=torch.rand(3, 2), edge_index=edges) for _ in range(2))
model = SiameseGNN(GIN(2, 4, 2), pool="add", similarity="cosine").eval()
explanation = PairExplainer(model, Saliency(), edge_mask_type="object")(a, b)
draw_graphs(explanation, "pair.svg")
report(explanation, "pair.html", model=model)
assert Path("pair.svg").stat().st_size and Path("pair.html").stat().st_size
assert "table" in explanation._repr_html_()
