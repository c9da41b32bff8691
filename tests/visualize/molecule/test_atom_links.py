import re
from math import hypot

import pytest
import torch

from pyg_siamex.visualize import draw_molecules
from pyg_siamex.visualize.molecule.atom_links import Spot, bend, route
from pyg_siamex.visualize.paper.colour import SIGNED


@pytest.fixture
def explanation(graph, pair):
    relevance = torch.zeros(3, 4)
    relevance[2, 3], relevance[0, 1], relevance[1, 2] = 4.0, -2.0, 1.0
    return pair(graph("CCO"), graph("CCCN"), relevance=relevance, algorithm="BiLRP")


def links(drawn) -> list:
    return drawn.marked("path", "link")


def test_the_strongest_pairs_are_joined_wider_and_coloured_by_sign(explanation, read):
    strong, middle = links(read(draw_molecules(explanation, links=2)))[::-1]
    assert strong.get("class") == "link query-2 reference-3"
    assert middle.get("class") == "link query-0 reference-1"
    assert float(strong.get("stroke-width")) > float(middle.get("stroke-width"))
    assert (strong.get("stroke"), middle.get("stroke")) == (SIGNED[-1], SIGNED[0])
    assert strong[0].text == "atom 2 \u2013 atom 3: +4"


def test_links_start_and_end_at_the_rim_of_their_atoms(explanation, read):
    drawn = read(draw_molecules(explanation))
    rim = float(drawn.atom("query", 0).get("r"))
    for link in links(drawn):
        query, reference = re.findall(r"\d+", link.get("class"))
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", link.get("d"))]
        for end, atom in (
            (numbers[:2], ("query", query)),
            (numbers[-2:], ("reference", reference)),
        ):
            x, y = drawn.place(atom[0], int(atom[1]))
            assert hypot(end[0] - x, end[1] - y) == pytest.approx(rim, abs=0.05)


def test_links_are_under_the_letters(explanation):
    svg = draw_molecules(explanation)
    assert svg.rindex('class="link') < svg.index('class="molecules"')


def test_links_are_drawn_by_default_only_with_a_pair_matrix(explanation, ramp, pair, read):
    assert len(links(read(draw_molecules(explanation)))) == 3
    assert len(links(read(draw_molecules(explanation, links=0)))) == 0
    assert len(links(read(draw_molecules(pair(ramp("CO"), ramp("CN")))))) == 0


def test_the_caption_says_what_the_lines_are(explanation, read):
    words = " ".join(read(draw_molecules(explanation, links=2)).words())
    assert "lines: 2 atom pairs, widest +4" in words
    assert "lines" not in " ".join(read(draw_molecules(explanation, links=0)).words())


def test_a_link_between_coinciding_atoms_is_finite():
    assert all(abs(n) < 100 for p in bend((1.0, 2.0), (1.0, 2.0), (5, 5)) for n in p)


def test_lines_go_around_letters_and_stay_in_the_picture():
    start, end, frame = (100.0, 100.0), (400.0, 100.0), (500.0, 200.0)
    plain = route(start, end, (10, 10), [], frame)
    assert plain == bend(start, end, (10, 10))
    middle = [
        sum(x * w for x, w in zip(axis, (1, 3, 3, 1), strict=True)) / 8
        for axis in zip(*plain, strict=True)
    ]
    around = route(start, end, (10, 10), [Spot(tuple(middle), 10.0)], frame)
    assert around != plain
    low = route((100.0, 5.0), (400.0, 5.0), (10, 10), [Spot((0.0, 199.0), 1.0)], frame)
    assert all(y >= 0 for _, y in low)


def test_links_of_a_molecule_avoid_its_letters(graph, pair, read):
    relevance = torch.zeros(9, 9)
    relevance[0, 8] = 1.0
    smiles = "CCOCOCOCN"
    drawn = read(draw_molecules(pair(graph(smiles), graph(smiles), relevance=relevance)))
    [link] = links(drawn)
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", link.get("d"))]
    a, b, c, d = zip(numbers[::2], numbers[1::2], strict=True)
    rim = float(drawn.atom("query", 0).get("r"))
    oxygens = [(which, k) for which in ("query", "reference") for k in (2, 4, 6)]
    for step in range(41):
        t = step / 40
        weights = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
        x, y = (sum(w * p[k] for w, p in zip(weights, (a, b, c, d), strict=True)) for k in (0, 1))
        for which, atom in oxygens:
            u, v = drawn.place(which, atom)
            assert hypot(x - u, y - v) > 0.9 * rim
