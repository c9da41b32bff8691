"""The page as a person uses it: pointer, keys, slider, downloads, dark, narrow and on paper."""

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from pyg_siamex.metric.trust import SHARES
from pyg_siamex.visualize import report
from pyg_siamex.visualize.report.pair import strongest_cells

CONTRASTS = Path(__file__).with_name("contrasts.js").read_text()
"""Text whose contrast with what lies behind it is below 4.5, as a function."""


def move(page, step: int) -> None:
    """Move the slider as a person with arrow keys does, from its end."""
    slider = page.locator(".pair:not([hidden]) input[type=range]")
    slider.focus()
    slider.press("Home")
    for _ in range(step):
        slider.press("ArrowRight")


def lit(page, side: str) -> set[int]:
    found = page.locator(f"#pair-1-{side} .node.on").evaluate_all(
        "nodes => nodes.map(n => Number(n.dataset.node))"
    )
    return set(found)


def said(page) -> str:
    return page.locator(".pair:not([hidden]) .said").inner_text()


def saved(page, kind: str) -> str:
    with page.expect_download() as waiting:
        page.locator(f'.pair:not([hidden]) [data-download="{kind}"]').click()
    return Path(waiting.value.path()).read_text(encoding="utf-8-sig")


def test_hovering_an_atom_lights_what_it_goes_with(opened, alike):
    page = opened("alike")
    assert "to see what it goes with" in said(page)
    page.locator("#pair-1-query-3").hover()
    strength = alike.relevance[3].abs()
    expected = {k for k, value in enumerate(strength) if value >= 0.15 * strength.max()}
    assert lit(page, "reference") == expected
    assert lit(page, "query") == {3}
    best = alike.query, int(strength.argmax())
    symbol = ["O", "C", "O", "C", "C", "C", "C", "C", "C", "O"][best[1]]
    assert said(page).startswith("O3 of aspirin: importance")
    assert f"goes most with {symbol}{best[1]} (" in said(page)
    page.mouse.move(5, 5)
    assert lit(page, "reference") == set()


def test_keys_move_between_atoms_and_hold_them(opened):
    page = opened("alike")
    page.locator("#pair-1-query .node").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "pair-1-query-2"
    assert "O2 of aspirin" in said(page)
    page.keyboard.press("Enter")
    assert page.locator("#pair-1-query-2").get_attribute("aria-selected") == "true"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "pair-1-reference-0"
    page.keyboard.press("Tab")
    assert "O2 of aspirin" in said(page)
    page.locator("#pair-1-query-2").focus()
    page.keyboard.press("Escape")
    page.locator("#pair-1-share").focus()
    assert lit(page, "query") == set()


def test_every_control_is_reached_by_tab(opened):
    page = opened("three")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert reached[0] == "A"
    assert {"chooser", "pair-1-query-0", "pair-1-reference-0", "pair-1-share"} <= set(reached)
    assert {"CANVAS", "TD", "SUMMARY", "BUTTON", "find"} <= set(reached)


def test_the_same_region_lights_on_both_sides_under_masks(opened):
    page = opened("brains")
    page.locator("#pair-1-query-5 circle").first.hover()
    assert lit(page, "query") == lit(page, "reference") == {5}
    assert "masks: they say how important" in page.locator("main").inner_text()
    page.locator(".chip", has_text="visual").first.hover()
    assert lit(page, "query") == lit(page, "reference") == {0, 3, 6, 9}


def test_the_strongest_cells_of_a_large_matrix_are_read_alike(opened, alike, tmp_path, monkeypatch):
    monkeypatch.setattr(strongest_cells, "MOST_WHOLE", 20)
    monkeypatch.setattr(strongest_cells, "STRONGEST", 25)
    report(alike, tmp_path / "large.html", names=("aspirin", "other"))
    page = opened(tmp_path / "large.html")
    matrix = alike.relevance
    kept = matrix.abs().flatten().topk(25).indices
    some = torch.zeros(matrix.numel()).index_copy(0, kept, matrix.flatten()[kept]).view_as(matrix)
    assert "the 25 strongest are in this page" in page.locator("main").inner_text()
    row = int(some.abs().sum(1).argmax())
    page.locator(f"#pair-1-query-{row}").hover()
    strength = some[row].abs()
    expected = {k for k, value in enumerate(strength) if value >= 0.15 * strength.max()}
    assert lit(page, "reference") == expected
    rows = list(csv.reader(io.StringIO(saved(page, "relevance"))))
    assert rows[0] == ["query node", "query", "reference node", "reference", "relevance"]
    found = {(int(row[0]), int(row[2])): float(row[4]) for row in rows[1:]}
    assert len(found) == 25
    assert all(matrix[cell].item() == pytest.approx(value) for cell, value in found.items())
    everything = json.loads(saved(page, "json"))
    assert [row[2] for row in everything["relevance"]] == [float(row[4]) for row in rows[1:]]
    painted = page.evaluate(
        "() => { const c = document.querySelector('.pair canvas'); return [c.width, c.height]; }"
    )
    assert min(painted) > 0


