"""The core explains a model of PyG, judges, searches and keeps it."""

import torch
from torch_geometric.data import Data
from torch_geometric.nn import GIN

import pyg_siamex
from pyg_siamex import BiLRP, PairExplainer, SelfLearned, SiameseGNN, check_model
from pyg_siamex.datasets import Connectomes, PlantedConnectomes, TableRows
from pyg_siamex.explain import Invariance
from pyg_siamex.metric import differences, evaluate, summarise, trust
from pyg_siamex.nn import Library, build_siamese, load_model, save_model
from pyg_siamex.nn.training import embed_all, pair_auc

torch.manual_seed(0)
edges = torch.tensor([[0, 1, 1, 2, 2, 3], [1, 0, 2, 1, 3, 2]])
graphs = [Data(x=torch.rand(4, 3), edge_index=edges, y=torch.tensor([k % 2])) for k in range(12)]
model = SiameseGNN(GIN(3, 8, 2), pool="add", similarity="cosine").eval()
assert check_model(model, graphs[:2])

masks = SelfLearned(invariance=Invariance(embed_all(model, graphs[2:])))
explainer = PairExplainer(model, masks, edge_mask_type="object")
explanation = explainer(graphs[0], graphs[1])
assert explanation.query.edge_mask.shape == (6,)
bilrp = PairExplainer(model, BiLRP(), node_mask_type="object")
assert bilrp(graphs[0], graphs[1]).relevance.shape == (4, 4)
explanation._repr_html_()
explanation.save("pair.pt")

frame = evaluate({"masks": explainer}, graphs[:3], graphs[3:6], model=model, steps=3, draws=3)
assert {"masks", "random"} <= set(summarise(frame)["method"]) and len(differences(frame))
assert trust(explanation, explainer)
assert 0 <= pair_auc(model, pyg_siamex.PairDataset(graphs)) <= 1

assert embed_all(model, graphs).shape == (12, 8)
assert Library.embed(model, graphs).nearest(graphs[3], k=1)

arguments = {"in_channels": 3, "hidden_channels": 8, "num_layers": 2}
built = build_siamese("GIN", "add", **arguments).eval()
save_model(built, "model.siamex")
assert load_model("model.siamex")[0](*graphs[:2]).equal(built(*graphs[:2]))

assert len(Connectomes([[[0, 1, 2], [1, 0, 3], [2, 3, 0]], [[0, 3, 2], [3, 0, 1], [2, 1, 0]]])) == 2
assert PlantedConnectomes and TableRows
