"""Readouts by name, and what they return."""

import copy

import pytest
import torch
from graphs import FEATURES, random_graph
from torch import nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GCN, aggr

from pyg_siamex import Occlusion, PairDataset, PairExplainer, fit
from pyg_siamex.nn import RoiConcat, RoiReadout, RootReadout, SiameseGNN
from pyg_siamex.nn.readout import pooled_width, readout_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("add", aggr.SumAggregation),
        ("sum", aggr.SumAggregation),
        ("mean", aggr.MeanAggregation),
        ("MeanAggregation", aggr.MeanAggregation),
        ("max", aggr.MaxAggregation),
        ("softmax", aggr.SoftmaxAggregation),
        ("root", RootReadout),
    ],
)
def test_names_of_pyg_are_readouts(name, kind):
    assert type(readout_of(name)) is kind


def test_instances_and_nothing_are_returned():
    own = aggr.SumAggregation()
    assert readout_of(own) is own and readout_of(None) is None


@pytest.mark.parametrize("name", ["", " ", "nothing", "Aggregation", "-", "a\nb", "x" * 1000])
def test_other_names_are_refused(name):
    with pytest.raises(ValueError, match=r"pool must be 'add', 'mean'") as caught:
        readout_of(name)
    assert len(str(caught.value)) < 200


def test_readouts_with_arguments_are_given_as_instances():
    with pytest.raises(ValueError, match="pool='sort' takes arguments: give an instance"):
        readout_of("sort")


def test_models_look_them_up():
    with pytest.raises(ValueError, match=r"pool must be .* \(got 'most'\)"):
        SiameseGNN(GCN(3, 4, 1), pool="most")


class Own(aggr.SumAggregation):
    """A sum of one's own, of which ``change`` makes something else."""

    def __init__(self, change):
        super().__init__()
        self.change = change

    def forward(self, x, *arguments, **named):
        return self.change(super().forward(x, *arguments, **named), x)


