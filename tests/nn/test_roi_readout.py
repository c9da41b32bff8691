import pytest
import torch
from regions import REGIONS, subject
from torch_geometric.data import Batch

from pyg_siamex.nn import GINE, RoiConcat, RoiReadout, SiameseGNN, WeightedGCN


def test_readout_weighs_standardised_values():
    readout = RoiReadout(3, 2, 4, eps=0.5).double()
    x = torch.randn(5 * 3, 2, dtype=torch.double)
    index = torch.arange(5).repeat_interleave(3)
    readout.train()
    readout.norm.momentum = None
    readout(x, index)  # one pass: the statistics are of these graphs
    readout.eval()
    rows = x.view(5, 6)
    standard = (rows - rows.mean(0)) / (rows.var(0, correction=1) + 0.5).sqrt()
    expected = standard @ readout.lin.weight.T + readout.lin.bias
    assert torch.allclose(readout(x, index), expected, atol=1e-12)


def test_regions_are_told_apart():
    """Swapping two regions changes the embedding; a mean over regions would not notice."""
    x = torch.randn(REGIONS, 2)
    swapped = x[[1, 0, *range(2, REGIONS)]]
    readout = RoiReadout(REGIONS, 2, 4).eval()
    assert not torch.allclose(readout(x), readout(swapped))
    assert torch.equal(RoiConcat(REGIONS)(x), x.view(1, -1))


def test_region_weights_are_norms_of_their_columns():
    readout = RoiReadout(2, 3, 4)
    weight = readout.lin.weight.detach()
    expected = [weight[:, :3].norm().item(), weight[:, 3:].norm().item()]
    assert readout.roi_weights().tolist() == pytest.approx(expected)


def test_dropout_acts_in_training_alone():
    readout = RoiReadout(REGIONS, 2, 4, dropout=0.5)
    x, index = torch.randn(4 * REGIONS, 2), torch.arange(4).repeat_interleave(REGIONS)
    assert not torch.equal(readout(x, index), readout(x, index))
    readout.eval()
    assert torch.equal(readout(x, index), readout(x, index))


def test_reset_gives_fresh_statistics_and_weights():
    readout = RoiReadout(2, 1, 3)
    readout(torch.randn(8, 1), torch.arange(4).repeat_interleave(2))
    before = readout.lin.weight.clone()
    readout.reset_parameters()
    assert readout.norm.running_mean.eq(0).all() and readout.norm.num_batches_tracked == 0
    assert not torch.equal(before, readout.lin.weight)


def test_pools_inside_a_siamese_model():
    encoder = WeightedGCN(REGIONS, 3, 1).double()
    model = SiameseGNN(encoder, RoiReadout(REGIONS, 3, 5).double()).eval()
    subjects = [subject(k) for k in range(3)]
    batched = model.embed(Batch.from_data_list(subjects))
    single = torch.cat([model.embed(graph) for graph in subjects])
    assert batched.shape == (3, 5)
    assert torch.allclose(batched, single, atol=1e-12)


def test_graphs_with_other_regions_are_refused():
    model = SiameseGNN(GINE(REGIONS, 3, 1, edge_dim=1), RoiConcat(REGIONS + 1))
    graph = subject(0, dtype=torch.float)
    graph.edge_attr = graph.edge_weight[:, None]
    with pytest.raises(ValueError, match=rf"has {REGIONS} nodes, .* {REGIONS + 1} regions"):
        model.embed(graph)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((0, 1, 1), "num_rois must be at least 1"),
        ((1, 0, 1), "in_channels must be at least 1"),
        ((1, 1, 0), "out_channels must be at least 1"),
        ((1, 1, 1, 1.0), r"dropout must be in \[0, 1\)"),
        ((1, 1, 1, 0.5, 0.0), "eps must be above 0"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        RoiReadout(*arguments)


@pytest.mark.parametrize("count", [0, -1])
def test_a_number_of_regions_is_at_least_one(count):
    with pytest.raises(ValueError, match="num_rois must be at least 1"):
        RoiConcat(count)
