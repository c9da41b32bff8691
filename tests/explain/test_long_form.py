"""A row for each element."""

from itertools import pairwise

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex import Occlusion, PairExplainer
from pyg_siamex.explain.long_form import Element, all_elements, long_frame, mask_elements
from pyg_siamex.nn import build_siamese


def graph(**masks):
    edges = torch.tensor([[1, 0, 2, 1, 2], [0, 1, 1, 2, 2]])
    return Explanation(x=torch.ones(3, 2), edge_index=edges, **masks)


def test_an_undirected_edge_is_one_row_and_a_loop_none():
    found = mask_elements(graph(edge_mask=torch.tensor([0.1, 0.2, -0.5, 0.5, 9.0])))
    assert found == [
        Element("edge", 0, 1, pytest.approx(0.2)),
        Element("edge", 1, 2, pytest.approx(0.5)),
    ]


def test_a_directed_edge_keeps_its_direction():
    directed = Explanation(
        x=torch.ones(3, 2),
        edge_index=torch.tensor([[2, 0], [0, 1]]),
        edge_mask=torch.tensor([0.1, 0.2]),
    )
    assert [element[1:3] for element in mask_elements(directed)] == [(0, 1), (2, 0)]


def test_nodes_and_features():
    nodes = mask_elements(graph(node_mask=torch.tensor([[1.0], [2.0], [3.0]])))
    assert nodes == [Element("node", k, -1, k + 1.0) for k in range(3)]
    common = mask_elements(graph(node_mask=torch.tensor([[1.0, -2.0]])))
    assert common == [Element("feature", 0, -1, 1.0), Element("feature", 1, -1, -2.0)]
    assert mask_elements(graph()) == []


def test_an_explanation_as_a_frame_and_as_a_stream():
    model = build_siamese("GCN", in_channels=2, hidden_channels=4, num_layers=1)
    edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
    graphs = [Data(x=torch.randn(3, 2), edge_index=edges) for _ in range(5)]
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object", undirected=True)
    wanted = explainer.explain(graphs[:4], graphs[1:])
    pairs = pairwise(graphs)
    stream = explainer.stream(pairs, size=3)
    first = next(stream)
    assert next(pairs) is not None, "later pairs are not read before they are needed"
    frame = first.to_frame()
    assert list(frame.columns) == ["graph", "kind", "first", "second", "importance"]
    assert list(frame["graph"]) == ["query"] * 2 + ["reference"] * 2
    again = list(explainer.stream(pairwise(graphs), size=3))
    for one, other in zip(again, wanted, strict=True):
        assert one.prediction == pytest.approx(other.prediction, abs=1e-6)
        assert torch.allclose(one.query.edge_mask, other.query.edge_mask, atol=1e-6)
    with pytest.raises(ValueError, match="size must be at least 1"):
        next(explainer.stream([], size=0))


def test_parallel_edges_are_one_row_in_any_order():
    edges = torch.tensor([[0, 1, 0, 0], [1, 2, 1, 2]])
    mask = torch.tensor([0.1, 0.3, -0.2, 0.4])
    wanted = [("edge", 0, 1, -0.2), ("edge", 0, 2, 0.4), ("edge", 1, 2, 0.3)]
    for order in ([0, 1, 2, 3], [2, 3, 0, 1]):
        one = Explanation(x=torch.ones(3, 2), edge_index=edges[:, order], edge_mask=mask[order])
        found = mask_elements(one)
        assert [tuple(element[:3]) for element in found] == [row[:3] for row in wanted]
        assert [element.importance for element in found] == pytest.approx([r[3] for r in wanted])


def test_a_mask_of_one_common_feature_is_of_the_feature():
    one = Explanation(
        x=torch.ones(3, 1),
        edge_index=torch.empty(2, 0, dtype=torch.long),
        node_mask=torch.ones(1, 1),
    )
    assert mask_elements(one) == [Element("feature", 0, -1, 1.0)]


@pytest.mark.parametrize("nodes", [3, 1], ids=["by node", "common"])
def test_a_frame_has_the_rows_of_both_masks(nodes):
    edges = torch.tensor([0.1, 0.2, -0.5, 0.5, 9.0])
    both = graph(edge_mask=edges, node_mask=torch.ones(nodes, 2))
    frame = long_frame(both, graph(edge_mask=edges))
    parts = [
        list(zip(frame["graph"], frame["kind"], strict=True)),
        [("query", "edge")] * 2
        + [("query", "node" if nodes == 3 else "feature")] * (3 if nodes == 3 else 2)
        + [("reference", "edge")] * 2,
    ]
    assert parts[0] == parts[1]
    assert [element.kind for element in all_elements(both)] == [kind for _, kind in parts[1][:-2]]
