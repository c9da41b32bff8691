import pytest
import torch
from metric.planted import explained, planted_graph, planted_truth
from torch_geometric.data import Data

from pyg_siamex.metric.protocol import EvaluationProtocol
from pyg_siamex.metric.truth import pair_truth, pair_truths


def pair(**masks):
    return explained(planted_graph(2, 4), planted_graph(3, 4), **masks)


def test_edges_alternatives_and_oracle():
    explanation = pair(edge_mask=torch.rand(4))
    truth = torch.tensor([[0, 1, 0], [0, 0, 0], [0, 1, 1], [0, 0, 0]])
    out = pair_truth(explanation, truth, EvaluationProtocol())
    assert out.elements.tolist() == truth.bool().tolist()
    # The first alternative holds nothing, so that the second is the oracle.
    assert out.oracle.query.edge_mask.tolist() == [1, 0, 1, 0]
    assert out.oracle.algorithm == "oracle"


def test_undirected_edges_are_true_if_a_direction_is():
    graph = Data(x=torch.ones(3, 2), edge_index=torch.tensor([[0, 1, 1, 2, 2], [1, 0, 2, 1, 2]]))
    explanation = explained(graph, graph, torch.rand(5))
    truth = torch.tensor([True, False, False, False, True])
    out = pair_truth(explanation, truth, EvaluationProtocol(undirected=True))
    assert out.elements.tolist() == [[True], [False]]  # and self loops are no elements


def test_nodes_features_and_both_sides():
    nodes = torch.tensor([True, True, False, False])
    explanation = pair(node_mask=torch.rand(4, 1))
    assert (
        pair_truth(explanation, nodes, EvaluationProtocol()).elements.flatten().tolist()
        == nodes.tolist()
    )
    features = pair(node_mask=torch.rand(4, 2))
    truth = torch.tensor([[1, 0], [0, 0], [1, 0], [0, 1]])
    out = pair_truth(features, truth, EvaluationProtocol())
    # Column 0 is 0 for nodes 2 and 3: four of eight features are there, and two more.
    assert out.elements.flatten().tolist() == [True, False, False, False, False, True]
    both = explained(planted_graph(2, 4), planted_graph(3, 6), torch.rand(4))
    both.reference.edge_mask = torch.rand(6)
    sides = planted_truth(both.query), planted_truth(both.reference)
    out = pair_truth(both, sides, EvaluationProtocol(side="both"))
    assert out.elements.flatten().tolist() == torch.cat(sides).tolist()
    assert out.oracle.reference.edge_mask.tolist() == sides[1].float().tolist()


def test_no_oracle_where_nothing_or_all_is_true():
    explanation = pair(edge_mask=torch.rand(4))
    for truth in (torch.zeros(4), torch.ones(4)):
        assert pair_truth(explanation, truth, EvaluationProtocol()).oracle is None
    assert pair_truths([explanation], [None], EvaluationProtocol()) == [None]


@pytest.mark.parametrize(
    ("truth", "options", "message"),
    [
        (torch.ones(3), {}, "shape \\[3\\], and elements='edge' needs \\[4\\]"),
        (torch.ones(4, 2, 2), {}, "a last axis for alternatives"),
        (torch.ones(4), {"side": "both"}, "give a tuple"),
        ((torch.ones(4), torch.ones(4)), {}, "needs the truth of 1 graphs"),
        ((torch.ones(4), torch.ones(4, 2)), {"side": "both"}, "number of alternatives"),
    ],
)
def test_bad_truth_is_named(truth, options, message):
    explanation = pair(edge_mask=torch.rand(4))
    with pytest.raises(ValueError, match=message):
        pair_truth(explanation, truth, EvaluationProtocol(**options))


def test_one_truth_per_pair():
    with pytest.raises(ValueError, match="1 truths for 2 pairs"):
        pair_truths([pair(edge_mask=torch.rand(4))] * 2, [None], EvaluationProtocol())
