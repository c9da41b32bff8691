from dataclasses import replace

import networkx as nx
import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.explain import Explanation
from torch_geometric.nn import GIN

from pyg_siamex import (
    InputXGradient,
    IntegratedGradients,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    PairExplanation,
    Saliency,
    SelfLearned,
    SiameseGNN,
)
from pyg_siamex.explain import edge_importance, node_importance

RELEVANCE = torch.tensor([[1.0, -3.0, 0.5], [0.0, 2.0, -0.5]])


def hand_made():
    def side(n, edges, mask):
        return Explanation(
            x=torch.ones(n, 2), edge_index=torch.tensor(edges).T, edge_mask=torch.tensor(mask)
        )

    return PairExplanation(
        query=side(2, [[0, 1], [1, 0]], [0.5, 0.5]),
        reference=side(3, [[0, 1], [1, 0], [1, 2]], [0.1, -0.9, 0.2]),
        prediction=0.25,
        relevance=RELEVANCE,
        terms={"f_qr": 0.25},
        completeness_error=1e-7,
        algorithm="Hand",
        info={"steps": [1, 2], "trace": torch.arange(3)},
    )


def test_top_pairs_are_sorted_by_magnitude():
    assert hand_made().top_pairs(3) == [(0, 1, -3.0), (1, 1, 2.0), (0, 0, 1.0)]
    assert len(hand_made().top_pairs(99)) == 6
    with pytest.raises(ValueError, match="k must be at least 1"):
        hand_made().top_pairs(0)


def test_groups_keep_the_sum():
    groups = hand_made().group({"a": [1]}, ["ring", "chain", "ring"])
    assert groups.query_groups == ["a", "rest"]
    assert groups.reference_groups == ["ring", "chain"]
    assert torch.allclose(groups.matrix, torch.tensor([[-0.5, 2.0], [1.5, -3.0]]))
    assert groups.matrix.sum().item() == pytest.approx(RELEVANCE.sum().item())
    assert '"ring": 1.5' in str(groups)


def test_bad_groups_are_named():
    with pytest.raises(ValueError, match="node 0 is in 'a' and in 'b'"):
        hand_made().group({"a": [0], "b": [0, 1]}, ["x"] * 3)
    with pytest.raises(ValueError, match="query_groups has 3 entries for 2 nodes"):
        hand_made().group(["x"] * 3, ["x"] * 3)
    with pytest.raises(ValueError, match=r"names node 7 of 3"):
        hand_made().group(["x"] * 2, {"a": [7]})


def test_masks_have_no_pair_matrix():
    explanation = hand_made()
    explanation.relevance = None
    with pytest.raises(ValueError, match="no pair matrix"):
        explanation.top_pairs()


def test_round_trip(tmp_path):
    path = tmp_path / "e.pt"
    explanation = hand_made()
    explanation.query.smiles = "CCO"
    explanation.save(path)
    loaded = PairExplanation.load(path)
    assert loaded.prediction == 0.25 and loaded.algorithm == "Hand"
    assert torch.equal(loaded.relevance, RELEVANCE)
    assert torch.equal(loaded.reference.edge_mask, explanation.reference.edge_mask)
    assert loaded.query.smiles == "CCO" and loaded.info["steps"] == [1, 2]
    assert isinstance(loaded.query, Explanation)


def test_nothing_is_half_written(tmp_path):
    path = tmp_path / "e.pt"
    hand_made().save(path)
    old = path.read_bytes()
    bad = hand_made()
    bad.info["code"] = print
    with pytest.raises(TypeError, match=r"\['code'\] is a builtin_function"):
        bad.save(path)
    assert path.read_bytes() == old and len(list(tmp_path.iterdir())) == 1
    with pytest.raises(FileNotFoundError, match="no folder"):
        hand_made().save(tmp_path / "none" / "e.pt")


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "x.pt"
    with pytest.raises(FileNotFoundError):
        PairExplanation.load(path)
    path.write_text("hello")
    with pytest.raises(ValueError, match="is not an explanation file: it is another kind"):
        PairExplanation.load(path)
    torch.save({"a": 1}, path)
    with pytest.raises(ValueError, match="is not an explanation file: it is another kind"):
        PairExplanation.load(path)