NO_ROWS = {
    "nothing": (lambda h, x: None, TypeError, "NoneType of Own"),
    "list": (lambda h, x: h.tolist(), TypeError, "list of Own"),
    "integers": (lambda h, x: h.long(), TypeError, "torch.int64 of Own"),
    "bools": (lambda h, x: h > 0, TypeError, "torch.bool of Own"),
    "complex": (lambda h, x: h + 0j, TypeError, "torch.complex64 of Own"),
    "one column": (lambda h, x: h[:, 0], ValueError, r"\[\d\] of Own"),
    "one number": (lambda h, x: h.sum(), ValueError, r"\[\] of Own"),
    "all nodes": (lambda h, x: x, ValueError, r"\[\d+, 4\] of Own"),
    "deeper": (lambda h, x: h[:, None], ValueError, r"\[\d, 1, 4\] of Own"),
    "no columns": (lambda h, x: h[:, :0], ValueError, r"\[\d, 0\] of Own"),
    "one graph for all": (lambda h, x: h.sum(0, keepdim=True)[:0], ValueError, r"\[0, 4\] of Own"),
}
GRAPHS = [random_graph(5, k) for k in range(8)]
WAYS = {
    "pair": lambda model: model(*GRAPHS[:2]),
    "batch": lambda model: model.embed(Batch.from_data_list(GRAPHS)),
    "explanation": lambda model: PairExplainer(model, Occlusion(), edge_mask_type="object")(
        *GRAPHS[:2]
    ),
    "fit": lambda model: fit(
        model, PairDataset(GRAPHS, labels=[k % 2 for k in range(8)]), epochs=1, progress=False
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("returned", NO_ROWS)
def test_a_readout_of_ones_own_returns_a_row_for_each_graph(returned, way):
    change, error, message = NO_ROWS[returned]
    model = SiameseGNN(GCN(FEATURES, 4, 1), Own(change), "dot").eval()
    with pytest.raises(error, match=rf"`pool` must return floats, \[\d, D\].*{message}"):
        WAYS[way](model)


@pytest.mark.parametrize("way", ["pair", "batch"])
@pytest.mark.parametrize("floats", [torch.float16, torch.bfloat16, torch.float64], ids=str)
def test_readouts_return_floats_of_any_width(floats, way):
    model = SiameseGNN(GCN(FEATURES, 4, 1), Own(lambda h, x: h.to(floats)), "dot").eval()
    assert WAYS[way](model).dtype == floats


class Parts(torch.nn.Module):
    """Embeddings of two parts of each node."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = GCN(FEATURES, 6, 1)

    def forward(self, x, edge_index):
        return self.inner(x, edge_index).view(-1, 2, 3)


def test_embeddings_that_are_no_matrix_are_named():
    model = SiameseGNN(Parts(), "add").eval()
    with pytest.raises(ValueError, match=r"returned \[4, 2, 3\], which SumAggregation cannot read"):
        model(random_graph(4), random_graph(5))


@pytest.mark.parametrize(
    "pool",
    [aggr.AttentionalAggregation(torch.nn.Linear(5, 1)), aggr.Set2Set(5, 2)],
    ids=["attention", "set to set"],
)
def test_readouts_of_another_width_are_named(pool):
    model = SiameseGNN(GCN(FEATURES, 6, 1), pool).eval()
    with pytest.raises(ValueError, match=r"`pool` \w+ cannot read .*\[4, 6\]: .* take 6 channels"):
        model.embed(random_graph(4))


WIDTHS = {
    "none": (None, 6),
    "a mean": (aggr.MeanAggregation(), 6),
    "several side by side": (aggr.MultiAggregation(["mean", "max", "std"]), 18),
    "a set": (aggr.Set2Set(6, 2), 12),
    "quantiles": (aggr.QuantileAggregation([0.2, 0.8]), 12),
    "sorted nodes": (aggr.SortAggregation(3), 18),
    "a recurrent layer": (aggr.GRUAggregation(6, 5), 5),
    "gates": (aggr.AttentionalAggregation(nn.Linear(6, 1), nn.Linear(6, 7)), 7),
    "regions side by side": (RoiConcat(4), 24),
    "weighed regions": (RoiReadout(4, 6, 10), 10),
    "the root": (RootReadout(), 6),
}


@pytest.mark.parametrize("head", ["mlp", "bilinear"])
@pytest.mark.parametrize("pool", WIDTHS)
def test_a_learned_head_is_as_wide_as_what_the_readout_returns(pool, head):
    given, width = WIDTHS[pool]
    before = None if given is None else {k: v.clone() for k, v in given.state_dict().items()}
    assert pooled_width(given, 6) == width
    model = SiameseGNN(GCN(FEATURES, 6, 1), given, head)
    assert model.similarity.channels == width
    if given is None:
        return
    assert all(torch.equal(before[key], kept) for key, kept in given.state_dict().items())
    if pool != "the root":
        graphs = Batch.from_data_list([line_graph(4), line_graph(4)])
        assert model.eval()(graphs, graphs).shape == (2,)


def line_graph(nodes):
    edges = torch.tensor([range(nodes - 1), range(1, nodes)])
    return Data(x=torch.rand(nodes, FEATURES), edge_index=edges)


@pytest.mark.parametrize("pool", WIDTHS)
def test_the_width_is_the_same_without_memory(pool):
    given, width = WIDTHS[pool]
    with torch.device("meta"):
        assert pooled_width(None if given is None else copy.deepcopy(given).to("meta"), 6) == width


def test_a_readout_that_cannot_be_tried_says_its_own_width():
    class Own(aggr.SumAggregation):
        out_channels = 9

        def forward(self, x, index=None, **others):
            raise RuntimeError("not yet")

    assert pooled_width(Own(), 6) == pooled_width(Own(), None) == 9
    assert pooled_width(aggr.SumAggregation(), None) is None
