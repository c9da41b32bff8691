import base64
import html
import json
import re

import numpy as np
import pytest

from pyg_siamex.visualize import view_connectomes
from pyg_siamex.visualize.paper.ink import network_marks


@pytest.fixture
def page(tmp_path):
    """Writes a page; gives its text and, per brain, what the page draws."""

    def write(explanation, **options):
        path = tmp_path / "a.html"
        view_connectomes(explanation, path, **options)
        text = path.read_text()
        frames = [html.unescape(frame) for frame in re.findall(r'srcdoc="([^"]*)"', text)]
        found = [re.search(r"var connectomeInfo = (\{.*\});", frame) for frame in frames]
        return text, [json.loads(match[1])["connectome"] for match in found]

    return write


def decoded(text):
    return np.frombuffer(base64.b64decode(text), dtype="<f4")


def test_each_brain_has_its_edges_once_on_the_shared_scale(brains, page):
    _, (query, reference) = page(brains, edges=2)
    for shown in (query, reference):
        assert (shown["line_cmin"], shown["line_cmax"]) == (-2.0, 2.0)
    # three entries a line, the third one a break; the first line has no length
    assert sorted(decoded(query["_con_w"])[::3].tolist()) == [-2.0, 1.0, 2.0]
    assert sorted(decoded(reference["_con_w"])[::3].tolist()) == pytest.approx([0.4, 0.5, 2.0])
    ends = np.stack([decoded(query[f"_con_{axis}"]) for axis in "xyz"], axis=1)
    anchor = decoded(query["_con_w"])[::3].tolist().index(2.0)
    assert (ends[3 * anchor] == ends[3 * anchor + 1]).all()


def test_regions_have_their_networks_colours_and_the_strongest_their_names(brains, page, brain):
    _, (query, _) = page(brains, regions=2)
    marks = network_marks(["front", "back", "middle"])
    assert query["marker_color"] == [marks[name].colour for name in brain().networks]
    assert query["marker_labels"] == ["A", "", "C", "", "", ""]
    assert query["marker_size"][0] == max(query["marker_size"])
    assert decoded(query["_marker_x"]).tolist() == brain().pos[:, 0].tolist()


def test_nothing_is_loaded_from_the_network(brains, page):
    text, _ = page(brains)
    whole = html.unescape(text)
    assert not re.search(r"<(script|link|img|iframe)\b[^>]*\b(src|href)=.?https?:", whole)


def test_names_are_text_and_no_markup(brain, pair, page):
    nasty = ["</script><script>alert(1)</script>", "<b>", "a&b", '"', "'", "\x00"]
    explanation = pair(brain([1, 2, 3, 4, 5], roi_names=nasty, networks=nasty), brain())
    text, (query, _) = page(explanation, names=("<i>", "</title>"), title="<u>", regions=6)
    frames = "".join(map(html.unescape, re.findall(r'srcdoc="([^"]*)"', text)))
    assert "alert(1)</script>" not in text + frames
    assert "alert(1)" in frames
    assert "<title>&lt;u&gt;</title>" in text
    assert "<h2>&lt;i&gt;</h2>" in text
    assert "&lt;b&gt;" in query["marker_labels"]


def test_the_same_page_twice(brains, tmp_path):
    for name in ("one", "two"):
        view_connectomes(brains, tmp_path / f"{name}.html")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_masks_start_at_0_and_a_graph_without_edges_is_shown(brain, pair, page):
    explanation = pair(brain([1, 2, 3, 4, 5], networks=None), brain(networks=None))
    text, (query, reference) = page(explanation)
    assert (query["line_cmin"], query["line_cmax"]) == (0.0, 5.0)
    assert query["colorbar"]
    assert not reference["colorbar"]
    assert "<h2>reference: not explained</h2>" in text
    assert "<h2>network</h2>" not in text


def test_colours_go_by_rank_where_masks_are_nearly_equal(brain, pair, page):
    text, (query, reference) = page(pair(brain([0.9, 0.95, 1, 0.92, 0.97]), brain([0.96] * 5)))
    for side in (query, reference):
        assert (side["line_cmin"], side["line_cmax"]) == (1.0, 2.0)
        assert not side["colorbar"]
    assert len(set(decoded(query["_con_w"])) - {0.0}) == 5
    assert "weakest drawn 0.9 to 1 strongest, by rank" in text


def test_wrong_arguments_are_named(brains, brain, pair, tmp_path):
    with pytest.raises(ValueError, match=r"supported suffixes are \.html"):
        view_connectomes(brains, tmp_path / "a.svg")
    with pytest.raises(ValueError, match="the query has no region coordinates"):
        view_connectomes(pair(brain([1] * 5, pos=None), brain()), tmp_path / "a.html")
    assert not list(tmp_path.iterdir())
