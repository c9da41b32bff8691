"""A module is where its first parameter is."""

import pytest
import torch
from torch import nn
from torch_geometric.data import Data
from torch_geometric.nn import GCN

from pyg_siamex import Occlusion, PairDataset, PairExplainer, SiameseGNN, fit
from pyg_siamex.nn import Library, save_model
from pyg_siamex.nn.device import CPU, device_of


def test_device_of_parameters_or_the_given_one():
    meta = torch.device("meta")
    assert device_of(nn.Linear(2, 2)) == CPU
    assert device_of(nn.Linear(2, 2, device=meta)) == meta
    assert device_of(nn.ReLU()) == CPU and device_of(nn.ReLU(), meta) == meta


def test_weights_without_values_are_told_wherever_a_model_is_used(tmp_path):
    graphs = [Data(x=torch.rand(3, 2), edge_index=torch.empty(2, 0).long()) for _ in range(4)]
    model = SiameseGNN(GCN(2, 4, 1)).to("meta")
    uses = {
        "fit": lambda: fit(model, PairDataset(graphs, labels=[0, 0, 1, 1])),
        "save": lambda: save_model(model, tmp_path / "model.siamex"),
        "explain": lambda: PairExplainer(model, Occlusion(), edge_mask_type="object"),
        "embed": lambda: model.embed(graphs[0]),
        "library": lambda: Library.embed(model, graphs, list("abcd")),
    }
    for name, use in uses.items():
        with pytest.raises(ValueError, match="on the device 'meta' and has no values"):
            print(name, use())
    assert not list(tmp_path.iterdir())


class Lazy(nn.Module):
    """An encoder whose weights are made at the first call."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.LazyLinear(4)

    def forward(self, x, edge_index):
        return self.layer(x)


def test_lazy_models_are_saved_after_their_first_call(tmp_path):
    model, graph = SiameseGNN(Lazy(), "add").eval(), Data(x=torch.ones(2, 3))
    with pytest.raises(ValueError, match=r"encoder\.layer\.weight' is not initialised yet"):
        save_model(model, tmp_path / "m.siamex")
    assert not list(tmp_path.iterdir())
    model(graph, graph)
    save_model(model, tmp_path / "m.siamex")
