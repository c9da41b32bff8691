"""Masks of one pair by gradient descent."""

import pytest
import torch
from graphs import ENCODERS, edgeless_graph, random_graph
from torch_geometric.data import Data
from torch_geometric.nn import GCN

from pyg_siamex import (
    MaskOptimization,
    PairExplainer,
    SiameseGNN,
)

D = torch.double


def motif_model():
    """Counts, exactly, the nodes of kind 0 that have a neighbour of kind 1."""

    class Count(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = GCN(2, 2, 1)  # a MessagePassing layer to mask
            self.conv.convs[0].lin.weight.data = torch.eye(2)
            self.conv.convs[0].bias.data.zero_()

        def forward(self, x, edge_index):
            edges = torch.ones(edge_index.size(1), dtype=x.dtype)
            near = self.conv(x, edge_index, edge_weight=edges)[:, 1:] * x[:, :1]
            return torch.cat([near, 0.2 * x[:, 1:]], dim=1)

    return SiameseGNN(Count(), "add", "dot").double().eval()


def chain(kinds):
    n = len(kinds)
    path = torch.stack([torch.arange(n - 1), torch.arange(1, n)])
    x = torch.nn.functional.one_hot(torch.tensor(kinds), 3)[:, :2].double()
    return Data(x=x, edge_index=torch.cat([path, path.flip(0)], dim=1))


def test_masks_find_the_only_bond_that_matters():
    query, reference = chain([2, 2, 0, 1, 2, 2, 2]), chain([1, 0, 2, 2])
    explainer = PairExplainer(
        motif_model(), MaskOptimization(), edge_mask_type="object", undirected=True
    )
    explanation = explainer(query, reference)
    for side, bond in ((explanation.query, {2, 3}), (explanation.reference, {0, 1})):
        inside = torch.tensor([set(edge) == bond for edge in side.edge_index.T.tolist()])
        assert side.edge_mask[inside].min() > 0.3
        assert side.edge_mask[~inside].max() < 0.25
        assert side.edge_mask[inside].min() > 2 * side.edge_mask[~inside].max()


def test_a_larger_price_keeps_less():
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add").double()
    pair = random_graph(8, 1, D), random_graph(8, 2, D)
    sizes = [
        PairExplainer(model, MaskOptimization(size=size), edge_mask_type="object")(*pair)
        .query.edge_mask.mean()
        .item()
        for size in (0.0, 0.5, 2.0, 20.0)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 0.1


@pytest.mark.parametrize("options", [{"sufficiency": 1.0}, {"entropy": 0.5}, {"epochs": 1}])
def test_masks_stay_in_range(options):
    model = SiameseGNN(ENCODERS["GCN"]())
    explainer = PairExplainer(
        model, MaskOptimization(**options), node_mask_type="attributes", edge_mask_type="object"
    )
    explanation = explainer(random_graph(7, 1), random_graph(6, 2))
    for mask in (explanation.query.edge_mask, explanation.reference.node_mask):
        assert ((mask >= 0) & (mask <= 1)).all()


def test_nothing_to_explain_gives_a_flat_mask():
    model = SiameseGNN(ENCODERS["GIN"](), "add")
    explainer = PairExplainer(
        model, MaskOptimization(), node_mask_type="object", edge_mask_type="object"
    )
    blank = edgeless_graph(3)
    blank.x.zero_()
    explanation = explainer(blank, blank)
    assert explanation.query.edge_mask.numel() == 0
    assert explanation.query.node_mask.unique().numel() == 1
    assert explanation.query.node_mask.isfinite().all()


def test_deterministic():
    model = SiameseGNN(ENCODERS["GAT"]())
    explainer = PairExplainer(model, MaskOptimization(30), edge_mask_type="object")
    pair = random_graph(7, 1), random_graph(6, 2)
    torch.manual_seed(1)
    one = explainer(*pair)
    torch.manual_seed(2)
    assert torch.equal(one.query.edge_mask, explainer(*pair).query.edge_mask)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"lr": 0}, "lr must be above 0"),
        ({"size": -1}, "size must be at least 0"),
        ({"necessity": 0}, "there is no objective"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        MaskOptimization(**options)
