"""An explainer inside PyG's ``Explainer`` explains similarities, and nothing else."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.data import Batch
from torch_geometric.explain import Explainer
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain import Attribution, PairAlgorithm

CONFIG = {"mode": "regression", "task_level": "graph", "return_type": "raw"}


@pytest.fixture
def model():
    return SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()


def stock(view, algorithm, explanation_type="model", **config):
    return Explainer(
        view,
        algorithm,
        explanation_type=explanation_type,
        edge_mask_type="object",
        model_config={**CONFIG, **config},
    )


def test_it_gives_the_query_side_of_a_pair(model):
    query, reference = random_graph(6, 1), random_graph(5, 2)
    found = stock(model.against(reference), Occlusion())(query.x, query.edge_index)
    pair = PairExplainer(model, Occlusion(), side="query", edge_mask_type="object")
    torch.testing.assert_close(found.edge_mask, pair(query, reference).query.edge_mask)
    assert not found.edge_mask.requires_grad


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("model", {"mode": "binary_classification", "return_type": "probs"}),
        ("model", {"task_level": "node"}),
        ("phenomenon", {}),
    ],
)
def test_other_tasks_are_refused(model, kind, config):
    with pytest.raises(ValueError, match="does not support"):
        stock(model.against(random_graph(5, 2)), Occlusion(), kind, **config)


def test_other_models_and_batches_are_refused(model):
    query = random_graph(6, 1)
    with pytest.raises(TypeError, match=r"give the Explainer siamese_model.against\(reference\)"):
        stock(model.encoder, Occlusion())(query.x, query.edge_index)
    two = Batch.from_data_list([query, query])
    with pytest.raises(ValueError, match="2 queries against 1"):
        stock(model.against(query), Occlusion())(two.x, two.edge_index, batch=two.batch)


def test_a_new_explainer_is_one_method():
    class Nothing(PairAlgorithm):
        def attribute(self, problem):
            return Attribution()

    assert Nothing().name == "Nothing" and not Nothing().stochastic
    assert Nothing().check(None) is None
