import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from explained import FOREIGN, NASTY, brain, molecule, row, small_model
from torch_geometric.nn import GCN

from pyg_siamex import BiLRP, Occlusion, PairExplainer
from pyg_siamex.explain import search
from pyg_siamex.nn import Library
from pyg_siamex.visualize import search_report
from pyg_siamex.visualize.report import search_page as module

CONTRASTS = Path(__file__).with_name("contrasts.js").read_text()
SMILES = ["CC(=O)Oc1ccccc1C(=O)O", "OC(=O)c1ccccc1O", "CCO", "CC(=O)O", "c1ccccc1", "CCN", "OCCO"]


def found(names=None, k=4, algorithm=None, biases="nodes", **options):
    graphs = [molecule(smiles) for smiles in SMILES]
    model = small_model(9, biases=biases)
    explainer = PairExplainer(model, algorithm or BiLRP(), node_mask_type="object")
    library = Library.embed(model, graphs, names or SMILES)
    return search(library, graphs, 0, k, explainer=explainer, **options)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("search") / "search.html"
    search_report(found(), path)
    return path


def test_hits_contrast_and_pairs_are_on_one_page(page):
    text, result = page.read_text(), found()
    assert "What is most like" in text and "Of 7 entries" in text
    rows = re.findall(r'<tr><td>(\d)</td><th scope="row"><a href="#hit-\d">([^<]+)</a>', text)
    assert rows == [(str(hit.rank), hit.name) for hit in result.hits]
    assert all(f"{hit.similarity:.4f}".replace("-", "\u2212") in text for hit in result.hits)
    assert f"Why does {result.hits[0].name} rank above {result.hits[1].name}?" in text
    assert text.count('<section class="pair"') == 4
    assert text.count('class="molecule-small"') == 4
    assert "The query itself is in the library (CC(=O)Oc1ccccc1C(=O)O)" in text


def test_the_terms_of_the_contrast_add_up_on_the_page(page):
    terms = re.search(r"difference = query \+ remainder.*?</table>", page.read_text(), re.S)[0]
    difference, query, rest = (
        float(value.replace("\u2212", "-")) for value in re.findall(r"</th><td>([^<]+)</td>", terms)
    )
    assert difference == pytest.approx(query + rest, rel=0.02)
    assert difference == pytest.approx(found().contrast.difference, rel=0.01)


def test_nothing_is_loaded_from_elsewhere(page):
    text = page.read_text()
    assert "Content-Security-Policy" in text
    assert not re.search(r'(?:src|href)="(?!#|data:)', text) and "url(" not in text


def test_every_text_is_escaped(tmp_path):
    names = [
        "<script>alert(1)</script>",
        '" onmouseover="window.hurt=1',
        "\u963f\u53f8\u5339\u6797",
        "\u0623\u0633\u0628\u0631\u064a\u0646",
        NASTY,
        FOREIGN,
        "=1+1",
    ]
    path = tmp_path / "s.html"
    search_report(found(names, k=6), path, title=NASTY)
    text = path.read_text(encoding="utf-8")
    assert "<script>alert" not in text and "<img" not in text
    assert 'onmouseover="window' not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\u963f\u53f8\u5339\u6797" in text and "\u0623\u0633\u0628\u0631\u064a\u0646" in text


def test_masks_and_one_hit_do_as_well(tmp_path):
    path = tmp_path / "s.html"
    search_report(found(k=1, algorithm=Occlusion()), path)
    text = path.read_text()
    assert "Why does" not in text and text.count('<section class="pair"') == 1


def test_connectomes_and_rows_of_tables(tmp_path):
    brains = [brain(k, name=f"s{k}") for k in range(5)]
    names = [f"column {k}" for k in range(8)]
    rows = [row(k % 2, names) for k in range(5)]
    for k, one in enumerate(rows):
        one.x = one.x + 0.1 * k
        one.name = f"patient {k}"
    for graphs, layer, kind in ((brains, GCN, "object"), (rows, GCN, "attributes")):
        model = small_model(graphs[0].x.size(1), layer)
        explainer = PairExplainer(model, Occlusion(), node_mask_type=kind)
        result = search(Library.embed(model, graphs), graphs, 0, 3, explainer=explainer)
        search_report(result, tmp_path / "s.html")
        text = (tmp_path / "s.html").read_text()
        assert text.count('<section class="pair"') == 3
        assert ("Why does" in text) == (graphs is brains)


