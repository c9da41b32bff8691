"""The examples of the guide for contributors work, in as few lines as it promises."""

import re
from pathlib import Path

import pytest
import torch
from graphs import random_graph
from torch_geometric.nn import GIN

from pyg_siamex import (
    BiLRP,
    IntegratedJacobians,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    SiameseGNN,
    report,
)
from pyg_siamex.explain.relevance.lrp import layer_rules
from pyg_siamex.metric import evaluate
from pyg_siamex.visualize.report.domain import domain_of

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def names():
    """Everything that the guide's code defines, run from top to bottom."""
    out: dict = {}
    for block in BLOCKS:
        exec(block, out)
    return out


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("ScaledDot", 20),
        ("HalfwayGradient", 80),
        ("SumConv", 20),
        ("kept", 20),
        ("draw_decline", 60),
        ("ProteinPage", 20),
        ("Digits", 40),
    ],
)
def test_an_extension_has_the_lines_that_its_heading_says(name, most):
    (said, block) = next(
        (int(lines), block)
        for lines, block in re.findall(
            r"^## [^\n]+, in (\d+) lines\n.*?```python\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE
        )
        if re.search(rf"(class|def) {name}\b", block)
    )
    assert len([line for line in block.splitlines() if line.strip()]) == said < most


@pytest.mark.parametrize("algorithm", [MaskOptimization(epochs=3), BiLRP(), IntegratedJacobians(5)])
def test_the_head_is_explained(names, algorithm):
    torch.manual_seed(0)
    query, reference = random_graph(5, 0), random_graph(6, 1)
    model = SiameseGNN(GIN(query.num_features, names["CHANNELS"], 2), "add", names["ScaledDot"]())
    found = PairExplainer(model, algorithm, node_mask_type="object")(query, reference)
    with torch.no_grad():
        a, b = model.embed(query), model.embed(reference)
    assert found.prediction == pytest.approx(float((a * b).sum() / 8**0.5), rel=1e-5)


def test_the_explainer_keeps_every_promise(names):
    assert names["report"].ok


def test_the_rule_gives_the_relevance_of_a_linear_layer(names, monkeypatch):
    """Each node adds W x to each of its neighbours: its relevance is that of deg(i) W x_i."""
    monkeypatch.setitem(layer_rules._RULES, names["SumConv"], names["sum_conv"])
    query, reference = random_graph(5, 0), random_graph(6, 1)
    encoder = names["SumConv"](query.num_features)
    model = SiameseGNN(encoder, "add", "dot").eval()
    found = PairExplainer(model, BiLRP(gamma=0.25), node_mask_type="object")(query, reference)
    zero = PairExplainer(model, BiLRP(gamma=0), node_mask_type="object")(query, reference)
    with torch.no_grad():
        a, b = (
            encoder.lin(graph.x) * graph.edge_index[0].bincount(minlength=len(graph.x))[:, None]
            for graph in (query, reference)
        )
    assert torch.allclose(zero.relevance, a @ b.T, atol=1e-5)
    assert float(found.relevance.sum()) == pytest.approx(found.prediction, rel=1e-4)


def test_the_measure_stands_in_a_table(names):
    model = SiameseGNN(GIN(random_graph(5, 0).num_features, 8, 2), "add").eval()
    explainer = PairExplainer(model, MaskOptimization(epochs=3), edge_mask_type="object")
    graphs = [random_graph(5 + k, k) for k in range(4)]
    table = evaluate(explainer, graphs[:2], graphs[2:], measures=[names["kept"]])
    values = table[table["measure"] == "strong elements"]["value"]
    assert len(values) >= 2
    assert (values >= 1).all()


def test_the_picture_shows_the_nodes_from_the_strongest_on(names, tmp_path):
    model = SiameseGNN(GIN(random_graph(5, 0).num_features, 8, 2), "add").eval()
    explainer = PairExplainer(model, Occlusion(), node_mask_type="object")
    found = explainer(random_graph(5, 0), random_graph(6, 1))
    figure = names["draw_decline"](found, tmp_path / "decline.svg", title="Decline")
    for ax, graph in zip(figure.axes, (found.query, found.reference), strict=False):
        heights = [bar.get_height() for bar in ax.patches]
        values = sorted(graph.node_mask.flatten().tolist(), key=abs, reverse=True)
        assert heights == pytest.approx(values)
    text = (tmp_path / "decline.svg").read_bytes()
    names["draw_decline"](found, tmp_path / "again.svg", title="Decline")
    assert text == (tmp_path / "again.svg").read_bytes()


def test_the_data_set_holds_real_digits(names):
    digits = names["Digits"]()
    assert len(digits) == len(digits[digits.y >= 0]) == 1797 and digits.num_features == 1
    assert digits[0].num_nodes == 64
    assert not digits[0].has_self_loops()
    assert sorted({int(digits[k].y) for k in range(200)}) == list(range(10))


def test_the_domain_names_the_parts_of_a_page(names, tmp_path):
    graphs = [random_graph(3, seed) for seed in (0, 1)]
    for graph in graphs:
        graph.residues = ["ALA", "GLY", "SER"]
    model = SiameseGNN(GIN(graphs[0].num_features, 8, 2)).eval()
    explanation = PairExplainer(model, Occlusion(), node_mask_type="object")(*graphs)
    assert domain_of(explanation).node == "residue"
    report(explanation, tmp_path / "page.html")
    assert "SER" in (tmp_path / "page.html").read_text()
    names["handle"].remove()
    assert domain_of(explanation).node == "node"
