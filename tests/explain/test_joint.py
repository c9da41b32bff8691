"""A pair as one graph gives the similarity of the pair, to any explainer."""

import pytest
import torch
from graphs import ENCODERS, FEATURES, odd_graphs, random_graph
from torch_geometric.data import Batch, Data
from torch_geometric.explain import Explainer, Explanation, GNNExplainer
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain import JointSimilarity

D = torch.double


@pytest.mark.parametrize("encoder", ["GCN", "GINE", "GATedge", "PNA"])
def test_equals_the_similarity(encoder):
    model = SiameseGNN(ENCODERS[encoder]().double(), "add").eval()
    queries = Batch.from_data_list(odd_graphs(D))
    references = Batch.from_data_list([*odd_graphs(D)[1:], random_graph(6, 9, D)])
    joint = JointSimilarity(model, queries, references)
    assert torch.allclose(joint(joint.x, joint.edge_index), model(queries, references))
    assert joint.x.size(0) == queries.num_nodes + references.num_nodes


def test_stock_explainers_explain_both_graphs_at_once():
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    query, reference = odd_graphs()[1], random_graph(5, 2)
    joint = JointSimilarity(model, query, reference)
    explainer = Explainer(
        joint,
        GNNExplainer(epochs=3),
        explanation_type="model",
        node_mask_type="attributes",
        edge_mask_type="object",
        model_config={"mode": "regression", "task_level": "graph", "return_type": "raw"},
    )
    explanation = explainer(joint.x, joint.edge_index)
    of_query, of_reference = joint.split(explanation)
    assert of_query.validate_masks() and of_reference.validate_masks()
    assert torch.equal(of_query.edge_index, query.edge_index)
    assert torch.equal(of_query.node_mask, explanation.node_mask[:6])
    values: dict = {}
    for edge, value in zip(joint.edge_index.T.tolist(), explanation.edge_mask, strict=True):
        values.setdefault(tuple(edge), []).append(value)
    for side, shift in ((of_query, 0), (of_reference, 6)):
        for (a, b), value in zip(side.edge_index.T.tolist(), side.edge_mask, strict=True):
            assert value in values[a + shift, b + shift]


def test_a_model_in_evaluation_mode_stays_there():
    model = SiameseGNN(GIN(FEATURES, 8, 2)).eval()
    joint = JointSimilarity(model, random_graph(4, 1), random_graph(5, 2))
    Explainer(
        joint,
        GNNExplainer(epochs=1),
        "model",
        {"mode": "regression", "task_level": "graph", "return_type": "raw"},
        edge_mask_type="object",
    )(joint.x, joint.edge_index)
    assert not any(module.training for module in model.modules())


def test_unequal_batches_are_refused():
    graph = random_graph(4, 1)
    with pytest.raises(ValueError, match="2 queries and 1 references"):
        JointSimilarity(SiameseGNN(GIN(FEATURES, 8, 2)), Batch.from_data_list([graph] * 2), graph)


def test_what_is_not_of_both_graphs_is_refused():
    one, other = random_graph(4, 1), random_graph(3, 2)
    joint = JointSimilarity(SiameseGNN(GIN(FEATURES, 8, 2)), one, other)
    with pytest.raises(ValueError, match=r"x \[4, 5\] and edge_index .* of both graphs together"):
        joint(one.x, one.edge_index)
    for mask in ({"node_mask": torch.ones(4, 1)}, {"edge_mask": torch.ones(one.num_edges)}):
        with pytest.raises(ValueError, match="rows, and both graphs together"):
            joint.split(Explanation(x=one.x, edge_index=one.edge_index, **mask))


@pytest.mark.parametrize("given", [None, 3, "a", Data(x=torch.ones(2, 3))], ids=str)
def test_what_is_no_explanation_is_refused(given):
    query, reference = random_graph(4, 1), random_graph(5, 2)
    joint = JointSimilarity(SiameseGNN(GIN(FEATURES, 8, 2), "add").eval(), query, reference)
    with pytest.raises(TypeError, match="`explanation` must be an Explanation"):
        joint.split(given)
    with pytest.raises(ValueError, match="`explanation` has no mask"):
        joint.split(Explanation(x=joint.x, edge_index=joint.edge_index))
