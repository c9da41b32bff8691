"""Readouts by name."""

import pytest
from torch_geometric.nn import GCN, aggr

from pyg_siamex.nn import RootReadout, SiameseGNN
from pyg_siamex.nn.readout import readout_of


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
