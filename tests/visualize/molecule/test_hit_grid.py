"""The query and its hits in one picture, laid out alike."""

import struct
from math import hypot

import pytest
from explained import brain, molecule, small_model

from pyg_siamex import BiLRP, Occlusion, PairExplainer
from pyg_siamex.explain import search
from pyg_siamex.nn import Library
from pyg_siamex.visualize import draw_hits
from pyg_siamex.visualize.molecule.hit_grid import MOST_DRAWN

SMILES = ["CC(=O)Oc1ccccc1C(=O)O", "OC(=O)c1ccccc1O", "COc1ccccc1C(=O)O", "CCO", "CC(=O)O", "CCN"]


def found(k=4, algorithm=None, **options):
    graphs = [molecule(smiles) for smiles in SMILES]
    model = small_model(9, biases="nodes")
    explainer = PairExplainer(model, algorithm or BiLRP(), node_mask_type="object")
    return search(
        Library.embed(model, graphs, SMILES), graphs, 0, k, explainer=explainer, **options
    )


def test_every_hit_has_its_colours_and_the_query_none(read):
    result = found()
    drawn = read(draw_hits(result, title="Hits"))
    for k, hit in enumerate(result.hits, start=1):
        assert len(drawn.marked("circle", f"hit-{k}")) == hit.graph.num_nodes
    assert not drawn.marked("circle", "hit-0")
    words = drawn.words()
    assert "Hits" in words and f"1. {result.hits[0].name}" in words
    assert f"similarity {result.hits[3].similarity:.3f}" in words
    assert any(word.startswith("pushes apart") for word in words)


def test_hits_lie_as_the_query_lies(read):
    result = found(5, Occlusion())
    drawn = read(draw_hits(result))
    wanted = {hit.name: k for k, hit in enumerate(result.hits, start=1)}
    angles = []
    for smiles, (u, v) in (("OC(=O)c1ccccc1O", (1, 3)), ("COc1ccccc1C(=O)O", (8, 7))):
        (x, y), (p, q) = (drawn.place(f"hit-{wanted[smiles]}", atom) for atom in (u, v))
        angles.append(((p - x) / hypot(p - x, q - y), (q - y) / hypot(p - x, q - y)))
    assert angles[0] == pytest.approx(angles[1], abs=0.15)


def test_columns_of_the_table_stand_under_hits(read):
    from dataclasses import replace

    result = found()
    hits = [replace(hit, columns={"pIC50": f"{hit.rank}.5"}) for hit in result.hits]
    words = read(draw_hits(replace(result, hits=hits), show=("pIC50",))).words()
    assert [f"pIC50 {k}.5" in words for k in range(1, 5)] == [True] * 4


def test_rows_and_print_sizes(tmp_path):
    result = found()
    draw_hits(result, tmp_path / "a.png", columns=5, dpi=96)
    draw_hits(result, tmp_path / "b.png", columns=2, dpi=192)
    wide, high = (
        struct.unpack(">II", (tmp_path / name).read_bytes()[16:24]) for name in ("a.png", "b.png")
    )
    assert wide[0] == 5 * 242 + 12 and wide[0] > wide[1]
    assert high[0] == 2 * (2 * 242 + 12) and high[1] > high[0]


def test_what_cannot_be_drawn_is_said():
    with pytest.raises(ValueError, match="columns must be at least 1"):
        draw_hits(found(), columns=0)
    with pytest.raises(ValueError, match=r"\.svg, \.png"):
        draw_hits(found(), "hits.pdf")
    graphs = [brain(k) for k in range(4)]
    model = small_model(graphs[0].x.size(1))
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    brains = search(Library.embed(model, graphs), graphs, 0, 2, explainer=explainer)
    with pytest.raises(ValueError, match="the query cannot be read as a molecule"):
        draw_hits(brains)
    assert MOST_DRAWN == 60
