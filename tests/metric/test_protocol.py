"""Options of measures."""

import pytest
import torch
from metric.planted import explained, planted_graph, planted_truth

from pyg_siamex.metric import EvaluationProtocol


def explanation(**masks):
    found = explained(planted_graph(), planted_graph(3), torch.ones(planted_graph().num_edges))
    del found.query["edge_mask"]
    for name, value in masks.items():
        found.query[name] = value
    return found


NODES, FEATURES = planted_graph().x.shape


@pytest.mark.parametrize(
    ("masks", "elements"),
    [
        ({"edge_mask": planted_truth(planted_graph()).double()}, "edge"),
        ({"node_mask": torch.ones(NODES, 1)}, "node"),
        ({"node_mask": torch.ones(NODES, FEATURES)}, "feature"),
        ({"node_mask": torch.ones(1, FEATURES)}, "common_feature"),
        (
            {
                "node_mask": torch.ones(NODES, 1),
                "edge_mask": planted_truth(planted_graph()).double(),
            },
            "edge",
        ),
    ],
)
def test_elements_follow_the_masks_edges_first(masks, elements):
    assert EvaluationProtocol().elements_of([explanation(**masks)]) == elements
    assert EvaluationProtocol(elements="node").elements_of([explanation(**masks)]) == "node"


def test_a_side_without_masks_is_named():
    with pytest.raises(ValueError, match="no masks on the side 'query'"):
        EvaluationProtocol().elements_of([explanation()])
    with pytest.raises(ValueError, match="there are no explanations to measure"):
        EvaluationProtocol().elements_of([])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"elements": "atoms"}, "elements must be one of"),
        ({"side": "left"}, "side must be one of"),
        ({"ranking": "size"}, "ranking must be one of"),
        ({"min_effect": -1}, "min_effect must be at least 0"),
        ({"min_effect": float("nan")}, "min_effect must be at least 0"),
        ({"removal": "noise"}, "noise"),
    ],
)
def test_what_is_out_of_range_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        EvaluationProtocol(**arguments)


def test_choices_are_named_in_words():
    with pytest.raises(ValueError, match=r"elements must be one of 'edge', 'node', .* or None"):
        EvaluationProtocol(elements="bond")


def test_elements_are_those_of_all_explanations():
    edges = explained(planted_graph(), planted_graph(3), torch.ones(planted_graph().num_edges))
    nodes = explanation(node_mask=torch.ones(NODES, 1))
    for order in ([edges, nodes], [nodes, edges]):
        with pytest.raises(ValueError, match="explanation 1 has other kinds of masks"):
            EvaluationProtocol().elements_of(order)
        assert EvaluationProtocol(elements="node").elements_of(order) == "node"
    common = explanation(node_mask=torch.ones(1, FEATURES))
    assert EvaluationProtocol().elements_of([common, common]) == "common_feature"
