import pytest
import torch
from carried.measure import KEYS, measure
from carried.report import report
from carried.trained import Scale, Shifted, changed
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN

UNIT = {"set": "breast cancer cells", "training": "as advised", "seed": 0}
SIZES = {"pairs": 20, "removed": 2, "epochs": 2}


def test_a_norm_that_only_scales_is_homogeneous_and_folds():
    norm = Scale(4, 1e-5)
    norm.train()
    for _ in range(20):
        norm(torch.randn(50, 4) * 3 + 1)
    norm.eval()
    x = torch.randn(6, 4)
    factor = norm.weight / (norm.running_var + norm.eps).sqrt()
    torch.testing.assert_close(norm(x), x * factor)
    assert norm.running_var.tolist() == pytest.approx([10.0] * 4, rel=0.4)


@pytest.mark.parametrize(
    "training", ["no biases and no norm", "no biases and a norm that only scales"]
)
def test_without_biases_an_encoder_is_0_at_0(training):
    graph = random_graph(7, 0)
    model = SiameseGNN(GIN(FEATURES, 8, 2, norm="batch_norm"), "add")
    assert changed(model, training) is model
    graph.x = torch.zeros_like(graph.x)
    assert not model.eval().embed(graph).any()
    assert any(isinstance(m, Scale) for m in model.modules()) is training.endswith("scales")


def test_a_shifted_encoder_is_0_where_features_are():
    model = changed(SiameseGNN(GIN(FEATURES, 8, 2), "add"), "shifted by h(0)")
    graph = random_graph(7, 0)
    graph.x = torch.zeros_like(graph.x)
    assert isinstance(model.encoder, Shifted) and not model.embed(graph).any()


def test_parts_carry_the_similarity_where_biases_are_of_nodes(tmp_path):
    assert {*UNIT, *SIZES} == set(KEYS)
    rows = measure(UNIT | SIZES)
    found = rows.set_index(["biases", "method", "measure"])["value"]
    for method in ("BiLRP", "IntegratedJacobians"):
        assert found["nodes", method, "rank correlation"] > 0.999
        assert found["nodes", method, "right sign"] == 1
        assert found["nodes", method, "pair AUC"] == found["apart", method, "pair AUC"]
        assert found["apart", method, "rank correlation"] < 0.99
    report(rows.assign(**UNIT), tmp_path)
    assert "| as advised | nodes | BiLRP | " in (tmp_path / "results.md").read_text()