def test_groups_and_cells_light_their_atoms(opened, alike):
    page = opened("alike")
    page.locator("table.groups [data-side='0']", has_text="ester").hover()
    assert lit(page, "query") == {1, 2, 3}
    cell = page.locator("[data-cell='0 0']")
    cell.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.cell") == "1 1"
    assert lit(page, "query") and lit(page, "reference")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")  # the name of the row
    assert page.evaluate("document.activeElement.textContent") == "ester"
    assert lit(page, "query") == {1, 2, 3}
    assert said(page).startswith("ester of aspirin; goes most with")
    page.locator("canvas").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    value = float(alike.relevance[lit(page, "query").pop(), lit(page, "reference").pop()])
    assert f"{value:+.3g}".replace("-", "\u2212") in said(page)


@pytest.mark.parametrize("name", ["bonds", "rows", "brains"])
def test_the_slider_changes_drawing_and_fidelity(opened, name):
    page = opened(name)
    kept = page.locator("tr[data-curve=query] td").first
    whole = kept.inner_text()
    total = int(whole.split(" of ")[1])
    assert whole == f"{total} of {total}"
    assert page.locator("#pair-1-query .off").count() == 0
    step = SHARES.index(0.2)
    move(page, step)
    assert page.locator(".slider output").inner_text() == "20 %"
    assert page.locator("#pair-1-share").get_attribute("aria-valuetext") == "20 %"
    count = int(np.ceil(0.2 * total - 1e-6))
    assert kept.inner_text() == f"{count} of {total}"
    kind = ".node" if name == "rows" else ".edge"
    assert page.locator(f"#pair-1-query {kind}:not(.off)").count() == count
    data = json.loads(page.locator("script.pair-data").text_content())
    curve = data["trust"]["curves"]["query"]
    cells = page.locator("tr[data-curve=query] td").all_inner_texts()
    assert float(cells[3].replace("\u2212", "-")) == pytest.approx(
        curve["fidelity_plus"][step], abs=0.0051
    )
    assert float(cells[1].replace("\u2212", "-")) == pytest.approx(curve["kept"][step], abs=0.00051)


def test_downloads_hold_what_is_shown(opened, alike):
    page = opened("alike", accept_downloads=True)
    table = list(csv.reader(io.StringIO(saved(page, "importance"))))
    assert table[0] == ["side", "graph", "element", "nodes", "label", "importance", "rank"]
    first = alike.query.node_mask[:, 0].abs().argmax()
    assert table[1][:4] == ["query", "aspirin", "atom", str(int(first))]
    assert float(table[1][5]) == pytest.approx(float(alike.query.node_mask[first, 0]), rel=1e-5)
    matrix = list(csv.reader(io.StringIO(saved(page, "relevance"))))
    values = np.array([row[1:] for row in matrix[1:]], dtype=float)
    assert matrix[0][1:3] == ["O0", "C1"]
    assert np.allclose(values, alike.relevance.numpy(), atol=1e-6)
    everything = json.loads(saved(page, "json"))
    assert np.allclose(everything["relevance"], alike.relevance.numpy(), atol=1e-6)
    assert everything["settings"]["algorithm"]["name"] == alike.algorithm
    assert everything["query"]["nodes"][3] == "O3"
    curves = list(csv.reader(io.StringIO(saved(page, "curves"))))
    assert len(curves) == 1 + 2 * len(SHARES)


def test_the_drawing_is_saved_as_a_picture_of_its_own(opened):
    page = opened("alike", accept_downloads=True, color_scheme="dark")
    root = ElementTree.fromstring(saved(page, "svg"))
    space = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{space}svg")) == 2
    text = ElementTree.tostring(root, encoding="unicode")
    assert "aspirin" in text and "C10, importance" in text
    assert "var(" not in text and "tabindex" not in text
    assert page.evaluate("document.documentElement.dataset.theme") is None
    letters = root.find(f".//{space}g[@class='molecule']")
    assert "rgb(0, 0, 0)" in letters.get("style")  # in the colours of paper


