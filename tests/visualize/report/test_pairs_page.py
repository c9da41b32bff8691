import copy
import re
import sys
from dataclasses import replace

import pytest
import torch
from explained import NASTY, molecule, small_model
from torch_geometric.explain import Explanation

from pyg_siamex import PairExplanation
from pyg_siamex.visualize import report


def read(path) -> str:
    return path.read_text(encoding="utf-8")


def test_one_file_that_asks_for_nothing(pages):
    for path in pages.values():
        text = read(path)
        assert text.startswith("<!DOCTYPE html>")
        assert not re.search(r"""(src|href)=["']?(https?:)?//""", text)
        assert "@import" not in text and "url(" not in text
        assert "default-src 'none'" in text


def test_the_same_explanation_gives_the_same_bytes(alike, tmp_path):
    for name in ("one.html", "other.html"):
        report(alike, tmp_path / name)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "other.html").read_bytes()


def test_the_explanation_and_its_model_are_left_as_they_were(alike, tmp_path):
    before, state = dict(alike.info), copy.deepcopy(alike.model.state_dict())
    torch.manual_seed(3)
    generator = torch.get_rng_state()
    report(alike, tmp_path / "page.html")
    assert alike.info == before and not alike.model.training
    assert torch.equal(torch.get_rng_state(), generator)
    assert all(torch.equal(value, state[name]) for name, value in alike.model.state_dict().items())


def test_wrong_arguments_are_named_before_anything_is_written(alike, tmp_path):
    path = tmp_path / "page.html"
    with pytest.raises(ValueError, match=r"supported suffixes are .html"):
        report(alike, tmp_path / "page.pdf")
    with pytest.raises(ValueError, match="no explanations to report"):
        report([], path)
    with pytest.raises(ValueError, match="top must be at least 1"):
        report(alike, path, top=0)
    with pytest.raises(ValueError, match="names has 1 entries for 2"):
        report([alike, alike], path, names=[("a", "b")])
    with pytest.raises(TypeError, match="`names` must be a list"):
        report(alike, path, names="ab")
    with pytest.raises(ValueError, match="gives this pair the similarity"):
        report(alike, path, model=small_model(9, seed=1))
    with pytest.raises(ValueError, match="groups gave 1 names for 13 nodes"):
        report(alike, path, groups=lambda graph: ["all"])
    assert not path.exists()


def test_values_that_are_not_finite_are_refused(alike, tmp_path):
    broken = replace(alike, relevance=alike.relevance.clone())
    unlike = copy.deepcopy(alike)
    broken.relevance[0] = torch.nan
    with pytest.raises(ValueError, match="not finite"):
        report(broken, tmp_path / "page.html")
    unlike.prediction = float("nan")
    with pytest.raises(ValueError, match=r"prediction of .*1.* must be finite \(got nan\)"):
        report([alike, unlike], tmp_path / "page.html")
    masks = copy.deepcopy(alike)
    masks.query.node_mask[0] = torch.inf
    with pytest.raises(ValueError, match="NaN or infinite"):
        report(masks, tmp_path / "page.html")


def test_explanations_of_nothing_are_refused(tmp_path):
    graph = Explanation(x=torch.ones(2, 1), edge_index=torch.tensor([[0], [1]]))
    with pytest.raises(ValueError, match="neither graph has a node_mask"):
        report(PairExplanation(graph, graph, prediction=0.5), tmp_path / "page.html")


def test_graphs_without_edges_have_a_page(tmp_path):
    graph = Explanation(
        x=torch.ones(3, 1),
        edge_index=torch.empty(2, 0, dtype=torch.long),
        node_mask=torch.eye(3, 1),
    )
    report(PairExplanation(graph, graph, prediction=0.5), tmp_path / "page.html")
    assert "the node 0" in read(tmp_path / "page.html")
    empty = Explanation(x=graph.x, edge_index=graph.edge_index, edge_mask=torch.empty(0))
    report(PairExplanation(empty, empty, prediction=0.5), tmp_path / "page.html")
    assert "this explanation names nothing" in read(tmp_path / "page.html")


def test_a_changed_model_is_told_and_not_asked(alike, tmp_path):
    stale = copy.copy(alike)
    stale.model = small_model(9, seed=1)
    report(stale, tmp_path / "page.html")
    assert "There is no fidelity here: the model gives this pair" in read(tmp_path / "page.html")


