"""Arguments of modules that neither weights nor their printed form show."""

import warnings

import pytest
import torch
from torch import nn
from torch_geometric.data import Data
from torch_geometric.nn import GCN, GIN, GraphSAGE

from pyg_siamex import SiameseGNN
from pyg_siamex.nn import load_model, save_model
from pyg_siamex.nn.module_settings import module_settings, settings_misfit

GRAPH = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]))


class Own(nn.Module):
    def __init__(self, slope=0.1, power=2, note=None):
        super().__init__()
        self.lin, self.slope, self.power, self.note = nn.Linear(3, 4), slope, power, note
        self.calls = 0

    def forward(self, x, edge_index):
        self.calls += 1
        return nn.functional.leaky_relu(self.lin(x), self.slope) ** self.power


class Lazy(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.lin = nn.LazyLinear(4) if width is None else nn.Linear(width, 4)

    def forward(self, x, edge_index):
        return self.lin(x)

    def __repr__(self):
        return "Lazy()"


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (lambda: GIN(3, 4, 2), lambda: GIN(3, 4, 2, act="tanh"), "was ReLU and is Tanh"),
        (lambda: GraphSAGE(3, 4, 2), lambda: GraphSAGE(3, 4, 2, aggr="max"), "Mean|'max'"),
        (
            lambda: GCN(3, 4, 2),
            lambda: GCN(3, 4, 2, normalize=False),
            "`add_self_loops` of 'encoder.convs.0' was True and is False",
        ),
        (lambda: GIN(3, 4, 2), lambda: GIN(3, 4, 2, act_first=True), "`act_first` of"),
        (Own, lambda: Own(0.3), "`slope` of 'encoder' was 0.1 and is 0.3 now"),
        (Own, lambda: Own(power=3), "`power` of 'encoder' was 2 and is 3 now"),
    ],
    ids=["act", "aggr", "normalize", "order", "float", "int"],
)
def test_a_model_that_is_built_again_with_other_arguments_is_told(one, other, told, tmp_path):
    model = SiameseGNN(one(), pool="add").eval()
    save_model(model, tmp_path / "m.siamex")
    with pytest.warns(UserWarning, match=f"saved with other arguments; .*({told})"):
        load_model(tmp_path / "m.siamex", other())


@pytest.mark.parametrize(
    ("one", "again"),
    [
        (lambda: Lazy(None), lambda: Lazy(None)),
        (lambda: Lazy(None), lambda: Lazy(3)),
        (lambda: GCN(3, 4, 2, act="elu", norm="batch_norm"),) * 2,
        (Own, Own),
    ],
    ids=["lazy", "lazy before", "same", "own"],
)
def test_the_same_model_is_loaded_without_a_word(one, again, tmp_path):
    model = SiameseGNN(one(), pool="add").eval()
    expected = model(GRAPH, GRAPH)
    save_model(model, tmp_path / "m.siamex")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found, _ = load_model(tmp_path / "m.siamex", again())
    assert torch.equal(found(GRAPH, GRAPH), expected)


def test_what_changes_in_use_or_is_no_plain_value_is_no_setting():
    used = Own(note=object())
    used(GRAPH.x, GRAPH.edge_index)
    assert settings_misfit(module_settings(Own()), module_settings(used)) == ""
    assert "calls" not in module_settings(used)[""]
