import pytest
import torch
from graphs import random_graph
from metric.planted import explained, planted_graph
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import MaskOptimization, Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.metric import element_importance

GRAPH = Data(
    x=torch.tensor([[1.0, 0], [0, 0], [2, 3]]),
    edge_index=torch.tensor([[0, 1, 1, 2, 2], [1, 1, 0, 1, 2]]),
)


def pair(**masks):
    return explained(GRAPH, planted_graph(2, 4), **masks)


def test_edges_without_loops_and_unordered_pairs():
    explanation = pair(edge_mask=torch.tensor([1.0, 7, 3, 5, 7]))
    assert element_importance(explanation).tolist() == [1, 3, 5]
    assert element_importance(explanation, undirected=True).tolist() == [3, 5]


def test_nodes_and_features_are_numbered_as_in_masks():
    nodes = pair(node_mask=torch.tensor([[1.0], [2], [3]]))
    assert element_importance(nodes).tolist() == [1, 2, 3]
    features = torch.arange(6.0).view(3, 2)
    assert element_importance(pair(node_mask=features)).tolist() == list(range(6))
    common = pair(node_mask=torch.tensor([[4.0, -2]]))
    assert element_importance(common).tolist() == [4, -2]
    by_column = element_importance(pair(node_mask=features), elements="common_feature")
    assert by_column.tolist() == [0 + 2 + 4, 1 + 3 + 5]


def test_kinds_of_elements_are_converted():
    nodes = pair(node_mask=torch.tensor([[1.0], [3], [5]]))
    assert element_importance(nodes, elements="edge").tolist() == [2, 2, 4]
    edges = pair(edge_mask=torch.tensor([1.0, 0, 3, -5, 0]))
    assert element_importance(edges, elements="node").tolist() == [3, -5, -5]
    with pytest.raises(ValueError, match="node_mask of shape None"):
        element_importance(edges, elements="feature")


@pytest.mark.parametrize("undirected", [False, True])
def test_numbers_are_those_of_the_engine(undirected, monkeypatch):
    """The k-th value is that of the k-th element of the masks, self loops and all."""
    query = random_graph(6, 1)
    loops = torch.tensor([[2, 0], [2, 0]])
    query = Data(x=query.x, edge_index=torch.cat([loops[:, :1], query.edge_index, loops], dim=1))
    kept = {}
    split = MaskedPairs.split
    monkeypatch.setattr(
        MaskedPairs, "split", lambda self, masks: kept.update(masks) or split(self, masks)
    )
    model = SiameseGNN(GIN(query.num_features, 8, 2), "add")
    for algorithm in (Occlusion(), MaskOptimization(3)):
        explainer = PairExplainer(
            model, algorithm, edge_mask_type="object", undirected=undirected, side="query"
        )
        explanation = explainer(query, random_graph(5, 2))
        found = element_importance(explanation, undirected=undirected)
        assert torch.allclose(found.double(), kept["edge"].detach().double())