def test_formulas_in_names_are_text_to_a_spreadsheet(opened):
    page = opened("rows", accept_downloads=True)
    labels = [line[4] for line in csv.reader(io.StringIO(saved(page, "importance")))]
    assert "'=texture" in labels and "=texture" not in labels
    page = opened("nasty", accept_downloads=True)
    cells = [c for line in csv.reader(io.StringIO(saved(page, "relevance"))) for c in line]
    assert "'=cmd 0" in cells and not any(cell.startswith("=") for cell in cells)


def test_injections_are_text(opened):
    page = opened("nasty")
    page.locator("#pair-1-query-0 circle").first.hover()
    assert page.evaluate("window.hurt") is None
    assert page.locator("main img").count() == 0
    assert "onerror" in said(page)
    assert page.title().startswith("</script><img")
    assert "\u962a\u5927 \u0421\u043b\u043e\u0432\u043e" in page.locator("main").inner_text()
    assert "{{7*7}}" in page.locator("h1").inner_text()


def test_pairs_are_chosen_and_the_table_is_sorted_and_searched(opened):
    page = opened("three")
    assert page.locator("section.pair:visible").count() == 1
    page.locator("#chooser").select_option("pair-3")
    assert page.locator("#pair-3").is_visible() and not page.locator("#pair-1").is_visible()
    assert "area" in page.locator("#pair-3 .answer").inner_text()
    page.locator("#find").fill("ASPIRIN")
    assert page.locator("#overview tbody tr").count() == 2
    page.locator("#find").fill("")
    button = page.locator("#overview .sort").nth(3)
    button.click()
    values = page.locator("#overview tbody tr td:nth-child(4)").all_inner_texts()
    assert [float(v) for v in values] == sorted(map(float, values), reverse=True)
    assert page.locator("#overview th").nth(3).get_attribute("aria-sort") == "descending"
    page.locator("#overview tbody button", has_text="show 2").click()
    assert page.locator("#pair-2").is_visible()


def test_a_link_leads_to_its_pair(opened, pages):
    page = opened("three")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<a id=go href=#pair-2>go</a>')")
    page.locator("#go").click()
    assert page.locator("#pair-2").is_visible() and not page.locator("#pair-1").is_visible()
    assert page.locator("#chooser").input_value() == "pair-2"
    page.goto("about:blank")
    page.goto(pages["three"].as_uri() + "#pair-3")
    assert page.locator("#pair-3").is_visible() and not page.locator("#pair-1").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["alike", "bonds", "brains", "rows", "three"])
def test_text_keeps_a_contrast_of_four_and_a_half(opened, name, scheme):
    page = opened(name, color_scheme=scheme)
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")
    for details in page.locator(".pair:not([hidden]) details > summary").all():
        details.click()
    assert page.evaluate(CONTRASTS) == []


@pytest.mark.parametrize("name", ["alike", "brains", "rows", "three", "nasty"])
def test_a_narrow_screen_needs_no_sideways_scrolling(opened, name):
    page = opened(name, viewport={"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    boxes = page.locator(".pair:not([hidden]) .sides figure").all()
    tops = [box.bounding_box()["y"] for box in boxes]
    assert tops[1] > tops[0] + 100


def test_paper_is_white_and_unfolded(opened):
    page = opened("alike", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.locator(".settings").wait_for(state="visible", timeout=3000)
    assert not page.locator(".slider").is_visible()
    assert not page.locator(".downloads").is_visible()
    corner = "c => [...c.getContext('2d').getImageData(c.width - 3, c.height - 3, 1, 1).data]"
    assert min(page.locator("canvas").evaluate(corner)[:3]) > 100  # painted again for paper
    page.emulate_media(media="screen")
    page.locator(".settings").wait_for(state="hidden", timeout=3000)


def test_without_scripts_every_pair_is_there(opened):
    page = opened("three", java_script_enabled=False)
    assert page.locator("section.pair:visible").count() == 3
    assert not page.locator("#chooser").is_visible()


def test_what_a_screen_reader_is_told(opened):
    page = opened("alike")
    box = page.get_by_role("listbox", name="query aspirin, 13 atoms")
    assert box.count() == 1
    assert box.get_by_role("option").count() == 13
    assert box.get_by_role("option", name="C10, importance").count() == 1
    assert page.get_by_role("slider", name="Share of atoms kept").count() == 1
    assert page.get_by_role("grid", name="Relevance between groups").count() == 1
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    unnamed = "els => els.filter(e => !(e.innerText || e.ariaLabel || '').trim()).length"
    assert page.locator("button").evaluate_all(unnamed) == 0
