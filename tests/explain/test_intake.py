"""Graphs from users are checked at the door."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.data import Batch, Data, HeteroData
from torch_geometric.nn import GCN, GIN
from torch_geometric.utils import to_torch_csr_tensor

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain.intake import check_graph, graphs_of, with_edges


def test_one_graph_and_a_batch_are_lists():
    graphs = [random_graph(4, 0), random_graph(3, 1)]
    assert graphs_of(graphs[0], ()) == [graphs[0]]
    found = graphs_of(Batch.from_data_list(graphs), ())
    assert all(torch.equal(one.x, other.x) for one, other in zip(found, graphs, strict=True))


def test_what_holds_no_graphs_is_refused():
    with pytest.raises(TypeError, match="must be a torch_geometric Data or Batch \\(got list"):
        graphs_of([random_graph(3, 0)], ())
    by_hand = Batch(
        x=torch.ones(2, 1), edge_index=torch.empty(2, 0).long(), batch=torch.tensor([0, 1])
    )
    with pytest.raises(ValueError, match="put together by hand"):
        graphs_of(by_hand, ())


def test_edges_come_from_a_sparse_adjacency_and_the_graph_is_left_alone():
    model, graph = SiameseGNN(GCN(5, 4, 1)), random_graph(4, 0)
    assert with_edges(graph, model) is graph
    sparse = Data(x=graph.x, adj_t=to_torch_csr_tensor(graph.edge_index.flip(0), size=(4, 4)))
    found = with_edges(sparse, model)
    assert set(map(tuple, found.edge_index.T.tolist())) == set(
        map(tuple, graph.edge_index.T.tolist())
    )
    assert "adj_t" not in found and "adj_t" in sparse
    with pytest.raises(ValueError, match=r"no node features: set data\.x"):
        with_edges(Data(num_nodes=2), model)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": None}, r"the query has no node features: set data\.x"),
        ({"x": torch.empty(0, 5)}, r"got \[0, 5\]"),
        ({"x": torch.ones(4)}, r"got \[4\]"),
        ({"x": torch.ones(4, 5).to_sparse()}, "sparse x"),
        ({"edge_index": torch.zeros(3, 2).long()}, r"edge_index \[3, 2\]"),
        ({"edge_index": torch.zeros(2, 2)}, "must be .* of torch.long"),
        ({"edge_index": torch.tensor([[0, 1], [1, 4]])}, "an edge to node 4, and 4 nodes"),
        (
            {"edge_index": torch.tensor([[0, -1], [1, 0]])},
            "an edge to node -1, and 4 nodes, 0 to 3: check edge_index",
        ),
        ({"x": torch.full((4, 5), torch.nan)}, "NaN or infinite values in 'x'"),
        ({"edge_weight": torch.tensor([torch.inf])}, "in 'edge_weight'"),
    ],
)
def test_malformed_graphs_are_refused_by_name(change, message):
    graph = random_graph(4, 0)
    check_graph(graph, "the query")
    for name, value in change.items():
        graph[name] = value
    with pytest.raises(ValueError, match=message):
        check_graph(graph, "the query")


def test_integer_types_are_features():
    graph = random_graph(4, 0)
    graph.x = torch.tensor([0, 1, 0, 2])
    check_graph(graph, "the query")


@pytest.mark.parametrize("other", [None, {}, "CCO", torch.ones(3, 2), HeteroData()])
def test_what_is_no_graph_is_named(other):
    with pytest.raises(TypeError, match=r"a graph of the list (must be|is a HeteroData)"):
        with_edges(other, None)


def test_the_graph_of_a_list_that_cannot_be_explained_is_named():
    graph = random_graph(4, 0)
    explainer = PairExplainer(SiameseGNN(GIN(FEATURES, 8, 2)), Occlusion(), edge_mask_type="object")
    for side, lists in (
        ("query", ([graph, Data()], [graph] * 2)),
        ("reference", ([graph] * 2, [graph, Data()])),
    ):
        with pytest.raises(ValueError, match=f"^{side} 1 has no node features"):
            explainer.explain(*lists)
