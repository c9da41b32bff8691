import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from explained import FOREIGN, NASTY, brain, molecule, small_model
from torch_geometric.nn import GCN

from pyg_siamex import Occlusion, PairExplainer
from pyg_siamex.explain import functional_groups, kept_groups, overview
from pyg_siamex.visualize import overview_report

CONTRASTS = Path(__file__).with_name("contrasts.js").read_text()
HEADS, TAILS = ("OC(=O)", "O=[N+]([O-])", "NC(=O)"), ("C", "CC", "c1ccccc1", "CF", "CS", "CCCO")


def found(labels=None, groups=None, names=None, biases="nodes"):
    graphs = [molecule(head + tail) for head in HEADS for tail in TAILS]
    own = [functional_groups(graph) for graph in graphs] if groups is None else groups
    given = [k // len(TAILS) for k in range(len(graphs))] if labels is None else labels
    return overview(small_model(9, biases=biases), graphs, own, given, names=names), graphs


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("overview") / "overview.html"
    given = ["acid"] * 6 + ["nitro"] * 6 + ["amide"] * 6
    given[2] = "nitro"
    result, graphs = found(given)
    overview_report(result, path, graphs=graphs, total=40)
    return path


@pytest.mark.parametrize("total", [0, 17, -1])
def test_a_sample_is_of_at_least_as_many_graphs(total, tmp_path):
    result, _ = found()
    with pytest.raises(ValueError, match=rf"total must be at least 18 \(got {total}\)"):
        overview_report(result, tmp_path / "o.html", total=total)
    assert not list(tmp_path.iterdir())
    overview_report(result, tmp_path / "o.html", total=18)


def test_bars_maps_and_outliers_are_on_one_page(page):
    text = page.read_text()
    assert "Which parts make molecules alike?" in text
    assert "18 molecules and 153 pairs, all there are" in text
    assert "a random sample of 40 molecules" in text
    assert text.count('<section class="pair"') == 6 and text.count('class="heat"') == 7
    assert text.count('class="bars"') == 1
    assert "learned it by heart" in text and "Whose label deserves a look?" in text


def test_the_cells_of_a_map_are_the_contributions_of_its_class_pair(page):
    given = ["acid"] * 6 + ["nitro"] * 6 + ["amide"] * 6
    given[2] = "nitro"
    result, _ = found(given)
    files = dict(
        re.findall(
            r'<script type="application/json" id="file-(\w+)">(.*?)</script>', page.read_text()
        )
    )
    rows = json.loads(files["groups"])["rows"]
    assert rows[0] == result.table.columns.tolist() and len(rows) == len(result.table) + 1
    place = rows[0].index("contribution")
    sums = {}
    for one in rows[1:]:
        sums[tuple(one[:2])] = sums.get(tuple(one[:2]), 0.0) + one[place]
    for pair in result.classes.to_dict("records"):
        key = pair["query_class"], pair["reference_class"]
        assert sums[key] == pytest.approx(pair["explained"], rel=1e-3, abs=1e-4)


def test_one_class_has_one_map_and_no_outliers(tmp_path):
    result, graphs = found([0] * 18)
    overview_report(result, tmp_path / "o.html", graphs=graphs)
    text = (tmp_path / "o.html").read_text()
    assert text.count('<section class="pair"') == 1 and "Part by part" in text
    assert "deserves a look" not in text and "a random sample" not in text


def test_every_text_is_escaped(tmp_path):
    texts = ["<script>alert(1)</script>", '" onmouseover="window.hurt=1', NASTY, FOREIGN]
    groups = [
        [texts[atom % 4] for atom in range(molecule(head + tail).num_nodes)]
        for head in HEADS
        for tail in TAILS
    ]
    labels = [texts[k % 3] for k in range(18)]
    result, graphs = found(labels, groups, [f"{texts[k % 4]} {k}" for k in range(18)])
    path = tmp_path / "o.html"
    overview_report(result, path, graphs=graphs, title=NASTY)
    text = path.read_text(encoding="utf-8")
    assert "<script>alert" not in text and "<img" not in text
    assert 'onmouseover="window' not in text and "\x00" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert len(result.suspicious) > 0


def test_networks_of_connectomes(tmp_path):
    graphs = [brain(k) for k in range(6)]
    result = overview(small_model(12, GCN), graphs, [g.networks for g in graphs], [0, 1] * 3)
    overview_report(result, tmp_path / "o.html", graphs=graphs)
    text = (tmp_path / "o.html").read_text()
    assert "Which parts make connectomes alike?" in text and "visual" in text


def test_many_classes_and_groups_stay_below_five_megabytes(tmp_path):
    rng = np.random.default_rng(0)
    graphs = [molecule(HEADS[k % 3] + TAILS[k % 6]) for k in range(400)]
    groups = [[f"group {rng.integers(40)}" for _ in range(g.num_nodes)] for g in graphs]
    names = ["n" * 50] * 400
    result = overview(small_model(9), graphs, groups, rng.integers(0, 20, 400), names=names)
    path = tmp_path / "o.html"
    overview_report(result, path, graphs=graphs)
    assert path.stat().st_size < 5_000_000
    text = path.read_text()
    assert "8 more classes are not shown" in text
    assert "174 more class pairs have no map here" in text and "all others" in text
    assert text.count('<section class="pair"') == 36


def test_the_page_is_the_same_twice(tmp_path):
    for name in ("a.html", "b.html"):
        result, graphs = found()
        overview_report(result, tmp_path / name, graphs=graphs)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_person_reads_it_in_a_browser(opened, page):
    opened_page = opened(page)
    choose = opened_page.get_by_label("Similarity of", exact=True)
    assert opened_page.locator("#map-1").is_visible()
    choose.select_option("map-3")
    assert opened_page.locator("#map-3").is_visible()
    assert not opened_page.locator("#map-1").is_visible()
    for name, columns in (("groups (CSV)", 3), ("class pairs (CSV)", 8), ("outliers (CSV)", 7)):
        with opened_page.expect_download() as waiting:
            opened_page.get_by_text(name, exact=True).click()
        with open(waiting.value.path(), encoding="utf-8-sig") as file:
            lines = file.read().splitlines()
        assert len(lines) > 3 and lines[0].count(",") >= columns - 1
    opened_page.set_viewport_size({"width": 360, "height": 800})
    assert opened_page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_keeps_a_contrast_of_four_and_a_half(opened, page, scheme):
    assert opened(page, color_scheme=scheme).evaluate(CONTRASTS) == []


def test_nothing_is_concluded_from_parts_that_do_not_carry(tmp_path):
    result, graphs = found(biases="apart")
    overview_report(result, tmp_path / "page.html", graphs=graphs)
    text = (tmp_path / "page.html").read_text()
    assert not result.agrees and "Parts do not account for this similarity" in text
    assert 'class="bars"' not in text and 'class="heat"' not in text
    assert "drives similarity most" not in text and "Whose label deserves" not in text
    assert text.count("<td>") >= 6 * 4


def test_how_much_parts_carry_is_a_table(page):
    cells = r"<tr><td>(\w+)</td><td>(\w+)</td><td>\d+</td><td>([^<]+)</td>"
    rows = re.findall(cells, page.read_text())
    assert len(rows) == 6
    assert all(len(set(words.split(" of "))) == 1 for *_, words in rows)


def test_the_most_frequent_scaffold_has_a_table(tmp_path):
    from pyg_siamex.explain.overview.r_groups import r_groups

    smiles = ["Cc1ccccc1", "Fc1ccccc1", "Oc1ccccc1", "Nc1ccccc1", "Clc1ccccc1"]
    told = r_groups([molecule(text) for text in smiles], list("abcde"), [1.0, 2.0, 3.0, 4.0, 5.0])
    overview_report(found()[0], tmp_path / "page.html", r_groups=told)
    text = (tmp_path / "page.html").read_text()
    assert "What hangs on the most frequent scaffold?" in text and "5 of 5" in text
    assert '<th scope="row">e</th><td>5.0</td><td>Cl</td>' in text and 'id="file-r_groups"' in text


def test_masks_have_bars_and_a_file(tmp_path):
    result, graphs = found()
    pairs = [(0, 1), (0, 7), (8, 9)]
    labels = [k // len(TAILS) for k in range(len(graphs))]
    explainer = PairExplainer(small_model(9), Occlusion(), node_mask_type="object")
    explained = explainer.explain(*([graphs[pair[side]] for pair in pairs] for side in (0, 1)))
    groups = [functional_groups(graph) for graph in graphs]
    kept = kept_groups(explained, pairs, groups, labels)
    result = replace(result, kept=kept, kept_by="Occlusion")
    overview_report(result, tmp_path / "overview.html", graphs=graphs)
    text = (tmp_path / "overview.html").read_text()
    assert "What do masks keep?" in text and "Occlusion masks of some pairs" in text
    assert text.count('class="bars"') == 2
    file = re.search(r'id="file-kept">(.*?)</script>', text).group(1)
    rows = json.loads(file)["rows"]
    assert rows[0] == list(kept.columns) and len(rows) == len(kept) + 1


def test_without_masks_there_is_no_section_of_them(page):
    assert "What do masks keep?" not in page.read_text()


@pytest.mark.parametrize("count", [0, 17])
def test_all_graphs_of_the_overview_are_given_or_none(count, tmp_path):
    result, graphs = found()
    with pytest.raises(ValueError, match=f"graphs has {count} graphs, and the overview is of 18"):
        overview_report(result, tmp_path / "o.html", graphs=graphs[:count])
