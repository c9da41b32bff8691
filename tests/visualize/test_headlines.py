"""Every picture of relevance says how much of the similarity its parts carry."""

from functools import partial

import pytest
from explained import brain, molecule, row, small_model
from torch_geometric.nn import GCN, GIN

from pyg_siamex import BiLRP, IntegratedJacobians, PairExplainer
from pyg_siamex.visualize import (
    draw_circles,
    draw_connectomes,
    draw_features,
    draw_graphs,
    draw_molecules,
    draw_network_relevance,
    draw_relevance,
    pair_html,
    report,
    view_connectomes,
)

WARNING = "do not account for this similarity"
MOLECULES = molecule("CC(=O)Oc1ccccc1C(=O)O"), molecule("OC(=O)c1ccccc1O")
BRAINS = brain(0), brain(1)
ROWS = row(0, ["a", "b", "c"]), row(1, ["a", "b", "c"])

PICTURES = {
    "molecules": (MOLECULES, draw_molecules),
    "graphs": (MOLECULES, draw_graphs),
    "matrix": (MOLECULES, draw_relevance),
    "brains": (BRAINS, draw_connectomes),
    "circles": (BRAINS, draw_circles),
    "networks": (BRAINS, draw_network_relevance),
    "features": (ROWS, draw_features),
}


def explained(graphs, biases, algorithm=BiLRP):
    """With weights so large that biases outweigh the similarity."""
    layer = GCN if graphs is BRAINS else GIN
    model = small_model(graphs[0].x.size(1), layer, biases=biases)
    mask = "attributes" if graphs is ROWS else "object"
    return PairExplainer(model, algorithm(), node_mask_type=mask)(*graphs)


def words(figure):
    inside = [text for ax in figure.axes for text in (*ax.texts, ax.title)]
    return " ".join(text.get_text() for text in (*figure.texts, *inside))


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("algorithm", [BiLRP, IntegratedJacobians])
def test_a_picture_warns_where_parts_do_not_carry_and_only_there(name, algorithm, read):
    graphs, draw = PICTURES[name]
    for biases in ("apart", "nodes"):
        explanation = explained(graphs, biases, algorithm)
        drawn = draw(explanation)
        text = " ".join(read(drawn).words()) if isinstance(drawn, str) else words(drawn)
        assert (WARNING in text.replace("\n", " ")) is not explanation.carried.agrees
        assert explanation.carried.agrees or biases == "apart"
        assert WARNING in text or " carry " in text


@pytest.mark.parametrize("write", [report, partial(view_connectomes)])
def test_pages_say_so_too(write, tmp_path):
    for biases in ("apart", "nodes"):
        explanation = explained(BRAINS, biases)
        write(explanation, tmp_path / "page.html")
        text = (tmp_path / "page.html").read_text()
        assert (WARNING in text) is not explanation.carried.agrees


def test_notebooks_say_so_too():
    for biases in ("apart", "nodes"):
        explanation = explained(BRAINS, biases)
        assert (WARNING in pair_html(explanation)) is not explanation.carried.agrees
        assert "carried by nodes" in pair_html(explanation)
