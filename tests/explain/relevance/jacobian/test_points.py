import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.data import Batch
from torch_geometric.nn import GCN, GIN

from pyg_siamex.explain.relevance import Integration, jacobian_factors
from pyg_siamex.explain.relevance import Path as InputPath
from pyg_siamex.explain.relevance.jacobian import points


def test_factors_of_all_points_sum_to_the_integrated_factor():
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 2, act="tanh"))
    inputs, path = model.inputs(random_graph(0)), InputPath(("features", "messages"), "own")
    h, node, edge, start = points.point_factors(model, inputs, path, Integration(7).points)
    whole, _, _ = jacobian_factors(model, inputs, path, Integration(7))
    assert h.shape == (7, 8) and node.shape == (7, 8, 6) and edge.shape == (7, 8, 10)
    torch.testing.assert_close(node.sum(0), whole[0])
    torch.testing.assert_close(edge.sum(0), whole.edges(0))
    torch.testing.assert_close(start, whole.parts["start"][0])


def test_points_in_chunks_equal_points_at_once(monkeypatch):
    torch.manual_seed(0)
    model = siamese(GCN(5, 8, 2, act="tanh"))
    inputs, path = model.inputs(random_graph(0)), InputPath(("features", "weights"))
    at_once, _, _ = jacobian_factors(model, inputs, path, Integration(7))
    one_by_one = points.point_factors(model, inputs, path, Integration(7).points)
    monkeypatch.setattr(points, "_POINT_BUDGET", 3 * 16)
    in_chunks, _, _ = jacobian_factors(model, inputs, path, Integration(7))
    torch.testing.assert_close(in_chunks.node, at_once.node)
    torch.testing.assert_close(in_chunks.edge, at_once.edge)
    for found, expected in zip(
        points.point_factors(model, inputs, path, Integration(7).points), one_by_one, strict=True
    ):
        torch.testing.assert_close(found, expected)


def test_a_subset_keeps_the_starts_of_its_nodes():
    model = siamese(GCN(5, 8, 2))
    graphs = [random_graph(k, n) for k, n in enumerate((4, 2, 3))]
    inputs = model.inputs(Batch.from_data_list(graphs))
    starts = torch.arange(45, dtype=torch.float64).view(9, 5)
    part, path = points.subset(inputs, [0, 2], InputPath(start=starts))
    assert torch.equal(part.x, torch.cat([graphs[0].x, graphs[2].x]))
    assert torch.equal(path.start, starts[[0, 1, 2, 3, 6, 7, 8]])
