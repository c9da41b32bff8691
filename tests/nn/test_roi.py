import pytest
import torch

from pyg_siamex.nn.roi import by_roi


def test_rows_are_arranged_by_graph_and_region():
    x = torch.arange(12.0).view(6, 2)
    rows = by_roi(x, torch.tensor([0, 0, 0, 1, 1, 1]), 3)
    assert rows.shape == (2, 3, 2)
    assert torch.equal(rows[1, 2], x[5])
    assert by_roi(x, None, 6).shape == (1, 6, 2)


def test_other_numbers_of_regions_are_named():
    batch = torch.tensor([0, 0, 1, 1, 1])
    with pytest.raises(ValueError, match=r"graph 1 of 2 has 3 nodes, .* 2 regions"):
        by_roi(torch.zeros(5, 1), batch, 2)
    with pytest.raises(ValueError, match=r"graph 2 of 3 has 0 nodes"):
        by_roi(torch.zeros(4, 1), torch.tensor([0, 0, 1, 1]), 2, num_graphs=3)
    with pytest.raises(ValueError, match="not sorted"):
        by_roi(torch.zeros(4, 1), torch.tensor([0, 1, 0, 1]), 2)


@pytest.mark.parametrize("batch", [torch.zeros(6), torch.zeros(3).long(), torch.zeros(6, 1).long()])
def test_graphs_of_nodes_are_one_number_each(batch):
    with pytest.raises(ValueError, match="batch must be the graph of each of 6 nodes"):
        by_roi(torch.rand(6, 2), batch, 6)