def test_networkx_carries_importances():
    query, reference = hand_made().to_networkx()
    assert isinstance(query, nx.Graph) and not query.is_directed()
    assert query[0][1]["importance"] == 0.5
    assert reference.is_directed()
    assert reference[1][0]["importance"] == pytest.approx(-0.9)
    assert reference.nodes[2]["importance"] == pytest.approx(0.2)


def test_importance_of_nodes_and_edges_from_either_mask():
    side = hand_made().reference
    assert torch.allclose(node_importance(side), torch.tensor([-0.9, -0.9, 0.2]))
    only_nodes = Explanation(
        x=torch.ones(3, 2), edge_index=side.edge_index, node_mask=torch.tensor([[1.0], [0], [3]])
    )
    assert torch.allclose(node_importance(only_nodes), torch.tensor([1.0, 0, 3]))
    assert torch.allclose(edge_importance(only_nodes), torch.tensor([0.5, 0.5, 1.5]))
    common = Explanation(
        x=torch.tensor([[1.0, 0], [0, 2]]), edge_index=side.edge_index[:, :0],
        node_mask=torch.tensor([[3.0, 5.0]]),
    )  # fmt: skip
    assert torch.allclose(node_importance(common), torch.tensor([3.0, 10.0]))
    with pytest.raises(ValueError, match="neither a node_mask nor an edge_mask"):
        node_importance(Explanation(x=torch.ones(2, 1), edge_index=side.edge_index[:, :1]))


def test_notebooks_show_the_molecules():
    explanation = hand_made()
    assert "0.25" in explanation._repr_html_()
    for side, smiles in ((explanation.query, "CC"), (explanation.reference, "CCO")):
        side.smiles = smiles
    explanation.reference.edge_index = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
    explanation.reference.edge_mask = torch.rand(4)
    assert "<svg" in explanation._repr_html_()


def test_isolated_nodes_have_importance_zero():
    graph = random_graph(4, 1)
    graph.x = torch.cat([graph.x, graph.x[:1]])
    explainer = PairExplainer(SiameseGNN(GIN(FEATURES, 8, 2)), Occlusion(), edge_mask_type="object")
    assert node_importance(explainer(graph, graph).query)[4] == 0


def test_thresholding_keeps_signs():
    kept = hand_made().threshold("topk", 1).reference.edge_mask
    assert kept.tolist() == pytest.approx([0, -0.9, 0])
    hard = hand_made().threshold("topk_hard", 2).reference.edge_mask
    assert hard.tolist() == [0, -1, 1]


def signed_pair(orientation: dict[str, float]) -> PairExplanation:
    graphs = []
    for seed in (1, 2):
        graph = random_graph(4, seed)
        mask = torch.linspace(-1, 1, graph.num_edges)
        graphs.append(
            Explanation(
                x=graph.x, edge_index=graph.edge_index, edge_mask=mask, node_mask=torch.ones(4, 1)
            )
        )
    return PairExplanation(*graphs, 0.5, info={"orientation": orientation, "other": 3})


def test_signs_of_an_unlike_pair_are_turned() -> None:
    given = signed_pair({"query": -1.0, "reference": 1.0})
    found = given.pulls()
    assert torch.equal(found.query.edge_mask, -given.query.edge_mask)
    assert torch.equal(found.query.node_mask, -given.query.node_mask)
    assert torch.equal(found.reference.edge_mask, given.reference.edge_mask)
    assert dict(found.info.items()) == {"other": 3}
    assert found.pulls() is found
    assert given.info["orientation"]["query"] == -1


def test_a_masked_side_alone_is_turned() -> None:
    given = signed_pair({"reference": -1.0})
    del given.query.edge_mask, given.query.node_mask
    found = given.pulls()
    assert "edge_mask" not in found.query
    assert torch.equal(found.reference.edge_mask, -given.reference.edge_mask)