def test_without_a_model_the_page_says_why_there_is_no_fidelity(alike, tmp_path):
    alike.save(tmp_path / "pair.pt")
    loaded = PairExplanation.load(tmp_path / "pair.pt")
    report(loaded, tmp_path / "page.html")
    assert "the model was not at hand" in read(tmp_path / "page.html")
    report(loaded, tmp_path / "page.html", model=alike.model)
    assert "the model was not at hand" not in read(tmp_path / "page.html")


def test_ten_thousand_pairs_are_a_table_with_the_top_drawn(bonds, tmp_path):
    scores = [(k * 7919 % 10_000) / 10_000 for k in range(10_000)]
    known = replace(bonds, model=None)
    many = [replace(known, prediction=score) for score in scores]
    path = tmp_path / "page.html"
    report(many, path, top=3)
    text = read(path)
    assert path.stat().st_size < 5_000_000
    assert text.count('<section class="pair"') == 3
    best = sorted(range(10_000), key=scores.__getitem__)[::-1][:3]
    assert re.findall(r'<section class="pair" id="(pair-\d+)"', text) == [
        f"pair-{k + 1}" for k in best
    ]
    assert "The first 3 pairs are drawn, in the order of similarity, the highest first" in text
    assert "the other 9,997 are rows of this table alone" in text


def test_a_page_stops_drawing_before_it_is_too_large(bonds, tmp_path, monkeypatch):
    module = sys.modules["pyg_siamex.visualize.report.pairs_page"]
    monkeypatch.setattr(module, "_MOST_BYTES", 1)
    report([bonds] * 3, tmp_path / "page.html")
    text = read(tmp_path / "page.html")
    assert text.count('<section class="pair"') == 1
    assert "The first pair is drawn, as given; the other 2 are rows" in text


@pytest.mark.slow
def test_large_graphs_stay_below_five_megabytes(tmp_path):
    from pyg_siamex import BiLRP, PairExplainer

    chain = molecule("C(NC(=O)c1ccccc1)" * 50)
    explanation = PairExplainer(small_model(9), BiLRP(), node_mask_type="object")(chain, chain)
    report(explanation, tmp_path / "page.html")
    assert chain.num_nodes == 500
    assert (tmp_path / "page.html").stat().st_size < 5_000_000


def test_every_text_is_escaped(pages):
    text = read(pages["nasty"])
    assert "<img" not in text and "<svg onload" not in text
    assert NASTY not in text
    assert text.count("</script>") == text.count("<script")


def test_titles_and_names_are_taken(alike, tmp_path):
    report(alike, tmp_path / "page.html", names=("<b>A</b>", "B"), title="My <i>page</i>")
    text = read(tmp_path / "page.html")
    assert "<title>My &lt;i&gt;page&lt;/i&gt;</title>" in text
    assert "What makes &lt;b&gt;A&lt;/b&gt; and B alike?" in text


def test_a_page_that_no_browser_opens_is_refused_before_it_is_made(tmp_path):
    nodes = 7000
    graph = Explanation(x=torch.ones(nodes, 1), edge_index=torch.empty(2, 0, dtype=torch.long))
    pair = PairExplanation(graph, graph, 0.5, relevance=torch.zeros(1).expand(nodes, nodes))
    with pytest.raises(ValueError, match=r"about 234 MB, 150 matrices of up to 49,000,000 pairs"):
        report([pair] * 150, tmp_path / "page.html", top=150)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        (lambda graph: "x" * graph.num_nodes, "groups must be a list"),
        (lambda graph: [None] * graph.num_nodes, "node 0 has the label None"),
        (lambda graph: [["a", "b"]] * graph.num_nodes, "holds several values"),
        (lambda graph: dict.fromkeys(range(graph.num_nodes), "a"), "must be a list of nodes"),
    ],
    ids=["text", "missing", "several", "by node"],
)
def test_groups_of_a_page_are_one_name_for_each_node(alike, tmp_path, groups, told):
    with pytest.raises((TypeError, ValueError), match=told):
        report(alike, tmp_path / "page.html", groups=groups)


def test_names_of_one_pair_are_texts(alike, tmp_path):
    with pytest.raises(TypeError, match="a name is one text"):
        report(alike, tmp_path / "page.html", names=[["a", "b"], ["c", "d"]])
