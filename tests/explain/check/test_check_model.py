"""The report of a model says what explainers do with it."""

import pytest
import torch
from graphs import EDGE_FEATURES, FEATURES, random_graph
from torch import nn
from torch_geometric.nn import GCN, GIN
from torch_geometric.utils import scatter

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN, check_model
from pyg_siamex.nn import GINE

GRAPHS = [random_graph(5, 1), random_graph(7, 2)]


class Leaks(nn.Module):
    """Sums neighbours without a layer that sends messages."""

    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(FEATURES, 8)

    def forward(self, x, edge_index):
        return self.lin(x) + scatter(self.lin(x)[edge_index[0]], edge_index[1], 0, len(x), "sum")


class Sorted(nn.Module):
    """A GIN on edges in another order."""

    def __init__(self):
        super().__init__()
        self.gin = GIN(FEATURES, 8, 1)

    def forward(self, x, edge_index):
        return self.gin(x, edge_index[:, edge_index[1].argsort(stable=True)])


def statuses(encoder, graphs=GRAPHS):
    report = check_model(SiameseGNN(encoder, "add"), graphs)
    return report, {finding.check: finding.status for finding in report.findings}


def test_a_usual_encoder_is_ok_throughout():
    for encoder in (GIN(FEATURES, 8, 2), GCN(FEATURES, 8, 2)):
        report, found = statuses(encoder)
        assert report.ok and set(found.values()) == {"ok"}
        assert str(report).startswith(f"SiameseGNN around {type(encoder).__name__}\n")
        assert len(str(report).splitlines()) == 1 + len(report.findings)


def test_what_is_refused_is_what_an_explainer_refuses():
    report, found = statuses(Leaks())
    assert not report.ok and found["edge masks"] == "refused"
    explainer = PairExplainer(SiameseGNN(Leaks(), "add"), Occlusion(), edge_mask_type="object")
    with pytest.raises(ValueError):
        explainer(*GRAPHS)


def test_rearranged_edges_are_handled():
    report, found = statuses(Sorted())
    assert report.ok and found["layer gin.convs.0"] == "handled"


def test_inputs_that_are_not_read_are_named():
    report, _ = statuses(GIN(FEATURES, 8, 2))
    assert "not read: edge_attr" in report.findings[0].message
    one, _ = statuses(GIN(FEATURES, 8, 2), GRAPHS[0])
    assert one.findings[0] == report.findings[0]


def test_other_things_are_refused():
    with pytest.raises(TypeError, match="wrap the encoder"):
        check_model(GIN(FEATURES, 8, 2), GRAPHS)
    for graphs in ([], [torch.ones(2)]):
        with pytest.raises(TypeError, match=r"one torch_geometric Data|entry 0 is Tensor"):
            check_model(SiameseGNN(GIN(FEATURES, 8, 2), "add"), graphs)


@pytest.mark.parametrize("of", ["x", "edge_attr"])
def test_a_model_that_has_seen_other_widths_is_checked_again(of):
    fine = random_graph(5, 1)
    model = SiameseGNN(GINE(FEATURES, 8, 2, edge_dim=EDGE_FEATURES)).eval()
    assert check_model(model, [fine]).ok
    wide = fine.clone()
    wide[of] = torch.cat([fine[of], fine[of]], dim=1)
    report = check_model(model, [wide])
    assert not report.ok
    assert "the encoder cannot read the graphs" in str(report)
    assert check_model(model, [fine]).ok