def test_thousands_of_hits_stay_small(tmp_path):
    model = small_model(9)
    graph, other = molecule("CCO"), molecule("CC(=O)Oc1ccccc1C(=O)O")
    with torch.no_grad():
        rows = [model.eval().embed(other), model.embed(graph).expand(10_000, -1)]
    library = Library(model, torch.cat(rows), ["x" * 40] * 10_001)
    explainer = PairExplainer(model, BiLRP(), node_mask_type="object")

    class Graphs:
        def __getitem__(self, position):
            return other if position == 0 else graph

    result = search(library, Graphs(), 0, 10_000, explainer=explainer, explained=3)
    path = tmp_path / "s.html"
    search_report(result, path)
    assert path.stat().st_size < 5_000_000
    text = path.read_text()
    assert "The first 3 hits are explained" in text and "the other 9,997" in text
    assert "first 500; the CSV file has them all" in text and text.count("<tr><td>") < 600


def test_a_page_stops_drawing_before_it_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_MOST_BYTES", 1)
    search_report(found(), tmp_path / "s.html")
    text = (tmp_path / "s.html").read_text()
    assert text.count('<section class="pair"') == 1 and "The first hit is explained" in text


def test_the_same_search_gives_the_same_bytes(tmp_path):
    for name in ("a.html", "b.html"):
        search_report(found(), tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    with pytest.raises(ValueError, match="html"):
        search_report(found(), tmp_path / "a.pdf")


def test_a_person_reads_it_in_a_browser(opened, page):
    opened_page = opened(page)
    said = opened_page.locator(".contrast .said")
    assert "to see its share" in said.inner_text()
    opened_page.locator("#contrast-query-3").hover()
    assert "O3, importance" in said.inner_text()
    opened_page.locator("#contrast-query .node").first.focus()
    opened_page.keyboard.press("ArrowRight")
    assert opened_page.evaluate("document.activeElement.id") == "contrast-query-1"
    opened_page.get_by_role("link", name=found().hits[2].name).first.click()
    assert (
        opened_page.locator("#hit-3").is_visible()
        and not opened_page.locator("#hit-1").is_visible()
    )
    opened_page.locator("#hit-3-query-3").hover()
    assert "goes most with" in opened_page.locator("#hit-3 .said").inner_text()
    with opened_page.expect_download() as waiting:
        opened_page.get_by_text("all hits (CSV)").click()
    with open(waiting.value.path(), encoding="utf-8-sig") as file:
        assert len(file.read().splitlines()) == 5
    opened_page.set_viewport_size({"width": 360, "height": 800})
    assert opened_page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_keeps_a_contrast_of_four_and_a_half(opened, page, scheme):
    assert opened(page, color_scheme=scheme).evaluate(CONTRASTS) == []


def test_a_difference_that_is_on_no_atom_is_not_placed_on_atoms(tmp_path):
    for biases in ("apart", "nodes"):
        search_report(found(biases=biases), tmp_path / "page.html")
        text = (tmp_path / "page.html").read_text()
        placed = biases == "nodes"
        assert ("cannot be placed on atoms of the query" in text) is not placed
        assert ("speak most" in text) is placed
    assert '<th scope="col">parts carry</th>' in text


def test_masks_are_contrasted_by_a_rule_that_puts_biases_on_atoms(tmp_path):
    result = found(algorithm=Occlusion(), biases="apart")
    assert result.contrast.carried.agrees
    search_report(result, tmp_path / "page.html")
    assert '<th scope="col">parts carry</th>' not in (tmp_path / "page.html").read_text()


def test_how_good_the_model_is_stands_on_the_page(tmp_path):
    search_report(found(), tmp_path / "n.html", notes=["the model's <pair> AUC is 0.8"])
    assert "The model&#39;s &lt;pair&gt; AUC is 0.8" in (tmp_path / "n.html").read_text()


def test_a_result_that_was_emptied_or_changed_is_refused(tmp_path):
    result = found()
    with pytest.raises(ValueError, match="`result` has no hits"):
        search_report(replace(result, hits=[]), tmp_path / "n.html")
    for part, value in (("hits", 3), ("size", "many"), ("estimate", "x"), ("contrast", [])):
        with pytest.raises(TypeError, match=rf"`result\.{part}` must be "):
            search_report(replace(result, **{part: value}), tmp_path / "n.html")
    assert not list(tmp_path.iterdir())