def test_the_representation_is_one_line():
    text = repr(hand_made())
    assert "\n" not in text and len(text) < 160
    assert text.startswith("PairExplanation(query=2 nodes, reference=3 nodes, prediction=0.25")
    assert "edge_mask" in text


@pytest.mark.parametrize(
    ("algorithm", "signed"),
    [
        *((make(), True) for make in (Occlusion, InputXGradient, IntegratedGradients)),
        *((make(), False) for make in (Saliency, MaskOptimization)),
        (SelfLearned(signed=True), True),
        (SelfLearned(), False),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_the_method_says_whether_importances_are_signed(algorithm, signed):
    model = SiameseGNN(GIN(FEATURES, 8, 2))
    explainer = PairExplainer(model, algorithm, edge_mask_type="object")
    explanation = explainer(random_graph(4, 1), random_graph(4, 2))
    for side in (explanation.query, explanation.reference):
        side.edge_mask = side.edge_mask.abs()
    assert explanation.signed == signed


def test_a_negative_value_or_a_pair_matrix_is_signed():
    assert hand_made().signed
    positive = hand_made()
    positive.reference.edge_mask = positive.reference.edge_mask.abs()
    positive.relevance = None
    assert not positive.signed
    positive.relevance = torch.ones(2, 3)
    assert positive.signed


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("terms", {"a": "b"}, r"terms of .* must be a dict of a text to a number \(got 'b'\)"),
        ("terms", {5: 1.0}, r"terms of .* must be a dict of a text to a number \(got 5\)"),
        ("algorithm", 5, r"algorithm of .* must be a text \(got 5\)"),
        ("completeness_error", "x", r"completeness_error of .* must be a number or None \(got 'x'"),
    ],
    ids=["term", "name", "algorithm", "error"],
)
def test_edited_plain_parts_are_refused_by_name(part, value, message, tmp_path):
    edge = torch.tensor([[0, 1], [1, 0]])
    side = Explanation(x=torch.ones(2, 1), edge_index=edge, edge_mask=torch.ones(2))
    edited = PairExplanation(side, side.clone(), 0.5)
    setattr(edited, part, value)
    for read in (edited.to_frame, lambda: edited.save(tmp_path / "e.siamex")):
        with pytest.raises(TypeError, match=message):
            read()


@pytest.mark.parametrize("shape", [(2, 2), (5, 4)], ids=str)
def test_a_pair_matrix_of_other_graphs_is_refused(shape):
    query, reference = random_graph(4, 1), random_graph(5, 2)
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    found = PairExplainer(model, Occlusion(), edge_mask_type="object")(query, reference)
    wrong = replace(found, relevance=torch.ones(shape))
    with pytest.raises(ValueError, match=r"the pair matrix is .* and must be \[4, 5\]"):
        wrong.top_pairs(3)
    with pytest.raises(ValueError, match=r"the pair matrix is .* and must be \[4, 5\]"):
        wrong.group(["a"] * 4, ["b"] * 5)


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int8, torch.long])
def test_parts_of_whole_numbers_and_truths_are_computed_with_as_numbers(dtype):
    value = 1 if dtype == torch.bool else 100
    given = signed_pair({"query": -1.0, "reference": 1.0})
    given.query.edge_mask = torch.full_like(given.query.edge_mask, value).to(dtype)
    rows = [given.query.num_nodes, given.reference.num_nodes]
    given.relevance = torch.full(rows, value, dtype=dtype)
    groups = (["a"] * count for count in rows)
    assert float(given.group(*groups).matrix) == value * rows[0] * rows[1]
    assert given.top_pairs(1) == [(0, 0, float(value))]
    assert set(given.pulls().query.edge_mask.tolist()) == {-float(value)}


@pytest.mark.parametrize("orientation", [-1, [1.0, -1.0], None], ids=repr)
def test_an_orientation_is_by_side(orientation):
    with pytest.raises(TypeError, match="must be a dict of 'query' and 'reference'"):
        signed_pair(orientation).pulls()
